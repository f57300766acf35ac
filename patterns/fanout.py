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
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from patterns.deadline import deadline
from patterns.errors import ModelError, QuorumMissed, RunOver
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchStarted,
    Planned,
    PlannedBranch,
)
from patterns.ports import EventSink
from patterns.streams import Items, each

X = TypeVar("X")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    *width*: branches at once, of a stage and of those that work on what comes of it.
    *seconds*: the deadline of one branch, from its start.

    Time that a branch spends `off_the_clock` does not count.
    """

    width: int = 8
    seconds: float = 120

    def __post_init__(self) -> None:
        if self.width < 1:
            raise ValueError("with a width below 1 no branch would ever start")


@dataclass(frozen=True, kw_only=True)
class Branch(Generic[T]):
    """*key* is unique in the run; *title* is what people read."""

    key: str
    title: str
    work: Callable[[], Awaitable[T]]


@dataclass(frozen=True)
class Said:
    """What a finished branch tells: one line, and paragraphs for who wants more."""

    headline: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A branch that gave no answer, and why, in words for people."""

    key: str
    title: str
    reason: str


@dataclass(frozen=True)
class Fanned(Generic[T]):
    """Answers by branch key and the gaps, both in the order the branches were given."""

    answers: dict[str, T]
    gaps: tuple[Gap, ...]


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
    run = _Run(slots or asyncio.Semaphore(limits.width), sink, describe, limits.seconds)
    most = 2 * limits.width
    if isinstance(items, Sequence):
        ready = [(item, branch(item)) for item in items]
        _require_unique([made for _, made in ready])
        _plan(stage, [made for _, made in ready], sink)
        most = len(ready)
        pairs = each(ready)
    else:
        pairs = _planned(stage, items, branch, run)
    try:
        async with (
            asyncio.TaskGroup() as group,
            aclosing(pairs),
            aclosing(_ordered(pairs, run, group, most)) as ended,
        ):
            yield Outcomes(ended, run)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors  # the branch's own, not a group of one


class Outcomes(Generic[X, T]):
    """Items with what came of them, in order."""

    def __init__(self, ended: AsyncGenerator[tuple[X, T | Gap]], run: _Run[T]) -> None:
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


def too_few(
    stage: str, came: int, asked: int, quorum: int = 1, first: Gap | None = None
) -> QuorumMissed:
    """The error for *stage*, which quotes the *first* gap."""
    if first and not came:
        return QuorumMissed(f"None of the {stage} answered: {first.reason}.")
    why = f" The first said: {first.reason}." if first else ""
    return QuorumMissed(f"Only {came} of {asked} {stage} answered; {quorum} are needed.{why}")


@dataclass
class _Run(Generic[T]):
    """
    What the branches of one stage have in common.

    *over* is what the last one said that ends the run, *stopped* why reading ended early.
    """

    slots: asyncio.Semaphore
    sink: EventSink
    describe: Callable[[T], Said]
    seconds: float
    over: str = ""
    stopped: str = ""

    async def __call__(self, branch: Branch[T]) -> T | Gap:
        """Needs a slot, and gives it back."""
        try:
            outcome = await self._attempt(branch)
        except asyncio.CancelledError:
            self.slots.release()
            raise
        # Not in a finally: the slot of a branch that ends them all must not start another.
        self.slots.release()
        return outcome

    async def _attempt(self, branch: Branch[T]) -> T | Gap:
        self.sink.emit(BranchStarted(branch=branch.key))
        try:
            async with deadline(self.seconds):
                answer = await branch.work()
        except ModelError as err:
            gap = Gap(branch.key, branch.title, str(err))
            if isinstance(err, RunOver):
                self.over = gap.reason
        except TimeoutError:
            gap = Gap(branch.key, branch.title, f"no answer within {self.seconds:g} s")
        else:
            said = self.describe(answer)
            self.sink.emit(BranchDone(branch=branch.key, headline=said.headline, lines=said.lines))
            return answer
        self.sink.emit(BranchFailed(branch=branch.key, reason=gap.reason))
        return gap


async def _ordered(
    pairs: AsyncIterable[tuple[X, Branch[T]]], run: _Run[T], group: asyncio.TaskGroup, most: int
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
    stage: str, items: Items[X], branch: Callable[[X], Branch[T]], run: _Run[T]
) -> AsyncGenerator[tuple[X, Branch[T]]]:
    """One by one: a stream does not tell what is still to come."""
    async with aclosing(each(items)) as given:
        try:
            async for item in given:
                made = branch(item)
                _plan(stage, [made], run.sink)
                yield item, made
                if run.over:
                    run.stopped = run.over
                    break
        except RunOver as err:
            run.stopped = str(err)


def _plan(stage: str, branches: Sequence[Branch[T]], sink: EventSink) -> None:
    if branches:
        planned = tuple(PlannedBranch(key=branch.key, title=branch.title) for branch in branches)
        sink.emit(Planned(stage=stage, branches=planned))


def _require_unique(branches: Sequence[Branch[T]]) -> None:
    keys = [branch.key for branch in branches]
    if len(keys) != len(set(keys)):
        raise ValueError("two branches of one run have the same key")
