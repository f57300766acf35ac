"""What answers cost, from where it is written to where it is shown."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command

from bot.store.database import Database, migrations, upgrade
from bot.store.runs import SqlRunStore
from bot.store.spending import Spending
from patterns.usage import Estimate, Usage
from tests.store.requests import added, answer

PAID = Usage(calls=1, input_tokens=2_000, cached_tokens=1_024, output_tokens=30, cost=77)
LOST = Usage(calls=1, input_tokens=10, cached_tokens=1, output_tokens=1, cost=2)


async def test_cached_tokens_and_dollars_add_up_as_tokens_do(store: SqlRunStore) -> None:
    run_id = await added(store)
    await store.remember(run_id, answer("a", usage=PAID))
    await store.remember(run_id, answer("a", fingerprint="other", usage=PAID))
    store.spend(run_id, "a", LOST)
    store.spend(run_id, "b", LOST)
    await store.remember(run_id, answer("c", usage=PAID))

    run = await store.get(run_id)

    assert run.usage == PAID + PAID + PAID + LOST + LOST
    assert [each.usage for each in await store.recent(5)] == [run.usage]
    assert (await store.answer(run_id, "c")).usage == PAID


async def test_absurd_numbers_are_written_as_less_and_can_be_added_up(
    database: Database, store: SqlRunStore
) -> None:
    now, hour = datetime.now(UTC), timedelta(hours=1)
    absurd = Usage(calls=1, input_tokens=10**30, output_tokens=-(10**30), cost=2**63 - 1)
    ids = [await added(store, f"absurd {number}") for number in range(3)]
    for run_id in ids:
        await store.remember(run_id, answer("a", usage=absurd))
        await store.remember(run_id, answer("b", usage=absurd))

    written = (await store.get(ids[0])).usage
    [spent] = await Spending(database).between(now - hour, now + hour)

    assert written == Usage(calls=2, input_tokens=2 * 10**14, cost=2 * 10**14)
    assert (spent.runs, spent.usage.input_tokens) == (3, 6 * 10**14)


async def test_a_run_tells_how_many_of_its_answers_others_paid_for(store: SqlRunStore) -> None:
    run_id = await added(store)
    await store.remember(run_id, answer("a", usage=Usage()))
    await store.remember(run_id, answer("b", usage=PAID))
    store.spend(run_id, "c", Usage())
    await store.remember(run_id, answer("d", usage=Usage()))

    assert (await store.get(run_id)).reused == 2


async def test_an_estimate_is_kept_as_it_was_made(store: SqlRunStore) -> None:
    run_id = await added(store)
    estimate = Estimate(low=LOST, high=PAID)

    await store.estimate(run_id, estimate)

    assert (await store.get(run_id)).estimate == estimate


async def test_what_ran_before_there_were_caps_counts_too(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/old.db"
    await asyncio.to_thread(command.upgrade, migrations(url), "0001")
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        for run_id in ("with", "without"):
            connection.execute(
                "INSERT INTO runs (id, recipe, team, channel, asked_by, request, status, model, "
                "created_at, delivered) VALUES (?, '', '', '', '', '', '', '', '', 0)",
                [run_id],
            )
        for key in ("a", "b"):
            connection.execute(
                "INSERT INTO answers (run_id, key, fingerprint, body, model, calls, input_tokens, "
                "output_tokens, at) VALUES ('with', ?, '', '', '', 1, 40, 2, '')",
                [key],
            )
        connection.commit()

    await upgrade(url)

    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        found = connection.execute("SELECT id, held_tokens, spent_tokens FROM runs ORDER BY id")
        assert found.fetchall() == [("with", 84, 84), ("without", 0, 0)]
