"""
The bytes of a signed request as one JSON object, or the reason why they are none.

Bolt's own parser takes the word "payload" anywhere in a form for the field of that name, and
then drops the command; this one looks at the fields.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn, TypeGuard
from urllib.parse import parse_qsl

from bot.door.shapes import is_known

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
FIELDS_MOST = 100
#: What every slash command has.
COMMAND = {"command", "text", "team_id", "channel_id", "user_id", "trigger_id"}


@dataclass(frozen=True, kw_only=True)
class Garbage:
    """Signed, but nothing that Slack sends. *reason* holds no word of what was sent."""

    status: int
    reason: str


Body = dict[str, Any]


def parse(raw: bytes, content_type: str) -> Body | Garbage:
    """*content_type* without its parameters, in small letters."""
    try:
        if content_type == FORM:
            return _form(raw)
        if content_type == JSON:
            return interaction(read(raw.decode()))
    except (ValueError, RecursionError) as err:
        return Garbage(status=400, reason=f"not readable ({type(err).__name__})")
    return Garbage(status=400, reason="neither a form nor JSON")


def read(text: str) -> object:
    """The value of a JSON text. Raises `ValueError`, `RecursionError`."""
    value: object = json.loads(text, parse_constant=_refuse)
    # lone surrogates pass json.loads, and break whatever writes them down
    json.dumps(value, ensure_ascii=False).encode()
    return value


def interaction(value: object) -> Body | Garbage:
    """*value* as an event or as what somebody pressed, chose or sent off."""
    if not is_body(value):
        return Garbage(status=400, reason="JSON, but no object")
    if not is_known(value):
        return Garbage(status=404, reason="an object of no known kind")
    return value


def command(value: object) -> Body | Garbage:
    """*value* as the fields of a slash command."""
    if not is_body(value) or not value.keys() >= COMMAND:
        return Garbage(status=404, reason="no command")
    if not all(isinstance(value[name], str) for name in COMMAND):
        return Garbage(status=400, reason="a command whose fields are no text")
    return value


def _form(raw: bytes) -> Body | Garbage:
    pairs = parse_qsl(
        raw.decode("ascii"),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=FIELDS_MOST,
    )
    fields: Body = dict(pairs)
    if len(fields) != len(pairs):
        return Garbage(status=400, reason="a field twice")
    if fields.keys() == {"payload"}:
        return interaction(read(fields["payload"]))
    if "payload" in fields:
        return Garbage(status=400, reason="a payload among other fields")
    if fields.keys() >= COMMAND or "ssl_check" in fields:
        return fields
    return Garbage(status=404, reason="a form of no known kind")


def is_body(value: object) -> TypeGuard[Body]:
    return isinstance(value, dict)


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)
