from __future__ import annotations

import re
import subprocess
import sys

import pytest

from patterns import __main__ as program
from patterns import demo
from patterns.events import BranchFailed, BranchProgress, BranchStarted, Planned, PlannedBranch


def test_all_three_patterns_are_shown_and_called_scripted(capsys: pytest.CaptureFixture[str]):
    program.main(["--pace", "0.01"])

    shown = capsys.readouterr().out
    assert "answers below are scripted" in shown
    assert [line.partition(":")[0] for line in shown.splitlines() if re.match(r"\w", line)] == [
        "The answers below are scripted. What is real is how the branches run.",
        "Sectioning",
        "Voting",
        "Map-reduce",
    ]
    assert "Yes. (2 of 3 voters)" in shown
    assert "(3 documents, 41 words)" in shown
    assert "- Stagger the days off in support." in shown


def test_side_by_side_is_faster_than_one_after_the_other(capsys: pytest.CaptureFixture[str]):
    demo.main(["vote", "--pace", "0.1"])

    [(together, apart)] = re.findall(
        r"Side by side: ([\d.]+) s. One after the other: ([\d.]+) s", capsys.readouterr().out
    )
    assert float(together) < float(apart) * 0.8


def test_only_the_demo_that_was_asked_for_is_shown(capsys: pytest.CaptureFixture[str]):
    demo.main(["map-reduce", "--pace", "0", "--width", "1"])

    shown = capsys.readouterr().out
    assert "Map-reduce" in shown
    assert "Voting" not in shown


@pytest.mark.parametrize(
    "argv", [["debate"], ["--pace", "-1"], ["--pace", "soon"], ["--width", "0"]]
)
def test_a_wrong_word_is_answered_in_a_sentence(
    argv: list[str], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as end:
        demo.main(argv)

    assert end.value.code == 2
    assert "error: argument" in capsys.readouterr().err


def test_failures_and_waits_are_shown_too():
    lines: list[str] = []
    clock = iter([0.0, 1.0, 1.0, 2.0, 3.0, 3.0])
    watched = demo.Watched(lines.append, lambda: next(clock))

    watched.emit(Planned(stage="voters", branches=(PlannedBranch(key="a", title="Ada"),)))
    watched.emit(BranchStarted(branch="a"))
    watched.emit(BranchProgress(branch="a", note="waiting"))
    watched.emit(BranchFailed(branch="a", reason="no line"))

    assert [" ".join(line.split()) for line in lines] == [
        "1.00 s Ada …",
        "2.00 s Ada waiting",
        "3.00 s Ada ✗ no line",
    ]
    assert watched.added_up == 2


def test_it_runs_as_a_module():
    run = subprocess.run(
        [sys.executable, "-m", "patterns", "--help"], capture_output=True, text=True, check=True
    )

    assert "no model is asked" in run.stdout
