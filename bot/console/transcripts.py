"""Text files into messages: Slack's JSON, transcripts with speakers, or plain paragraphs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

from bot.console import exports
from bot.console.exports import is_message
from bot.runs.errors import Unreadable
from patterns.task import Message

#: "Ann: hello", also behind a time: "[00:01:02] Ann: hello".
_SPEECH = re.compile(
    r"^\s*(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?[\])]?\s+)?"
    r"(?P<speaker>[^\W\d_][^:\n]{0,59}):\s+(?P<said>\S.*)$"
)
_PARAGRAPH = 1_500  # characters at which a paragraph is cut, at the end of a line
_SPEECH_MOST = 20_000  # characters at which a speech is cut, at the end of a line
_START = 256 * 1024  # characters in which a file shows what it is
_LIST = re.compile(r"\s*\[\s*[{\]]")


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
    skipped: list[int] = []
    records = _records(text)
    if records is not None:
        messages = exports.messages(records, name, users, skipped.append)
    else:
        lines = _lines(text)
        messages = _text(enumerate(lines, 1), name, spoken=_spoken(lines))
    return Parsed(tuple(messages), len(skipped))


def parse_lines(
    lines: Iterable[tuple[int, str]],
    name: str,
    users: Mapping[str, str],
    skip: Callable[[int], None],
) -> Iterator[Message]:
    """
    As `parse`, for a file too big to be held: numbered lines in, messages out.

    Its first lines say what it is. *skip* is told the number of every line of Slack's JSON that
    is no message. Raises `Unreadable` for one list of messages, which has no end before its end.
    """
    lines = iter(lines)
    start = list(_start(lines))
    beginning = [line for _, line in start]
    everything = chain(start, lines)
    if _LIST.match("".join(beginning)):
        raise Unreadable(f"{name} is too big for one JSON list; save it as a message a line.")
    if _first(beginning) == "{" and any(is_message(_json(line)) for line in beginning):
        records = ((number, _json(line)) for number, line in everything if line.strip())
        yield from exports.messages(records, name, users, skip)
    else:
        yield from _text(everything, name, spoken=_spoken(beginning))


def _start(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    size = 0
    for number, line in lines:
        yield number, line
        size += len(line)
        if size > _START:
            return


def _first(lines: Iterable[str]) -> str:
    return next((line.lstrip()[0] for line in lines if line.strip()), "")


def _spoken(lines: Sequence[str]) -> bool:
    """Do most lines begin with a speaker?"""
    return 2 * sum(bool(_SPEECH.match(line)) for line in lines) >= sum(
        bool(line.strip()) for line in lines
    )


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
    return pairs if any(is_message(value) for _, value in pairs) else None


def _lines(text: str) -> list[str]:
    """As editors count them; `splitlines` also ends them at signs that stand inside of JSON."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text(lines: Iterable[tuple[int, str]], name: str, *, spoken: bool) -> Iterator[Message]:
    return _speeches(lines, name) if spoken else _paragraphs(lines, name)


def _speeches(lines: Iterable[tuple[int, str]], name: str) -> Iterator[Message]:
    """A line without a speaker goes on with what was said before it."""
    speaker, start, said, size = name, 1, list[str](), 0
    for number, line in lines:
        speech = _SPEECH.match(line)
        if speech or size > _SPEECH_MOST:
            yield from _message(name, start, speaker, said)
            start, said, size = number, [], 0
        if speech:
            speaker, line = speech["speaker"].strip(), speech["said"]
        said.append(line)
        size += len(line)
    yield from _message(name, start, speaker, said)


def _paragraphs(lines: Iterable[tuple[int, str]], name: str) -> Iterator[Message]:
    start, part = 1, list[str]()
    for number, line in lines:
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
