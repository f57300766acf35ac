"""The only place in `patterns` that runs things at the same time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager
from typing import Generic, Self, TypeVar

from patterns.branches import (
    Attempts,
    Branch,
    Fanned,
    Gap,
    Limits,
    Said,
    plan,
    require_unique,
    too_few,
)
from patterns.errors import RunOver
from patterns.ports import EventSink
from patterns.streams import Items, each

X = TypeVar("X")
T = TypeVar("T")


@asynccontextmanager
async def fan_stream(
    stage: str,
    items: Items[X],
    branch: Callable[[X], Branch[T]],
    sink: EventSink,
    *,
    describe: Callable[[T], Said],
    limits: Limits = Limits(),
    slots: asyncio.Semaphore | None = None,
) -> AsyncGenerator[Outcomes[X, T]]:
    """
    A branch for every item, at most *limits.width* at once; pairs in the order of the items.

    A sequence is planned as a whole, and a slow branch holds up none of the others. Of a
    stream at most twice the width is in memory: what waits for a slow one in front of it holds
    back the reading. So does, for both, who takes them slowly.

    A branch that fails with a `ModelError`, or is late, is a gap; after `RunOver`, also of the
    stream itself, no more is read. Any other error ends all branches, and so does leaving the
    block. Stages that go on at the same time share their *slots*.
    """
    run = Attempts(slots or asyncio.Semaphore(limits.width), sink, describe, limits.seconds)
    most = 2 * limits.width
    if isinstance(items, Sequence):
        ready = [(item, branch(item)) for item in items]
        require_unique([made for _, made in ready])
        plan(stage, [made for _, made in ready], sink)
        most = len(ready)
        pairs = each(ready)
    else:
        pairs = _planned(stage, items, branch, run)
    async with (
        _group() as group,
        aclosing(pairs),
        aclosing(_ordered(pairs, run, group, most)) as ended,
    ):
        yield Outcomes(ended, run)


@asynccontextmanager
async def _group() -> AsyncGenerator[asyncio.TaskGroup]:
    """Raises what the first task raised, not a group of one."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors


class Outcomes(Generic[X, T]):
    """Items with what came of them, in order."""

    def __init__(self, ended: AsyncGenerator[tuple[X, T | Gap]], run: Attempts[T]) -> None:
        self._ended = ended
        self._run = run

    def __aiter__(self) -> Self:
        return self

    def __anext__(self) -> Awaitable[tuple[X, T | Gap]]:
        return anext(self._ended)

    @property
    def stopped(self) -> str:
        """Why a stream was perhaps not read to its end; empty where it was."""
        return self._run.stopped


async def fanout(
    stage: str,
    branches: Sequence[Branch[T]],
    sink: EventSink,
    *,
    describe: Callable[[T], Said],
    quorum: int = 1,
    limits: Limits = Limits(),
) -> Fanned[T]:
    """
    `fan_stream` for who wants all answers together.

    Fewer than *quorum* answers raise `QuorumMissed`; *stage* names the branches in that
    sentence ("voters").
    """
    answers: dict[str, T] = {}
    gaps: list[Gap] = []
    async with fan_stream(
        stage, branches, lambda branch: branch, sink, describe=describe, limits=limits
    ) as ended:
        async for branch, outcome in ended:
            if isinstance(outcome, Gap):
                gaps.append(outcome)
            else:
                answers[branch.key] = outcome
    if len(answers) < quorum:
        raise too_few(stage, len(answers), len(branches), quorum, gaps[0] if gaps else None)
    return Fanned(answers, tuple(gaps))


async def side_by_side(works: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """All at once, results in the order of *works*; the first error ends all of them."""

    async def one(work: Callable[[], Awaitable[T]]) -> T:
        return await work()

    async with _group() as group:
        tasks = [group.create_task(one(work)) for work in works]
    return [task.result() for task in tasks]


@asynccontextmanager
async def fan_open(
    sink: EventSink,
    *,
    describe: Callable[[T], Said],
    limits: Limits = Limits(),
    slots: asyncio.Semaphore | None = None,
) -> AsyncGenerator[Fan[T]]:
    """
    Branches that are started one by one, and come back as they end.

    Leaving the block ends those that are still at work, and waits until they have. What a branch
    may do, and what ends all of them, is as in `fan_stream`.
    """
    run = Attempts(slots or asyncio.Semaphore(limits.width), sink, describe, limits.seconds)
    async with _group() as group:
        fan = Fan(run, group)
        try:
            yield fan
        finally:
            fan.end()


class Fan(Generic[T]):
    """Its length is how many branches are out."""

    def __init__(self, run: Attempts[T], group: asyncio.TaskGroup) -> None:
        self._run = run
        self._group = group
        self._out: dict[asyncio.Task[T | Gap], Branch[T]] = {}

    def __len__(self) -> int:
        return len(self._out)

    @property
    def over(self) -> str:
        """Why no further branch can do anything; empty while it can."""
        return self._run.over

    def start(self, branch: Branch[T]) -> None:
        """It waits for a slot by itself. Nothing is planned here."""
        self._out[self._group.create_task(self._work(branch), name=branch.key)] = branch

    async def ended(self) -> list[tuple[Branch[T], T | Gap]]:
        """Those that have ended since, in the order of their start; waits for the first."""
        await asyncio.wait(self._out, return_when=asyncio.FIRST_COMPLETED)
        over = [task for task in self._out if task.done()]
        return [(self._out.pop(task), task.result()) for task in over]

    def end(self) -> None:
        for task in self._out:
            task.cancel()

    async def _work(self, branch: Branch[T]) -> T | Gap:
        await self._run.slots.acquire()
        return await self._run(branch)


async def _ordered(
    pairs: AsyncIterable[tuple[X, Branch[T]]], run: Attempts[T], group: asyncio.TaskGroup, most: int
) -> AsyncGenerator[tuple[X, T | Gap]]:
    """Starts branches as slots come free; hands out what is over as soon as it is the oldest."""
    window: deque[tuple[X, asyncio.Task[T | Gap]]] = deque()
    try:
        async for item, branch in pairs:
            while window and (window[0][1].done() or len(window) >= most):
                yield await _oldest(window)
            await run.slots.acquire()
            window.append((item, group.create_task(run(branch), name=branch.key)))
        while window:
            yield await _oldest(window)
    finally:
        for _, task in window:
            task.cancel()


async def _oldest(window: deque[tuple[X, asyncio.Task[T]]]) -> tuple[X, T]:
    """Stays in the window until it is over: who leaves meanwhile ends it."""
    item, task = window[0]
    await asyncio.wait([task])  # cancelled here, it would end before the others do
    window.popleft()
    return item, task.result()


async def _planned(
    stage: str, items: Items[X], branch: Callable[[X], Branch[T]], run: Attempts[T]
) -> AsyncGenerator[tuple[X, Branch[T]]]:
    """One by one: a stream does not tell what is still to come."""
    async with aclosing(each(items)) as given:
        try:
            async for item in given:
                made = branch(item)
                plan(stage, [made], run.sink)
                yield item, made
                if run.over:
                    run.stopped = run.over
                    break
        except RunOver as err:
            run.stopped = str(err)
