"""`quorum runs`: what was asked before, looked up again, ended or gone on with."""

from __future__ import annotations

import asyncio
import io
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.console.records import table
from bot.runs.model import Files, Place, Run, RunRequest, Status
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


def test_the_list_names_files_and_what_came_through_a_pipe(quorum: Quorum, here: Path) -> None:
    kept = f"/a/quorum-stdin/{'a' * 32}.txt"
    add(here, recipe="summarize", text="", source=Files(paths=("/a/b/talk.txt", kept)))

    [line] = quorum("runs", "list").stdout.splitlines()
    [row] = json.loads(quorum("runs", "list", "--json").stdout)

    assert line.split("\t")[-1] == "talk.txt, stdin"
    assert row["asked"] == f"/a/b/talk.txt, {kept}"


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_list_on_a_terminal_is_a_line_a_run(width: int) -> None:
    at = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
    asked = RunRequest(
        recipe="brainstorm",
        text="Nobody reads our release notes " * 9,
        asked_by="ann",
        place=Place(team="T1", channel="C0123456789"),
        dedupe="1",
    )
    runs = [
        Run(id=str(n) * 32, request=asked, status=Status.CANCELLED, created_at=at) for n in (1, 2)
    ]
    console = Console(file=io.StringIO(), width=width)

    console.print(table(runs, width))

    assert isinstance(console.file, io.StringIO)
    heading, *lines = console.file.getvalue().splitlines()
    day, minute = f"{at.astimezone():%m-%d}", f"{at.astimezone():%H:%M}"
    assert heading.split()[0] == "id"
    assert len(lines) == 2
    for line in lines:
        assert len(line) <= width
        assert f"{day} {minute} brainstorm cancelled" in line
        assert "Nobody" in line


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
    assert re.search(r"  (?:\w+ )*(?:reader|Skeptic|Advocate|dates): started\n", result.stdout)
    assert re.search(r"- (?:\w+ )*(?:reader|Skeptic|Advocate|dates), done: ", result.stdout)
    assert "> Honey never spoils" in result.stdout
    assert json.loads(quorum("runs", "show", run["id"], "--json").stdout) == {**run, "ratings": []}


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
        ("show", ""): "That is no id of a run",
        ("show", " "): "That is no id of a run",
        ("show", shared): "give more of the id",
        ("cancel", "zz"): "There is no run zz.",
        ("resume", "zz"): "There is no run zz.",
    }.items():
        result = quorum("runs", *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert sentence in result.stderr


def test_what_was_asked_of_files_stands_behind_their_names(quorum: Quorum, here: Path) -> None:
    source = Files(paths=("/tmp/a.txt", "/tmp/b.txt"), reader="Ann")
    add(here, recipe="summarize", text="pricing", source=source)

    assert quorum("runs", "list").stdout.rstrip().endswith("a.txt, b.txt: pricing: for Ann")
    [row] = json.loads(quorum("runs", "list", "--json").stdout)
    assert row["asked"] == "/tmp/a.txt, /tmp/b.txt: pricing: for Ann"


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


def test_a_database_that_breaks_while_it_is_read_is_a_sentence(quorum: Quorum, here: Path) -> None:
    quorum("migrate")
    with closing(sqlite3.connect(here / "quorum.db")) as connection:
        connection.execute("DROP TABLE runs")

    result = quorum("runs", "list")

    assert result.exit_code == 1
    assert result.stderr == "The database does not answer at the moment: no such table: runs.\n"


@pytest.mark.parametrize(
    "words", [("runs", "list"), ("factcheck", "Honey never spoils"), ("migrate",), ("serve",)]
)
def test_a_server_that_is_not_there_is_a_sentence_without_its_password(
    quorum: Quorum, unused_tcp_port: int, words: tuple[str, ...]
) -> None:
    pytest.importorskip("psycopg")

    result = quorum(
        *words,
        DATABASE_URL=f"postgresql+psycopg://u:hunter2@127.0.0.1:{unused_tcp_port}/x",
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_SIGNING_SECRET="s",
    )

    assert result.exit_code == 1
    assert result.stderr.startswith("The database cannot be ")
    assert "Connection refused" in result.stderr
    assert result.stderr.count("\n") == 1
    assert "hunter2" not in result.stderr
