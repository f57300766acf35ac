"""A run in work, as people see it on a terminal and in a pipe."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from bot.console.watching import LiveTable, PlainLines, fitting, told
from bot.runs.branches import Branch, BranchStatus
from bot.runs.model import SIMULATED_MODEL, Place, Run, RunRequest, Status, Timed
from patterns.canvassing import NOT_ASKED
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Event,
    Planned,
    PlannedBranch,
)

START = datetime.now(UTC)


def run(*events: Event) -> Run:
    return Run(
        id="1",
        request=RunRequest(
            recipe="factcheck", asked_by="ann", place=Place(team="", channel=""), dedupe="1"
        ),
        created_at=START,
        events=tuple(
            Timed(at=START + timedelta(seconds=number), event=event)
            for number, event in enumerate(events)
        ),
    )


def planned(*titles: str) -> Planned:
    branches = tuple(PlannedBranch(key=title.casefold(), title=title) for title in titles)
    return Planned(stage="voters", branches=branches)


STORY = (
    planned("Ann", "Ben", "Cy", "Dee"),
    BranchStarted(branch="ann"),
    BranchStarted(branch="ben"),
    BranchStarted(branch="cy"),
    BranchProgress(branch="ann", note="trying again"),
    BranchDone(branch="ben", headline="refuted"),
    BranchFailed(branch="cy", reason="too late"),
)


def screen(*, height: int = 24) -> Console:
    return Console(
        file=io.StringIO(), force_terminal=True, width=80, height=height, color_system=None
    )


def drawn(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_has_a_row_for_every_branch_with_its_latest_word() -> None:
    console = screen()

    with LiveTable(console) as table:
        table.tick()
        table.show(run(*STORY))

    rows = [line.strip() for line in drawn(console).splitlines() if "Ann" in line or "Dee" in line]
    assert "trying again" in rows[0]
    assert "waiting" in rows[-1]
    assert "✓ Ben" in drawn(console)
    assert "refuted" in drawn(console)
    assert "✗ Cy" in drawn(console)
    assert "3.0 s" in drawn(console)


def test_markup_and_orders_in_foreign_text_are_shown_as_text() -> None:
    console = screen()

    with LiveTable(console) as table:
        table.show(run(planned("[red]X[/red]\x1b]0;owned\x07\x1b[2J"), BranchStarted(branch="x")))

    assert "[red]X[/red]" in drawn(console)
    assert "owned" not in drawn(console)
    assert "\x1b[2J" not in drawn(console)


def test_the_table_goes_on_from_what_it_was_told_before() -> None:
    console = screen()

    with LiveTable(console) as table:
        for event in STORY:
            table.show(run(event))
        table.show(run(BranchProgress(branch="ann", note="")))

    last = [line.strip() for line in drawn(console).splitlines() if "Ann" in line][-1]
    assert "working" in last
    assert "trying again" not in last
    assert "✗ Cy" in drawn(console)


def test_a_small_terminal_shows_what_works_and_counts_the_rest() -> None:
    console = screen(height=8)
    titles = [f"Part {number}" for number in range(40)]
    story = [planned(*titles), BranchStarted(branch="part 7")]
    story += [BranchDone(branch="part 1", headline="5 items")]

    with LiveTable(console) as table:
        table.show(run(*story))

    last = drawn(console)
    assert "Part 7" in last
    assert "Part 39" not in last
    assert "1 of 40 done" in last


def test_what_is_over_leaves_the_table_first() -> None:
    def branch(key: str, status: BranchStatus) -> Branch:
        return Branch(key=key, title=key, stage="parts", status=status)

    branches = (
        branch("a", BranchStatus.DONE),
        branch("b", BranchStatus.WAITING),
        branch("c", BranchStatus.FAILED),
        branch("d", BranchStatus.WORKING),
    )

    assert fitting(branches, 4) == branches
    assert fitting(branches, 2) == (branches[2], branches[3])


def test_in_a_pipe_every_event_is_one_line_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = PlainLines()

    with lines:
        lines.show(run(*STORY[:3]))
        lines.tick()
        lines.show(run(*STORY[3:]))

    told = [line.split(" s  ")[1] for line in capsys.readouterr().err.splitlines()]
    assert told == [
        "4 voters",
        "Ann: started",
        "Ben: started",
        "Cy: started",
        "Ann: trying again",
        "Ben: done: refuted",
        "Cy: failed: too late",
    ]


def test_a_simulated_model_is_named_from_the_first_moment_and_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = run().model_copy(update={"model": SIMULATED_MODEL})
    over = began.model_copy(update={"status": Status.DONE})

    with PlainLines() as lines:
        lines.show(began)
        lines.show(began)
    with PlainLines() as lines:
        lines.show(over)

    assert capsys.readouterr().err == "Simulated model: no real model is asked.\n"


def test_a_simulated_model_is_named_above_the_table() -> None:
    console = screen()

    with LiveTable(console) as table:
        table.show(run(*STORY).model_copy(update={"model": SIMULATED_MODEL}))

    assert drawn(console).index("no real model is asked") < drawn(console).index("Ann")


def test_what_says_nothing_new_gets_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A stream is planned branch by branch, and an empty note only ends the one before."""
    alone = Planned(stage="parts", branches=(PlannedBranch(key="p", title="P"),))
    over = BranchProgress(branch="p", note="")

    with PlainLines() as lines:
        lines.show(run(alone, BranchStarted(branch="p"), over))

    told = [line.split(" s  ")[1] for line in capsys.readouterr().err.splitlines()]
    assert told == ["P: started"]


def test_a_resumed_run_begins_with_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainLines(told=len(STORY) - 2) as lines:
        lines.show(run(*STORY[:3]))
        lines.show(run(*STORY[3:]))

    told = [line.split(" s  ")[1] for line in capsys.readouterr().err.splitlines()]
    assert told == ["Ben: done: refuted", "Cy: failed: too late"]


def test_no_event_breaks_a_line_or_drives_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with PlainLines() as lines:
        lines.show(
            run(planned("A\x1b[31m\nB"), BranchDone(branch="a\x1b[31m\nb", headline="x\n\x9b2Jy"))
        )

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "A B: done: x y" in said


def test_a_seat_that_was_not_asked_is_not_said_to_be_done() -> None:
    assert told(BranchDone(branch="ann", headline=NOT_ASKED), {"ann": "Ann"}) == f"Ann: {NOT_ASKED}"
