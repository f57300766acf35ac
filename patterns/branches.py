"""What a branch is, and how one of them is worked through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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


def too_few(
    stage: str, came: int, asked: int, quorum: int = 1, first: Gap | None = None
) -> QuorumMissed:
    """The error for *stage*, which quotes the *first* gap."""
    if first and not came:
        return QuorumMissed(f"None of the {stage} answered: {first.reason}.")
    why = f" The first said: {first.reason}." if first else ""
    return QuorumMissed(f"Only {came} of {asked} {stage} answered; {quorum} are needed.{why}")


@dataclass
class Attempts(Generic[T]):
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


def plan(stage: str, branches: Sequence[Branch[T]], sink: EventSink) -> None:
    if branches:
        planned = tuple(PlannedBranch(key=branch.key, title=branch.title) for branch in branches)
        sink.emit(Planned(stage=stage, branches=planned))


def require_unique(branches: Sequence[Branch[T]]) -> None:
    keys = [branch.key for branch in branches]
    if len(keys) != len(set(keys)):
        raise ValueError("two branches of one run have the same key")
