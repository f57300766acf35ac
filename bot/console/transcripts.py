"""Text files into messages: Slack's JSON, transcripts with speakers, or plain paragraphs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.views.reading import read
from patterns.task import Message

#: "Ann: hello", also behind a time: "[00:01:02] Ann: hello".
_SPEECH = re.compile(
    r"^\s*(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?\s+)?"
    r"(?P<speaker>[^\W\d_][^:\n]{0,59}):\s+(?P<said>\S.*)$"
)
_PARAGRAPH = 1_500  # characters at which a paragraph is cut, at the end of a line
_NOT_SAID = frozenset(
    {"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name"}
)


@dataclass(frozen=True)
class Parsed:
    """*skipped* counts lines of Slack's JSON that are no messages."""

    messages: tuple[Message, ...]
    skipped: int = 0


def parse(text: str, name: str, users: Mapping[str, str]) -> Parsed:
    """
    The messages of a file. A message's id is `name:line`.

    *users*: Slack's user ids to the names that people read.
    """
    text = text.encode(errors="replace").decode()
    records = _records(text)
    if records is not None:
        return _slack(records, name, users)
    lines = _lines(text)
    spoken = [_SPEECH.match(line) for line in lines]
    if 2 * sum(map(bool, spoken)) >= sum(bool(line.strip()) for line in lines):
        return Parsed(tuple(_speeches(lines, spoken, name)))
    return Parsed(tuple(_paragraphs(lines, name)))


def _records(text: str) -> list[tuple[int, Any]] | None:
    """(line, JSON value) pairs when *text* is Slack's: a message a line, or one list of them."""
    start = text.lstrip()[:1]
    if start == "[":
        listed = _json(text)
        found = cast("list[Any]", listed) if isinstance(listed, list) else []
        pairs = list(enumerate(found, 1))
    elif start == "{":
        lines = enumerate(_lines(text), 1)
        pairs = [(number, _json(line)) for number, line in lines if line.strip()]
    else:
        return None
    return pairs if any(_is_message(value) for _, value in pairs) else None


def _lines(text: str) -> list[str]:
    """As editors count them; `splitlines` also ends them at signs that stand inside of JSON."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_message(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    fields = cast("dict[str, Any]", value)
    return isinstance(fields.get("ts"), str) and isinstance(fields.get("text"), str)


def _slack(records: Sequence[tuple[int, Any]], name: str, users: Mapping[str, str]) -> Parsed:
    valid = [(number, value) for number, value in records if _is_message(value)]
    said = [
        (number, value)
        for number, value in valid
        if value.get("subtype") not in _NOT_SAID and value["text"].strip()
    ]
    roots: dict[str, str] = {}
    for number, value in said:
        roots.setdefault(_thread(value), f"{name}:{number}")
    messages = (
        Message(
            id=f"{name}:{number}",
            thread=roots[_thread(value)],
            author=_author(value, users),
            text=_clean(read(value["text"], users)),
        )
        for number, value in said
    )
    return Parsed(tuple(messages), skipped=len(records) - len(valid))


def _thread(value: dict[str, Any]) -> str:
    thread = value.get("thread_ts")
    return thread if isinstance(thread, str) else value["ts"]


def _author(value: dict[str, Any], users: Mapping[str, str]) -> str:
    user = value.get("user")
    if isinstance(user, str):
        return _clean(users.get(user, user))
    named = value.get("username")
    return _clean(named) if isinstance(named, str) and named.strip() else "somebody"


def _clean(text: str) -> str:
    """JSON can carry half a character (a lone surrogate), which no database takes."""
    return text.encode(errors="replace").decode().strip()


def _speeches(
    lines: Sequence[str], spoken: Sequence[re.Match[str] | None], name: str
) -> Iterator[Message]:
    """A line without a speaker goes on with what was said before it."""
    speaker, start, said = name, 1, list[str]()
    for number, (line, speech) in enumerate(zip(lines, spoken, strict=True), 1):
        if speech is None:
            said.append(line)
            continue
        yield from _message(name, start, speaker, said)
        speaker, start, said = speech["speaker"].strip(), number, [speech["said"]]
    yield from _message(name, start, speaker, said)


def _paragraphs(lines: Sequence[str], name: str) -> Iterator[Message]:
    start, part = 1, list[str]()
    for number, line in enumerate(lines, 1):
        if not line.strip() or sum(map(len, part)) > _PARAGRAPH:
            yield from _message(name, start, name, part)
            start, part = number, []
        if line.strip():
            start = start if part else number
            part.append(line)
    yield from _message(name, start, name, part)


def _message(name: str, line: int, author: str, parts: Sequence[str]) -> Iterator[Message]:
    text = "\n".join(parts).strip()
    if text:
        place = f"{name}:{line}"
        yield Message(id=place, thread=place, author=author, text=text)
