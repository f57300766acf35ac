"""How much of a conversation is read at once: all of it, where that is not much."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from dataclasses import dataclass, field

from patterns.coverage import Part, parts
from patterns.errors import RunOver
from patterns.packing import tokens
from patterns.streams import Items, each
from patterns.task import Cuts, Message, Messages


@dataclass(frozen=True, kw_only=True)
class Portions:
    """
    Tokens of messages in one question: all that there are up to *whole*, or else chunks of *cap*.

    A model's noise grows faster than what it reads, and what stands in two chunks is seen by
    neither (arXiv 2506.16411): so what is short is not cut. *cuts* are where chunks begin.
    """

    cap: int = 6_000
    whole: int = 12_000
    cuts: Cuts = field(default_factory=Cuts)


async def heard(messages: Messages, portions: Portions) -> Messages:
    """*messages*, as a sequence where a stream ends before there is too much for one question."""
    if isinstance(messages, Sequence) or portions.whole <= portions.cap:
        return messages
    start: list[Message] = []
    size, stream = 0, aiter(messages)
    try:
        async for message in stream:
            start.append(message)
            size += tokens(message.text)
            if size > portions.whole:
                return _chained(start, stream)
    except RunOver as err:
        return _chained(start, stream, err)
    return start


def portioned(messages: Messages, portions: Portions) -> Items[Part]:
    """Its parts; see `Portions`."""
    if isinstance(messages, Sequence) and portions.whole > portions.cap:
        uncut = Cuts()
        one = parts(messages, portions.whole, uncut)
        if isinstance(one, Sequence) and len(one) == 1:
            portions.cuts.made.extend(uncut.made)
            return one
    if isinstance(messages, Sequence):
        return parts(messages, portions.cap, portions.cuts)
    return _to_the_end(messages, portions)


async def _to_the_end(messages: AsyncIterable[Message], portions: Portions) -> AsyncGenerator[Part]:
    """What came of a stream before it broke off is read, too."""
    broken: list[RunOver] = []

    async def came() -> AsyncGenerator[Message]:
        try:
            async for message in messages:
                yield message
        except RunOver as err:
            broken.append(err)

    async for part in each(parts(came(), portions.cap, portions.cuts)):
        yield part
    for err in broken:
        raise err


async def _chained(
    start: Sequence[Message], rest: AsyncIterable[Message], err: RunOver | None = None
) -> AsyncGenerator[Message]:
    """*err* is what reading met behind *start*."""
    for message in start:
        yield message
    if err:
        raise err
    async for message in rest:
        yield message
