"""The arguments of a Web API call, as form or JSON, read as Slack reads them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from playground.values import Json, SlackError

T = TypeVar("T")

LIMIT_DEFAULT, LIMIT_MOST = 100, 1_000
DIGITS_MOST = 20  # of any number in a call


@dataclass(frozen=True)
class Arguments:
    """Every form value is a string, every JSON value may be what it is."""

    values: Json

    def raw(self, name: str) -> object:
        return self.values.get(name)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool | dict | list):
            raise SlackError("invalid_arguments")
        return str(value)

    def need(self, name: str, error: str = "invalid_arguments") -> str:
        if not (value := self.text(name)):
            raise SlackError(error)
        return value

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"1", "true"}

    def stamp(self, name: str) -> str | None:
        """A timestamp as text of one width, so that stamps compare as text."""
        if not (value := self.text(name)):
            return None
        whole, _, part = value.partition(".")
        if not (is_number(whole) and (part == "" or is_number(part))):
            raise SlackError("invalid_ts_latest" if name == "latest" else "invalid_ts_oldest")
        return f"{int(whole):010d}.{part[:6]:<06}"


def is_number(text: str) -> bool:
    """Whether *text* is a whole number that somebody may have meant."""
    return len(text) <= DIGITS_MOST and text.isdecimal()


def paged(args: Arguments, items: Sequence[T], key: Callable[[T], str]) -> tuple[list[T], str]:
    """One page of *items* and the cursor of the next; an empty cursor ends it.

    The cursor names the next item by *key*, so what arrives between two pages moves nothing.
    """
    start, limit = _start(args.text("cursor"), items, key), _limit(args)
    after = start + limit
    following = items[after : after + 1]
    return list(items[start:after]), _cursor(key(following[0])) if following else ""


def _cursor(key: str) -> str:
    return base64.b64encode(f"next:{key}".encode()).decode()


def _start(text: str, items: Sequence[T], key: Callable[[T], str]) -> int:
    if not text:
        return 0
    try:
        word, _, wanted = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError as err:  # no base64, or no text inside
        raise SlackError("invalid_cursor") from err
    found = next((i for i, item in enumerate(items) if key(item) == wanted), None)
    if word != "next" or found is None:
        raise SlackError("invalid_cursor")
    return found


def _limit(args: Arguments) -> int:
    text = args.text("limit")
    if not text:
        return LIMIT_DEFAULT
    if not is_number(text) or int(text) < 1:
        raise SlackError("invalid_limit")
    return min(int(text), LIMIT_MOST)
