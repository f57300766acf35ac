"""The small checks that Block Kit's rules are made of; each yields problems with JSON pointers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeGuard

from playground.values import Json

Problems = Iterator[str]


def problem(said: str, at: str) -> str:
    return f"{said} [json-pointer:{at}]"


def is_object(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def string(value: object, at: str, *, most: int | None = None, least: int = 1) -> Problems:
    if not isinstance(value, str):
        yield problem("must provide a string", at)
    elif len(value) < least:
        yield problem(f"must be more than {least - 1} characters", at)
    elif most is not None and len(value) > most:
        yield problem(f"must be less than {most + 1} characters", at)


def optional(block: Json, name: str, at: str, *, most: int, least: int = 1) -> Problems:
    """A string field that may be missing, but not be something else."""
    if name in block:
        yield from string(block[name], f"{at}/{name}", most=most, least=least)


def text(value: object, at: str, *, most: int, plain: bool = False) -> Problems:
    """A text object; *plain* allows no mrkdwn."""
    if not is_object(value):
        yield problem("must provide an object", at)
        return
    kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
    if value.get("type") not in kinds:
        yield problem(f"unsupported type: {value.get('type')}", f"{at}/type")
    yield from string(value.get("text"), f"{at}/text", most=most)


def items(value: object, at: str, *, most: int, least: int = 1) -> Problems:
    """A list of *least* to *most* items; says nothing of the items themselves."""
    if not is_list(value):
        yield problem("must be an array", at)
    elif len(value) < least:
        yield problem(f"no fewer than {least} items allowed", at)
    elif len(value) > most:
        yield problem(f"no more than {most} items allowed", at)


def each(value: object, at: str) -> Iterable[tuple[Any, str]]:
    """The items of a list with their pointers; nothing for what is not a list."""
    return [(item, f"{at}/{i}") for i, item in enumerate(value)] if is_list(value) else []


def one_of(value: object, choices: Sequence[str], at: str) -> Problems:
    if value not in choices:
        yield problem(f"must be one of: {', '.join(choices)}", at)
