"""The only place in `patterns` that runs things at the same time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from patterns.deadline import deadline
from patterns.errors import ModelError, QuorumMissed
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchStarted,
    Planned,
    PlannedBranch,
)
from patterns.ports import EventSink, Model, Prompt
from patterns.streams import Items, each

X = TypeVar("X")
T = TypeVar("T")
B = TypeVar("B", bound=BaseModel)


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
) -> AsyncGenerator[AsyncIterator[tuple[X, T | Gap]]]:
    """
    A branch for every item, at most *limits.width* at once; pairs in the order of the items.

    A sequence is planned as a whole, and a slow branch holds up none of the others. Of a
    stream, which may be endless, at most twice the width is in memory: what is not taken, or
    waits for a slow one in front of it, holds back the reading.

    A branch that fails with a `ModelError`, or is late, is a gap. Any other error in a branch
    ends all of them, and so does leaving the block. Stages that go on at the same time share
    their *slots*.
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
        pairs = _planned(stage, items, branch, sink)
    try:
        async with (
            asyncio.TaskGroup() as group,
            aclosing(pairs),
            aclosing(_ordered(pairs, run, group, most)) as ended,
        ):
            yield ended
    except BaseExceptionGroup as errors:
        # the branch's own error, not a group of one
        raise errors.exceptions[0] from errors


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
    why = f" The first said: {first.reason}." if first else ""
    return QuorumMissed(f"Only {came} of {asked} {stage} answered; {quorum} are needed.{why}")


def asking(prompt: Prompt[B], model: Model) -> Branch[B]:
    """The branch that is one question."""

    async def ask() -> B:
        return (await model.ask(prompt)).answer

    return Branch(key=prompt.key, title=prompt.title or prompt.key, work=ask)


async def ask_all(
    stage: str,
    prompts: Sequence[Prompt[B]],
    model: Model,
    sink: EventSink,
    *,
    describe: Callable[[B], Said],
    quorum: int = 1,
    limits: Limits = Limits(),
) -> Fanned[B]:
    """`fanout` where every branch is one question."""
    branches = [asking(prompt, model) for prompt in prompts]
    return await fanout(stage, branches, sink, describe=describe, quorum=quorum, limits=limits)


async def ask_one(
    stage: str,
    prompt: Prompt[B],
    model: Model,
    sink: EventSink,
    *,
    describe: Callable[[B], Said],
    limits: Limits = Limits(),
) -> B | None:
    """One question that the run can do without: None where `ask_all` has a gap."""
    fanned = await ask_all(stage, [prompt], model, sink, describe=describe, quorum=0, limits=limits)
    return fanned.answers.get(prompt.key)


@dataclass(frozen=True)
class _Run(Generic[T]):
    """What the branches of one stage have in common."""

    slots: asyncio.Semaphore
    sink: EventSink
    describe: Callable[[T], Said]
    seconds: float

    async def __call__(self, branch: Branch[T]) -> T | Gap:
        """Needs a slot, and gives it back."""
        outcome = await self._attempt(branch)
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
    outcome = await task
    window.popleft()
    return item, outcome


async def _planned(
    stage: str, items: Items[X], branch: Callable[[X], Branch[T]], sink: EventSink
) -> AsyncGenerator[tuple[X, Branch[T]]]:
    """One by one: a stream does not tell what is still to come."""
    async with aclosing(each(items)) as given:
        async for item in given:
            made = branch(item)
            _plan(stage, [made], sink)
            yield item, made


def _plan(stage: str, branches: Sequence[Branch[T]], sink: EventSink) -> None:
    if branches:
        planned = tuple(PlannedBranch(key=branch.key, title=branch.title) for branch in branches)
        sink.emit(Planned(stage=stage, branches=planned))


def _require_unique(branches: Sequence[Branch[T]]) -> None:
    keys = [branch.key for branch in branches]
    if len(keys) != len(set(keys)):
        raise ValueError("two branches of one run have the same key")
