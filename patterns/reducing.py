"""Many nodes into one, level by level: neighbours in groups, no more of them than allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel

from patterns.asking import asking
from patterns.fanout import Branch, Gap, Limits, Said, fan_stream
from patterns.ports import SILENT, EventSink, Model, Prompt
from patterns.streams import Items, each

N = TypeVar("N")
R = TypeVar("R", bound=BaseModel)


async def reduce_tree(
    nodes: Items[N],
    model: Model,
    *,
    merge: Callable[[str, Sequence[N]], Prompt[R]],
    join: Callable[[Sequence[N], R | None], N],
    describe: Callable[[R], Said],
    fan_in: int = 8,
    size: Callable[[N], int] = lambda _: 0,
    most: int = 1,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
    slots: asyncio.Semaphore | None = None,
) -> N:
    """
    Merge neighbours, *fan_in* at a time, until one node is left; order is kept.

    *merge* makes the question for a group under the given key; *join*, in code, one node of the
    group and the answer, or None if there is none: what must not be lost is put back there.
    A group of two or more ends early where the next node would take its *size* over *most*.
    The tree depends on the nodes alone. Each level is a `fan_stream`, and all share their *slots*.
    """
    _require_groups(fan_in)
    free = slots or asyncio.Semaphore(limits.width)

    def ask(group: tuple[str, Sequence[N]]) -> Branch[R]:
        return asking(merge(*group), model)

    async def top(level: AsyncIterator[N], depth: int) -> N:
        start = await _first_two(level)
        if len(start) < 2:  # noqa: PLR2004 - one is the top
            return _only(start)
        groups = _Groups[N](fan_in, f"merge-{depth}", size, most)
        pairs = groups.of(start, level)
        async with fan_stream(
            "merges", pairs, ask, sink, describe=describe, limits=limits, slots=free
        ) as merged:
            return await top(groups.joined(merged, join), depth + 1)

    return await top(each(nodes), 1)


def merges_of(nodes: int, fan_in: int = 8) -> int:
    """How many questions `reduce_tree` asks to make one of so many nodes, in full groups."""
    merges = 0
    while nodes > 1:
        groups, left = divmod(nodes, fan_in)
        merges += groups + (left > 1)
        nodes = groups + (left > 0)
    return merges


def _require_groups(fan_in: int) -> None:
    if fan_in < 2:  # noqa: PLR2004 - one neighbour is no group
        raise ValueError("fan_in must be at least 2, or the tree never ends")


async def _first_two(nodes: AsyncIterator[N]) -> list[N]:
    start: list[N] = []
    async for node in nodes:
        start.append(node)
        if len(start) == 2:  # noqa: PLR2004 - its name says it
            break
    return start


def _only(nodes: Sequence[N]) -> N:
    if not nodes:
        raise ValueError("there is nothing to reduce")
    return nodes[0]


async def _chained(start: Sequence[N], rest: AsyncIterable[N]) -> AsyncGenerator[N]:
    for node in start:
        yield node
    async for node in rest:
        yield node


class _Groups(Generic[N]):
    """Neighbours of one level of the tree under their keys; one left over goes up as it is."""

    def __init__(self, fan_in: int, key: str, size: Callable[[N], int], most: int) -> None:
        self._fan_in = fan_in
        self._key = key
        self._size = size
        self._most = most
        self._left: list[N] = []

    async def of(
        self, start: Sequence[N], level: AsyncIterable[N]
    ) -> AsyncGenerator[tuple[str, Sequence[N]]]:
        group: list[N] = []
        number, filled = 1, 0
        async for node in _chained(start, level):
            size = self._size(node)
            if len(group) > 1 and filled + size > self._most:
                yield f"{self._key}.{number}", group
                group, number, filled = [], number + 1, 0
            group.append(node)
            filled += size
            if len(group) == self._fan_in:
                yield f"{self._key}.{number}", group
                group, number, filled = [], number + 1, 0
        if len(group) > 1:
            yield f"{self._key}.{number}", group
        else:
            self._left = group

    async def joined(
        self,
        merged: AsyncIterable[tuple[tuple[str, Sequence[N]], R | Gap]],
        join: Callable[[Sequence[N], R | None], N],
    ) -> AsyncGenerator[N]:
        async for (_, group), outcome in merged:
            yield join(group, None if isinstance(outcome, Gap) else outcome)
        for node in self._left:
            yield node
