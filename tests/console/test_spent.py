"""`quorum usage`: what was spent, and what is left."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, update

from bot.runs.model import Audience, Place, RunRequest
from bot.runs.storage import Remembered
from bot.store.database import connect, upgrade
from bot.store.runs import SqlRunStore
from bot.store.tables import RunRow
from patterns.usage import Usage
from tests.console.conftest import Quorum

USED = Usage(calls=5, input_tokens=10_000, cached_tokens=2_048, output_tokens=345, cost=1_234)


def spend(
    here: Path, *, by: str = "ann", team: str = "", model: str = "gpt-5-mini", ago: int = 0
) -> None:
    """A run of *by* that was asked *ago* days before today and used `USED`."""
    request = RunRequest(
        recipe="factcheck",
        text="Honey never spoils",
        asked_by=by,
        place=Place(team=team, channel="C1"),
        dedupe=f"{by} {team} {model} {ago}",
    )
    answer = Remembered(key="k", fingerprint="f", body="{}", usage=USED, model=model)

    async def write() -> None:
        url = f"sqlite+aiosqlite:///{here}/quorum.db"
        await upgrade(url)
        async with connect(url) as database:
            store = SqlRunStore(database)
            run = await store.add(request)
            assert run
            await store.admit(run.id, Audience.CHANNEL, model=model)
            await store.remember(run.id, answer)
            before = update(RunRow).values(created_at=datetime.now(UTC) - timedelta(days=ago))

            def work(connection: Connection) -> bool:
                connection.execute(before.where(RunRow.id == run.id))
                return True

            await database.writer.write(work)

    asyncio.run(write())


def test_before_anything_was_spent_it_says_so(quorum: Quorum) -> None:
    result = quorum("usage", QUORUM_CAP_PERSON_DAY="$5", QUORUM_CAP_WORKSPACE_MONTH="off")

    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        "Today (cap: $5.00)\n  nothing yet\n"
        "This month\n  nothing yet\n"
        "This month, by recipe and model\n  nothing yet\n"
    )


def test_people_workspaces_and_recipes_have_a_line_each(quorum: Quorum, here: Path) -> None:
    spend(here)
    spend(here, by="U\x1b[31mBEN", team="T1", model="")
    spend(here, by="U1", ago=40)

    result = quorum("usage", QUORUM_CAP_PERSON_DAY="20k, $0.001")

    used = "1 run · 5 calls · 10,345 tokens (2,048 cached) · $0.0012"
    assert result.stdout.splitlines() == [
        "Today (cap: 20,000 tokens or $0.001)",
        f"  UBEN, T1\t{used} · left: 9,655 tokens or $0.00",
        f"  ann, this machine\t{used} · left: 9,655 tokens or $0.00",
        "This month (cap: 50,000,000 tokens)",
        f"  this machine\t{used} · left: 49,989,655 tokens",
        f"  T1\t{used} · left: 49,989,655 tokens",
        "This month, by recipe and model",
        f"  factcheck, unknown model\t{used}",
        f"  factcheck, gpt-5-mini\t{used}",
    ]


def test_a_machine_gets_json_and_nothing_else(quorum: Quorum, here: Path) -> None:
    spend(here)

    told = json.loads(quorum("usage", "--json").stdout)

    counts = {
        "runs": 1,
        "calls": 5,
        "input_tokens": 10_000,
        "cached_tokens": 2_048,
        "output_tokens": 345,
        "dollars": 0.001234,
    }
    assert told["today"] == [
        {
            "person": "ann",
            "team": "",
            **counts,
            "cap": {"tokens": 2_000_000, "dollars": None},
            "left": {"tokens": 1_989_655, "dollars": None},
        }
    ]
    assert [row["team"] for row in told["month"]] == [""]
    assert told["by_recipe"] == [{"recipe": "factcheck", "model": "gpt-5-mini", **counts}]


def test_a_cap_that_is_none_is_named(quorum: Quorum) -> None:
    result = quorum("usage", QUORUM_CAP_RUN="much")

    assert result.exit_code == 3
    assert result.stderr.startswith('QUORUM_CAP_RUN: must be "off", tokens')
