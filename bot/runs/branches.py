"""The branches of a run, as its events tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from bot.runs.model import Timed
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Planned,
)


class BranchStatus(StrEnum):
    """How far a branch is."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """
    *note* is the latest word: progress, headline, or the reason of a failure; it is empty
    while there is nothing to say. *spoke* stays true from the first word on.
    """

    key: str
    title: str
    stage: str
    status: BranchStatus = BranchStatus.WAITING
    note: str = ""
    spoke: bool = False
    lines: tuple[str, ...] = ()
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def seconds(self) -> float | None:
        """From start to end; None while it is not over."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


def fold(events: Iterable[Timed]) -> tuple[Branch, ...]:
    """
    In the order they were planned. A branch that started again after a restart is one.

    A finished branch stays finished: a re-entered run tells its story a second time.
    """
    branches: dict[str, Branch] = {}
    for timed in events:
        event = timed.event
        if isinstance(event, Planned):
            for planned in event.branches:
                fresh = Branch(key=planned.key, title=planned.title, stage=event.stage)
                branches.setdefault(planned.key, fresh)
        elif (known := branches.get(event.branch)) and known.status is not BranchStatus.DONE:
            branches[event.branch] = told(known, event, timed.at)
    return tuple(branches.values())


def told(
    branch: Branch,
    event: BranchStarted | BranchProgress | BranchDone | BranchFailed,
    at: datetime,
) -> Branch:
    """*branch* after *event*."""
    match event:
        case BranchStarted():
            return replace(
                branch, status=BranchStatus.WORKING, note="", started_at=at, ended_at=None
            )
        case BranchProgress():
            spoke = branch.spoke or bool(event.note)
            return replace(branch, note=event.note, spoke=spoke)
        case BranchDone():
            return replace(
                branch,
                status=BranchStatus.DONE,
                note=event.headline,
                spoke=True,
                lines=event.lines,
                ended_at=at,
            )
        case BranchFailed():
            failed = BranchStatus.FAILED
            return replace(branch, status=failed, note=event.reason, spoke=True, ended_at=at)
    assert_never(event)
