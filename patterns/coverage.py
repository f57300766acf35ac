"""A conversation in parts, and what was read of it: counted while the parts pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from patterns.fanout import Gap
from patterns.packing import Chunk, Line, pack, pack_stream
from patterns.streams import Items
from patterns.task import Cuts, Message, Messages

#: Unread parts that are named; of others it is told how many there are.
_UNREAD_MOST = 100


class Unread(BaseModel):
    """A part that could not be read, and why; *link* leads to its first message."""

    model_config = ConfigDict(frozen=True)

    part: str
    link: str
    reason: str


@dataclass(frozen=True)
class Part:
    """*of* is None where nobody knows how many there will be."""

    number: int
    of: int | None
    lines: Sequence[Line]

    @property
    def cited(self) -> Sequence[Line]:
        """Its lines without context."""
        return [line for line in self.lines if line.number]

    @property
    def title(self) -> str:
        cited = self.cited
        count = len({line.message.id for line in cited if not line.message.attached})
        author = cited[0].message.author
        size = f"{count} messages, starting with {author}"
        if count < 2:  # noqa: PLR2004 - one, or none
            size = f"1 message by {author}" if count else f"a file that {author} shared"
        if self.of == 1:
            return size
        return f"Part {self.number}{f' of {self.of}' if self.of else ''}: {size}"


def parts(messages: Messages, cap: int, cuts: Cuts) -> Items[Part]:
    """
    Of at most *cap* tokens each: all of them for a sequence, one by one for a stream.

    They begin where *cuts* say that they did before, and it is noted there where they do now.
    """
    if isinstance(messages, AsyncIterable):
        return _stream(messages, cap, cuts)
    chunks = pack(messages, cap, cuts.before)
    for chunk in chunks:
        _note(chunk, cuts)
    return [Part(number, len(chunks), chunk.lines) for number, chunk in enumerate(chunks, 1)]


async def _stream(messages: AsyncIterable[Message], cap: int, cuts: Cuts) -> AsyncGenerator[Part]:
    number = 0
    async for chunk in pack_stream(messages, cap, cuts.before):
        _note(chunk, cuts)
        number += 1
        yield Part(number, None, chunk.lines)


def _note(chunk: Chunk, cuts: Cuts) -> None:
    """Not where a message goes on: its parts follow from where it begins."""
    if next(line for line in chunk.lines if line.number).first:
        cuts.made.append(chunk.start)


class Coverage:
    """What was read, of how much, context not counted; of a part that was read nothing is kept."""

    def __init__(self, messages: Messages) -> None:
        self.messages = 0
        self.parts = 0
        self.unread: list[Unread] = []
        self.unread_parts = 0
        self._lost = 0
        self._last_lost = ""
        self._sizes: Counter[str] = Counter()
        self._known = isinstance(messages, Sequence)
        if isinstance(messages, Sequence):
            self._sizes.update(each.thread for each in messages if _counts(each))

    @property
    def read(self) -> int:
        """Messages that were read to their end: a long one stands in several parts."""
        return self.messages - self._lost

    @property
    def threads(self) -> int:
        """
        Those that hold two of the messages or more.

        Of a stream, those that hold an answer: its lonely messages are too many to remember.
        """
        return sum(size > 1 for size in self._sizes.values()) if self._known else len(self._sizes)

    def see(self, part: Part, gap: Gap | None) -> None:
        """Parts come in their order."""
        cited = part.cited
        self.parts += 1
        self.messages += sum(line.first for line in cited if _counts(line.message))
        if not self._known:
            replies = (line.message for line in cited if line.reply)
            self._sizes.update({each.thread for each in replies if _counts(each)})
        if gap:
            self._lose(cited)
            first = cited[0].message
            link = first.permalink or first.id
            self.unread_parts += 1
            if len(self.unread) < _UNREAD_MOST:
                self.unread.append(Unread(part=gap.title, link=link, reason=gap.reason))

    def _lose(self, cited: Sequence[Line]) -> None:
        """A message of several parts is lost once, with the first of them that is."""
        lost = list(dict.fromkeys(line.message.id for line in cited if _counts(line.message)))
        if lost:
            self._lost += len(lost) - (lost[0] == self._last_lost)
            self._last_lost = lost[-1]


def _counts(message: Message) -> bool:
    """Is it a message that was to be read, and no part of a file that came with one?"""
    return not (message.context or message.attached)
