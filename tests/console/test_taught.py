"""`quorum panel`: what people's votes have taught."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bot.runs.model import Place
from bot.store.database import connect, upgrade
from bot.store.runs import SqlRunStore
from tests.console.conftest import Quorum
from tests.store.requests import request
from tests.store.test_panel import keep, outcomes


def rate(here: Path, team: str, count: int) -> None:
    async def write() -> None:
        url = f"sqlite+aiosqlite:///{here}/quorum.db"
        await upgrade(url)
        async with connect(url) as database:
            place = Place(team=team, channel="C1")
            run = await SqlRunStore(database).add(request(team, place=place))
            assert run
            await keep(database, outcomes(run.id, count, team=team))

    asyncio.run(write())


def test_before_a_claim_was_rated_it_says_how_to_begin(quorum: Quorum) -> None:
    result = quorum("panel")

    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("No claim has been rated yet. In Slack, say under a fact-check")


def test_each_workspace_has_its_own(quorum: Quorum, here: Path) -> None:
    rate(here, "T1", 12)
    rate(here, "T2", 60)

    lines = quorum("panel").stdout.splitlines()

    assert lines[0] == "T1: 12 rated claims"
    assert "  Skeptic\tsaid the same as people in 12 of 12 votes" in lines
    assert any("weights are used from 50 rated claims on; 12 so far" in x.lower() for x in lines)
    assert "T2: 60 rated claims" in lines


def test_of_one_workspace_alone(quorum: Quorum, here: Path) -> None:
    rate(here, "T1", 1)

    assert quorum("panel", "--team", "T1").stdout.startswith("T1: 1 rated claim\n")

    unknown = quorum("panel", "--team", "T9").stdout
    assert unknown == "No claim has been rated in a workspace T9, only in T1.\n"


def test_machines_get_everything(quorum: Quorum, here: Path) -> None:
    rate(here, "T2", 60)

    [row] = json.loads(quorum("panel", "--json").stdout)

    assert (row["team"], row["rated"], row["weights_used"]) == ("T2", 60, True)
    assert [(seat["seat"], seat["votes"], seat["accuracy"]) for seat in row["seats"]] == [
        ("Skeptic", 60, 1.0),
        ("Advocate", 60, 0.5),
    ]
    assert row["auroc_of_confidence"] == 0.5
    assert row["confidence_used"] is False
    assert json.loads(quorum("panel", "--json", "--team", "T9").stdout)[0]["rated"] == 0
