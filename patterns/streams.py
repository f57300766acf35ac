"""What is there at once and what comes by and by, read alike."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from typing import TypeVar

X = TypeVar("X")

#: Only a sequence (and not any other iterable) is known to its end before it is read.
Items = Iterable[X] | AsyncIterable[X]


async def each(items: Items[X]) -> AsyncGenerator[X]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
