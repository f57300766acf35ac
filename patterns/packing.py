"""Conversations into chunks that a model can read at once: whole threads, in order."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patterns.fence import one_line
from patterns.task import Message

#: Room for the line's number, indent and marks, in tokens: as many as common tokenizers need.
_LINE = 8
_BREAK = r"\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029"
_HEAD = re.compile(rf"([{_BREAK}][^\S{_BREAK}]*)\[(?=\d+\])")


@dataclass(frozen=True)
class Line:
    """
    A message, or a part of one too long for a chunk, with its number in the task.

    What in its text looks like the head of another line loses a bracket: who writes over several
    lines must not speak for others.
    """

    number: int
    message: Message
    text: str
    reply: bool

    def __str__(self) -> str:
        indent = "    " if self.reply else ""
        said = _HEAD.sub(r"\1(", self.text) if "[" in self.text else self.text
        return f"{indent}[{self.number}] {one_line(self.message.author)}: {said}"


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
    filling = _Filling(cap)
    chunks = [chunk for thread in _threads(messages, cap) for chunk in filling.add(thread)]
    return [*chunks, *filling.rest()]


async def pack_stream(messages: AsyncIterable[Message], cap: int) -> AsyncGenerator[list[Line]]:
    """
    As `pack`, with about one chunk in memory: a reply stands where it came.

    Messages of one thread that follow each other stay together as a whole thread does.
    """
    filling = _Filling(cap)
    run: list[Line] = []
    thread, size, number = "", 0, 0
    async for message in messages:
        number += 1
        if message.thread != thread:
            for chunk in filling.add(run):
                yield chunk
            run, thread, size = [], message.thread, 0
        for line in _fitting(_line(number, message), cap):
            run.append(line)
            size += _size(line)
            if size > cap:  # it will be split anyway, so nothing more of it is waited for
                for chunk in filling.add(run):
                    yield chunk
                run = []
    for chunk in (*filling.add(run), *filling.rest()):
        yield chunk


class _Filling:
    """A chunk on its way, given out when no more goes in."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._room = cap
        self._chunk: list[Line] = []

    def add(self, thread: Sequence[Line]) -> Iterator[list[Line]]:
        size = sum(map(_size, thread))
        if size > self._room and (size <= self._cap or self._room < self._cap // 4):
            yield from self.rest()
        for line in thread:
            if _size(line) > self._room:
                yield from self.rest()
            self._chunk.append(line)
            self._room -= _size(line)

    def rest(self) -> Iterator[list[Line]]:
        if self._chunk:
            yield self._chunk
        self._chunk, self._room = [], self._cap


def _threads(messages: Sequence[Message], cap: int) -> list[list[Line]]:
    """In the order of their first message; a thread whose root was not read keeps its replies."""
    threads: dict[str, list[Line]] = {}
    for number, message in enumerate(messages, 1):
        lines = _fitting(_line(number, message), cap)
        threads.setdefault(message.thread, []).extend(lines)
    return list(threads.values())


def _line(number: int, message: Message) -> Line:
    return Line(number, message, message.text, reply=message.thread != message.id)


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
