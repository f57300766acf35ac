"""`quorum runs`: what was asked before, looked up again, ended or gone on with."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.runs.model import Files, Place, RunRequest
from bot.store.database import connect, upgrade
from bot.store.runs import SqlRunStore
from patterns.events import BranchStarted, Planned, PlannedBranch
from tests.console.conftest import Quorum


def add(here: Path, number: int = 1, *, team: str = "", **fields: Any) -> str:
    """An open run in the database of *here*, as a process left it that was killed."""
    channel = "C1" if team else "console"
    asked: dict[str, Any] = {"recipe": "factcheck", "text": "Honey never spoils", **fields}
    request = RunRequest(
        asked_by="ann", place=Place(team=team, channel=channel), dedupe=f"t:{number}", **asked
    )

    async def write() -> str:
        url = f"sqlite+aiosqlite:///{here}/quorum.db"
        await upgrade(url)
        async with connect(url) as database:
            store = SqlRunStore(database)
            run = await store.add(request)
            assert run
            branch = PlannedBranch(key="voter-1", title="Skeptic")
            store.append(run.id, Planned(stage="voters", branches=(branch,)))
            store.append(run.id, BranchStarted(branch="voter-1"))
            return run.id

    return asyncio.run(write())


def test_without_runs_the_list_says_so(quorum: Quorum) -> None:
    result = quorum("runs", "list")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "There are no runs yet.\n"
    assert quorum("runs", "list", "--json").stdout == "[]\n"


def test_the_list_has_the_newest_first_and_those_of_slack_too(quorum: Quorum, here: Path) -> None:
    ids = [add(here, 1), add(here, 2, team="T1"), add(here, 3)]

    lines = quorum("runs", "list", "-n", "2").stdout.splitlines()

    assert [line.split("\t")[0] for line in lines] == [ids[2], ids[1]]
    assert lines[0].split("\t")[2:] == ["factcheck", "open", "console", "Honey never spoils"]
    assert lines[1].split("\t")[4] == "Slack C1"


def test_the_list_for_machines_is_json(quorum: Quorum, here: Path) -> None:
    run_id = add(here, team="T1")

    [row] = json.loads(quorum("runs", "list", "--json").stdout)

    assert row["id"] == run_id
    assert (row["status"], row["team"], row["channel"]) == ("open", "T1", "C1")
    assert (row["asked"], row["asked_by"], row["calls"]) == ("Honey never spoils", "ann", 0)


def test_show_tells_the_timeline_the_branches_and_the_result(quorum: Quorum) -> None:
    run = json.loads(quorum("factcheck", "--json", "Honey never spoils").stdout)

    result = quorum("runs", "show", run["id"][:8])

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Run {run['id']}: factcheck Honey never spoils\n")
    assert "  Skeptic: started\n" in result.stdout
    assert "- Skeptic, done: " in result.stdout
    assert "> Honey never spoils" in result.stdout
    assert json.loads(quorum("runs", "show", run["id"], "--json").stdout) == run


def test_an_id_that_is_not_there_or_not_enough_is_a_sentence(quorum: Quorum, here: Path) -> None:
    for number in range(17):  # more than there are first letters
        add(here, number)
    shared = next(
        letter
        for letter in "0123456789abcdef"
        if quorum("runs", "list").stdout.count(f"\n{letter}") > 1
    )

    for words, sentence in {
        ("show", "zz"): "There is no run zz.",
        ("show", " "): "There is no run",
        ("show", shared): "give more of the id",
        ("cancel", "zz"): "There is no run zz.",
        ("resume", "zz"): "There is no run zz.",
    }.items():
        result = quorum("runs", *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert sentence in result.stderr


def test_a_killed_run_is_cancelled_once(quorum: Quorum, here: Path) -> None:
    run_id = add(here)

    first, second = quorum("runs", "cancel", run_id), quorum("runs", "cancel", run_id)

    assert (first.exit_code, first.stdout) == (0, f"Cancelled {run_id}.\n")
    assert (second.exit_code, second.stderr) == (1, "It was over before.\n")
    assert json.loads(quorum("runs", "show", run_id, "--json").stdout)["status"] == "cancelled"


def test_cancelling_forgets_what_was_kept_of_a_pipe(quorum: Quorum, here: Path) -> None:
    kept = here / "quorum-stdin" / f"{'a' * 32}.txt"
    kept.parent.mkdir()
    kept.write_text("Ann: hello")
    run_id = add(here, recipe="summarize", text="", source=Files(paths=(str(kept),)))

    quorum("runs", "cancel", run_id)

    assert not kept.exists()


def test_a_killed_run_is_finished_by_resume(quorum: Quorum, here: Path) -> None:
    run_id = add(here)

    result = quorum("runs", "resume", run_id[:10], "--json")

    assert result.exit_code == 0
    run = json.loads(result.stdout)
    assert (run["id"], run["status"]) == (run_id, "done")
    assert len(run["branches"]) == 5


def test_resuming_a_run_that_is_over_shows_it_and_asks_nothing(quorum: Quorum) -> None:
    run = json.loads(quorum("factcheck", "--json", "Honey never spoils").stdout)

    result = quorum("runs", "resume", run["id"], "--json")

    assert result.exit_code == 0
    assert result.stderr == "This run is over; here is what came of it.\n"
    assert json.loads(result.stdout) == run


@pytest.mark.parametrize("command", ["cancel", "resume"])
def test_runs_of_slack_are_left_to_the_bot(quorum: Quorum, here: Path, command: str) -> None:
    run_id = add(here, team="T1")

    result = quorum("runs", command, run_id)

    assert result.exit_code == 2
    assert "This run was asked for in Slack" in result.stderr
    assert json.loads(quorum("runs", "show", run_id, "--json").stdout)["status"] == "open"


def test_a_database_that_cannot_be_opened_is_a_sentence(quorum: Quorum, here: Path) -> None:
    (here / "quorum.db").mkdir()

    result = quorum("runs", "list")

    assert result.exit_code == 1
    assert result.stderr.startswith("The database ")
    assert "Traceback" not in result.stderr


def test_a_file_that_is_no_database_is_a_sentence(quorum: Quorum, here: Path) -> None:
    (here / "quorum.db").write_text("Dear diary, " * 100)

    result = quorum("runs", "list")

    assert result.exit_code == 1
    assert result.stderr.startswith("The database ")
    assert "Traceback" not in result.stderr
