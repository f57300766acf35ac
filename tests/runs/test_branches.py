"""Branches as the events of a run tell them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.runs.branches import Branch, BranchStatus, fold
from bot.runs.model import Timed
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Event,
    Planned,
    PlannedBranch,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def planned(stage: str, *keys: str) -> Planned:
    branches = tuple(PlannedBranch(key=key, title=key.upper()) for key in keys)
    return Planned(stage=stage, branches=branches)


def told(*events: Event) -> tuple[Branch, ...]:
    """One event a second from noon on."""
    return fold(Timed(at=NOON + timedelta(seconds=n), event=e) for n, e in enumerate(events))


def test_a_run_that_said_nothing_has_no_branches():
    assert told() == ()


def test_branches_come_in_the_order_of_the_plan_stage_by_stage():
    branches = told(planned("voters", "b", "a"), planned("merges", "c"))

    assert [(b.key, b.title, b.stage) for b in branches] == [
        ("b", "B", "voters"),
        ("a", "A", "voters"),
        ("c", "C", "merges"),
    ]
    assert {b.status for b in branches} == {BranchStatus.WAITING}
    assert {b.seconds for b in branches} == {None}


def test_a_branch_works_tells_and_is_done():
    working = told(planned("v", "a"), BranchStarted(branch="a"))[0]
    telling = told(
        planned("v", "a"), BranchStarted(branch="a"), BranchProgress(branch="a", note="waits")
    )[0]
    done = told(
        planned("v", "a"),
        BranchStarted(branch="a"),
        BranchProgress(branch="a", note="waits"),
        BranchDone(branch="a", headline="yes", lines=("why",)),
    )[0]

    assert (working.status, working.seconds) == (BranchStatus.WORKING, None)
    assert (telling.status, telling.note) == (BranchStatus.WORKING, "waits")
    assert (done.status, done.note, done.lines) == (BranchStatus.DONE, "yes", ("why",))
    assert done.seconds == 2


def test_a_note_lasts_until_an_empty_one_and_it_is_known_that_there_was_one():
    waits = BranchProgress(branch="a", note="waits")
    told_it = told(planned("v", "a"), BranchStarted(branch="a"), waits)[0]
    goes_on = told(
        planned("v", "a"), BranchStarted(branch="a"), waits, BranchProgress(branch="a", note="")
    )[0]
    silent = told(planned("v", "a"), BranchProgress(branch="a", note=""))[0]

    assert (told_it.note, told_it.spoke) == ("waits", True)
    assert (goes_on.note, goes_on.spoke, goes_on.status) == ("", True, BranchStatus.WORKING)
    assert not silent.spoke


def test_a_failed_branch_tells_why():
    failed = told(
        planned("v", "a"), BranchStarted(branch="a"), BranchFailed(branch="a", reason="late")
    )[0]

    assert (failed.status, failed.note, failed.seconds) == (BranchStatus.FAILED, "late", 1)


def test_a_failed_branch_may_be_tried_again_after_a_restart():
    again = told(
        planned("v", "a"),
        BranchStarted(branch="a"),
        BranchFailed(branch="a", reason="late"),
        planned("v", "a"),
        BranchStarted(branch="a"),
    )

    assert len(again) == 1
    assert (again[0].status, again[0].note, again[0].ended_at) == (BranchStatus.WORKING, "", None)
    assert again[0].started_at == NOON + timedelta(seconds=4)


def test_a_finished_branch_stays_finished_when_the_story_is_told_again():
    """A run that was resumed replays its answers: the card must not go back."""
    story: tuple[Event, ...] = (
        planned("v", "a"),
        BranchStarted(branch="a"),
        BranchDone(branch="a", headline="yes"),
    )

    assert told(*story, *story[:2]) == told(*story)
    assert told(*story, *story) == told(*story)


def test_a_branch_that_nobody_planned_is_left_out():
    assert told(BranchStarted(branch="ghost"), BranchDone(branch="ghost", headline="boo")) == ()
