"""Conversations into chunks that a model can read at once: whole threads, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from patterns.task import Message

#: Room for the line's number, indent and marks, in tokens: as many as common tokenizers need.
_LINE = 8


@dataclass(frozen=True)
class Line:
    """A message, or a part of one too long for a chunk, with its number in the task."""

    number: int
    message: Message
    text: str
    reply: bool

    def __str__(self) -> str:
        indent = "    " if self.reply else ""
        return f"{indent}[{self.number}] {self.message.author}: {self.text}"


def tokens(text: str) -> int:
    """
    About how many tokens a model counts for *text*: a quarter of its UTF-8 bytes, rounded up.

    Good to some 20 % for English, on the safe side for other scripts and for code.
    """
    return (len(text.encode(errors="replace")) + 3) // 4


def pack(messages: Sequence[Message], cap: int) -> list[list[Line]]:
    """
    Chunks of at most *cap* tokens; every message is in one, replies under their root.

    A thread is split only where it does not fit into a chunk of its own.
    """
    chunks: list[list[Line]] = [[]]
    room = cap
    for thread in _threads(messages, cap):
        size = sum(map(_size, thread))
        if size > room and chunks[-1] and (size <= cap or room < cap // 4):
            chunks.append([])
            room = cap
        for line in thread:
            if _size(line) > room and chunks[-1]:
                chunks.append([])
                room = cap
            chunks[-1].append(line)
            room -= _size(line)
    return [chunk for chunk in chunks if chunk]


def _threads(messages: Sequence[Message], cap: int) -> list[list[Line]]:
    """In the order of their first message; a thread whose root was not read keeps its replies."""
    threads: dict[str, list[Line]] = {}
    for number, message in enumerate(messages, 1):
        line = Line(number, message, message.text, reply=message.thread != message.id)
        threads.setdefault(message.thread, []).extend(_fitting(line, cap))
    return list(threads.values())


def _fitting(line: Line, cap: int) -> Iterator[Line]:
    if _size(line) <= cap:
        yield line
        return
    room = cap - _size(replace(line, text=""))
    for part in _parts(line.text, 4 * max(1, room)):
        yield replace(line, text=part)


def _parts(text: str, width: int) -> Iterator[str]:
    """All of *text* in parts of at most *width* bytes, cut behind a space where there is one."""
    start = 0
    while start < len(text):
        head = text[start : start + width].encode(errors="replace")[:width]
        end = start + len(head.decode(errors="ignore"))
        if end < len(text):
            space = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
            end = space + 1 if space > start else end
        yield text[start:end]
        start = end


def _size(line: Line) -> int:
    return tokens(line.text) + tokens(line.message.author) + _LINE
