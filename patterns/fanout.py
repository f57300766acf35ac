"""The only place in `patterns` that runs things at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from patterns.errors import ModelError, QuorumMissed
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchStarted,
    Planned,
    PlannedBranch,
)
from patterns.ports import EventSink, Model, Prompt

T = TypeVar("T")
B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """*width*: branches at once. *seconds*: the deadline of one branch, from its start."""

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
    Run every branch, at most *limits.width* at once.

    A branch that fails with a `ModelError`, or is late, is a gap. Any other error in a
    branch, and the cancellation of the caller, ends all of them. Fewer than *quorum*
    answers raise `QuorumMissed`; *stage* names the branches in that sentence ("voters").
    """
    _require_unique(branches)
    sink.emit(Planned(stage=stage, branches=_planned(branches)))
    slots = asyncio.Semaphore(limits.width)
    done: dict[str, T | Gap] = {}

    async def run(branch: Branch[T]) -> None:
        await slots.acquire()
        done[branch.key] = await _attempt(branch, sink, describe, limits.seconds)
        # Not in a finally: the slot of a branch that ends them all must not start another.
        slots.release()

    await _all(run, branches)
    ordered = [done[branch.key] for branch in branches]
    answers = {
        branch.key: outcome
        for branch, outcome in zip(branches, ordered, strict=True)
        if not isinstance(outcome, Gap)
    }
    gaps = tuple(outcome for outcome in ordered if isinstance(outcome, Gap))
    if len(answers) < quorum:
        raise QuorumMissed(_missed(stage, len(answers), len(branches), quorum, gaps))
    return Fanned(answers, gaps)


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

    def branch(prompt: Prompt[B]) -> Branch[B]:
        async def ask() -> B:
            return (await model.ask(prompt)).answer

        return Branch(key=prompt.key, title=prompt.title or prompt.key, work=ask)

    branches = [branch(prompt) for prompt in prompts]
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


async def _attempt(
    branch: Branch[T], sink: EventSink, describe: Callable[[T], Said], seconds: float
) -> T | Gap:
    sink.emit(BranchStarted(branch=branch.key))
    try:
        async with asyncio.timeout(seconds):
            answer = await branch.work()
    except ModelError as err:
        gap = Gap(branch.key, branch.title, str(err))
    except TimeoutError:
        gap = Gap(branch.key, branch.title, f"no answer within {seconds:g} s")
    else:
        said = describe(answer)
        sink.emit(BranchDone(branch=branch.key, headline=said.headline, lines=said.lines))
        return answer
    sink.emit(BranchFailed(branch=branch.key, reason=gap.reason))
    return gap


async def _all(
    run: Callable[[Branch[T]], Coroutine[Any, Any, None]], branches: Sequence[Branch[T]]
) -> None:
    """A `TaskGroup` whose error is the branch's own, not a group of one."""
    try:
        async with asyncio.TaskGroup() as group:
            for branch in branches:
                group.create_task(run(branch), name=branch.key)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors


def _planned(branches: Sequence[Branch[T]]) -> tuple[PlannedBranch, ...]:
    return tuple(PlannedBranch(key=branch.key, title=branch.title) for branch in branches)


def _require_unique(branches: Sequence[Branch[T]]) -> None:
    keys = [branch.key for branch in branches]
    if len(keys) != len(set(keys)):
        raise ValueError("two branches of one run have the same key")


def _missed(stage: str, came: int, asked: int, quorum: int, gaps: tuple[Gap, ...]) -> str:
    first = f" The first said: {gaps[0].reason}." if gaps else ""
    return f"Only {came} of {asked} {stage} answered; {quorum} are needed.{first}"
