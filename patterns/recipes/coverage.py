"""A conversation in parts, and what was read of it: counted while the parts pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from patterns.fanout import Gap
from patterns.packing import Line, pack, pack_stream
from patterns.streams import Items
from patterns.task import Message, Messages

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
    def title(self) -> str:
        count = len({line.number for line in self.lines})
        author = self.lines[0].message.author
        size = (
            f"{count} messages, starting with {author}" if count > 1 else f"1 message by {author}"
        )
        if self.of == 1:
            return size
        return f"Part {self.number}{f' of {self.of}' if self.of else ''}: {size}"


def parts(messages: Messages, cap: int) -> Items[Part]:
    """Of at most *cap* tokens each: all of them for a sequence, one by one for a stream."""
    if isinstance(messages, AsyncIterable):
        return _stream(messages, cap)
    chunks = pack(messages, cap)
    return [Part(number, len(chunks), chunk) for number, chunk in enumerate(chunks, 1)]


async def _stream(messages: AsyncIterable[Message], cap: int) -> AsyncGenerator[Part]:
    number = 0
    async for chunk in pack_stream(messages, cap):
        number += 1
        yield Part(number, None, chunk)


class Coverage:
    """What was read, of how much; of a part that was read nothing is kept."""

    def __init__(self, messages: Messages) -> None:
        self.messages = 0
        self.parts = 0
        self.unread: list[Unread] = []
        self.unread_parts = 0
        self._lost = 0
        self._last_lost = 0
        self._sizes: Counter[str] = Counter()
        self._known = isinstance(messages, Sequence)
        if isinstance(messages, Sequence):
            self._sizes.update(message.thread for message in messages)

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
        numbers = [line.number for line in part.lines]
        self.parts += 1
        self.messages = max(self.messages, *numbers)
        if not self._known:
            self._sizes.update({line.message.thread for line in part.lines if line.reply})
        if gap:
            self._lost += len(set(numbers)) - (numbers[0] == self._last_lost)
            self._last_lost = numbers[-1]
            first = part.lines[0].message
            link = first.permalink or first.id
            self.unread_parts += 1
            if len(self.unread) < _UNREAD_MOST:
                self.unread.append(Unread(part=gap.title, link=link, reason=gap.reason))
