"""`quorum erase`: for good, and only when it was said so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.runs.model import Place, RunRequest, Status
from bot.store.database import connect
from bot.store.engines import alone
from bot.store.runs import SqlRunStore
from tests.console.conftest import Quorum


@pytest.fixture
def url(here: Path, database_url: str) -> str:
    """Four runs: of two people in two workspaces, in the database of *here*."""

    async def write() -> None:
        async with connect(database_url) as database:
            store = SqlRunStore(database)
            for team in ("T1", "T2"):
                for user in ("U1", "U2"):
                    request = RunRequest(
                        recipe="factcheck",
                        text=f"asked by {user} in {team}",
                        asked_by=user,
                        place=Place(team=team, channel="C1", enterprise="E1"),
                        dedupe=f"{team} {user}",
                    )
                    assert await store.add(request)

    asyncio.run(write())
    return database_url


def left(url: str) -> list[tuple[str, str]]:
    """Texts and statuses of the runs, in the order they were asked for."""

    async def read() -> list[tuple[str, str]]:
        async with connect(url) as database:
            runs = await SqlRunStore(database).recent(9)
            return [(run.request.text, run.status.value) for run in reversed(runs)]

    return asyncio.run(read())


OPEN = Status.OPEN.value
ALL = [(f"asked by {user} in {team}", OPEN) for team in ("T1", "T2") for user in ("U1", "U2")]


def test_a_workspace_goes_and_the_others_stay(quorum: Quorum, url: str) -> None:
    result = quorum("erase", "--team", "T1", "--yes")

    assert (result.exit_code, result.stdout) == (0, "Erased what was kept of T1: 2 runs.\n")
    assert left(url) == ALL[2:]
    assert quorum("erase", "--team", "T1", "--yes").exit_code == 1, "nothing was there any more"


def test_an_organisation_goes_with_all_of_its_workspaces(quorum: Quorum, url: str) -> None:
    result = quorum("erase", "--org", "E1", "--yes")

    assert (result.exit_code, result.stdout) == (0, "Erased what was kept of E1: 4 runs.\n")
    assert left(url) == []


def test_of_a_person_only_what_counts_is_left(quorum: Quorum, url: str) -> None:
    result = quorum("erase", "--team", "T2", "--user", "U1", "--yes")

    assert (result.exit_code, result.stdout) == (0, "Erased what was kept of U1 in T2: 1 run.\n")
    assert left(url) == [*ALL[:2], ("", "cancelled"), ALL[3]]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--team", "T1"], "This deletes what is kept of T1 for good: add --yes."),
        (["--team", "T1", "--user", "U1"], "of U1 in T1 for good: add --yes."),
        (["--team", " ", "--yes"], "Name the workspace"),
        (["--team", "", "--user", "U1", "--yes"], "Name the workspace"),
        (["--yes"], "Name the workspace"),
        (["--team", "T1", "--user", "", "--yes"], "Name the person"),
        (["--team", "T1", "--user", "ann", "--yes"], "Name the person"),
        (["--team", "E1", "--yes"], "Name the workspace"),
        (["--team", "T1", "--org", "E1", "--yes"], "not both"),
        (["--org", "E1", "--user", "U1", "--yes"], "Name the person"),
    ],
)
def test_nothing_goes_by_mistake(quorum: Quorum, url: str, words: list[str], sentence: str) -> None:
    result = quorum("erase", *words)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert left(url) == ALL


def test_while_the_bot_works_it_is_asked_to_stop_first(quorum: Quorum, url: str) -> None:
    """Or it would write of runs that are gone."""
    with alone(url):
        result = quorum("erase", "--team", "T1", "--yes")

    assert result.exit_code == 3
    assert "stop it" in result.stderr
    assert left(url) == ALL
