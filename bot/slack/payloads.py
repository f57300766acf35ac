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

from bot.slack.shapes import is_known

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
            return _object(raw.decode())
    except (ValueError, RecursionError) as err:
        return Garbage(status=400, reason=f"not readable ({type(err).__name__})")
    return Garbage(status=400, reason="neither a form nor JSON")


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
        return _object(fields["payload"])
    if "payload" in fields:
        return Garbage(status=400, reason="a payload among other fields")
    if fields.keys() >= COMMAND or "ssl_check" in fields:
        return fields
    return Garbage(status=404, reason="a form of no known kind")


def _object(text: str) -> Body | Garbage:
    value: object = json.loads(text, parse_constant=_refuse)
    if not _is_body(value):
        return Garbage(status=400, reason="JSON, but no object")
    if not is_known(value):
        return Garbage(status=404, reason="an object of no known kind")
    # lone surrogates pass json.loads, and break whatever writes them down
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _is_body(value: object) -> TypeGuard[Body]:
    return isinstance(value, dict)


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)
