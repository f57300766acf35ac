"""Names in files: those of Slack's users, and how who asks is called there."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterable
from pathlib import Path
from typing import Any, cast

from bot.runs.errors import Unreadable
from bot.views.escaping import one_line
from patterns.task import Message

_NAMED_MOST = 10


def users(path: Path) -> dict[str, str]:
    """Names by id: a plain map, or the list of users of a Slack export. Empty without a file."""
    try:
        known: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if isinstance(known, dict):
        pairs = cast("dict[str, Any]", known).items()
        return {user: name for user, name in pairs if isinstance(name, str)}
    listed = cast("list[Any]", known) if isinstance(known, list) else []
    return dict(filter(None, map(_user, listed)))


def _user(user: Any) -> tuple[str, str] | None:
    try:
        profile: Any = user.get("profile") or {}
        named: Any = profile.get("display_name") or user.get("real_name") or user.get("name")
        return str(user["id"]), str(named or user["id"])
    except (AttributeError, KeyError):
        return None


async def called(wanted: str, messages: AsyncIterable[Message]) -> str:
    """
    The name of who speaks, or is named, in *messages*, as it stands there.

    Of a speaker or of who is mentioned, a part is enough where it is one person's. Raises
    `Unreadable`, and says who is there.
    """
    names: dict[str, str] = {}
    asked, told = _folded(wanted), ""
    said = re.compile(rf"(?<!\w){re.escape(asked)}(?!\w)", re.IGNORECASE)
    async for message in messages:
        for name in (*_speakers(message), *message.mentions):
            names.setdefault(_folded(name), name)
        found = None if told else said.search(message.text)
        told = found[0] if found else told
    alike = [name for known, name in names.items() if f" {asked} " in f" {known} "]
    if asked in names:
        return names[asked]
    if alike or not told:
        return _only(alike, wanted, [*names.values()])
    return told


def _speakers(message: Message) -> list[str]:
    """Where nobody is said to speak, a file does, which is nobody."""
    return [] if message.id.startswith(f"{message.author}:") else [message.author]


def _only(alike: list[str], wanted: str, names: list[str]) -> str:
    if len(alike) == 1:
        return alike[0]
    raise Unreadable(_nobody(wanted, alike or names))


def _nobody(wanted: str, names: list[str]) -> str:
    if not names:
        return f"{one_line(wanted)} does not occur there, and nobody is said to speak."
    listed = ", ".join(map(one_line, names[:_NAMED_MOST]))
    more = f" and {len(names) - _NAMED_MOST:,} others" if len(names) > _NAMED_MOST else ""
    return f"Nobody is called {one_line(wanted)} there, but {listed}{more}."


def _folded(name: str) -> str:
    return " ".join(name.strip().removeprefix("@").casefold().split())
