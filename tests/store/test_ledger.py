"""One ledger for all processes on a database: caps hold, and what is not used comes back."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.runs.lookup import Spent
from bot.runs.model import Actor, Place, Run
from bot.runs.money import NO_CAP, Cap, Caps, Claim, Cost, Held, Span
from bot.store.database import Database
from bot.store.ledger import SqlLedger, SqlSpending, day_of, month_of
from bot.store.runs import SqlRunStore
from bot.store.tables import RunRow
from patterns.usage import Usage
from tests.store.requests import answer, request
from tests.store.spenders import CAP, EACH, caps, spend

ROOT = Path(__file__).parents[2]


def tokens(number: int) -> Cost:
    return Cost(tokens=number)


def wants(number: int, *, spent: int = 0) -> Claim:
    return Claim(
        spent=tokens(spent), bound=tokens(spent), least=tokens(number), wanted=tokens(number)
    )


async def asked(store: SqlRunStore, dedupe: str, **changes: Any) -> Run:
    run = await store.add(request(dedupe, **changes))
    assert run
    return run


async def changed(database: Database, run: Run, **values: Any) -> None:
    def work(connection: Connection) -> bool:
        return (
            connection.execute(update(RunRow).where(RunRow.id == run.id).values(**values))
            is not None
        )

    await database.writer.write(work)


async def held_until(database: Database, run: Run) -> datetime:
    async with database.read() as session:
        found = await session.scalar(select(RunRow.held_until).where(RunRow.id == run.id))
    assert found
    return found


async def test_twenty_runs_at_once_spend_the_cap_and_not_a_token_more(database: Database) -> None:
    assert await spend(database, 20) == CAP // EACH.tokens


async def test_what_runs_did_not_use_is_there_for_others(database: Database) -> None:
    """Each sets a thousand aside and uses a tenth of it."""
    assert await spend(database, 40, spent=tokens(100)) == 40


async def test_several_processes_share_the_caps(database_url: str) -> None:
    command = [sys.executable, "-m", "tests.store.spenders", database_url, "5"]
    started = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        for _ in range(4)
    ]
    ran = [int((await process.communicate())[0]) for process in started]

    assert sum(ran) == CAP // EACH.tokens


async def test_what_a_run_holds_is_nobody_elses(database: Database, store: SqlRunStore) -> None:
    ledger = SqlLedger(database, caps(100))
    first, second = await asked(store, "1"), await asked(store, "2")

    assert await ledger.hold(first.id, wants(70)) == Held(cost=tokens(70))
    assert await ledger.hold(second.id, wants(40)) == Held(
        cost=tokens(0), short=Span.DAY, hopeful=True
    )
    await ledger.close(first.id, tokens(70))
    assert await ledger.hold(second.id, wants(40)) == Held(
        cost=tokens(0), short=Span.DAY, hopeful=False
    )
    assert (await ledger.hold(second.id, wants(30))).short is None


async def test_dollars_are_counted_beside_tokens(database: Database, store: SqlRunStore) -> None:
    dollar = Caps(person_day=NO_CAP, workspace_month=Cap(micros=1_000_000))
    ledger = SqlLedger(database, dollar)
    first, second = await asked(store, "1"), await asked(store, "2")
    claim = Claim(
        spent=Cost(),
        bound=Cost(),
        least=Cost(tokens=9_000_000, micros=600_000),
        wanted=Cost(tokens=9_000_000, micros=600_000),
    )

    assert (await ledger.hold(first.id, claim)).short is None
    assert (await ledger.hold(second.id, claim)).short is Span.MONTH


async def test_a_person_has_a_day_and_a_workspace_its_month(
    database: Database, store: SqlRunStore
) -> None:
    both = Caps(person_day=Cap(tokens=100), workspace_month=Cap(tokens=150))
    ledger = SqlLedger(database, both)
    mine, theirs = await asked(store, "1"), await asked(store, "2", asked_by="U2")
    elsewhere = await asked(store, "3", place=Place(team="T2", channel="C1"))
    await ledger.hold(mine.id, wants(100))

    assert (await ledger.hold(theirs.id, wants(51))).short is Span.MONTH
    assert (await ledger.hold(theirs.id, wants(50))).short is None
    assert (await ledger.hold(elsewhere.id, wants(100))).short is None


async def test_a_run_counts_to_the_day_and_month_it_was_asked_in(
    database: Database, store: SqlRunStore
) -> None:
    both = Caps(person_day=Cap(tokens=100), workspace_month=Cap(tokens=150))
    ledger = SqlLedger(database, both)
    runs = [await asked(store, str(number)) for number in range(4)]
    times = [
        datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC),
    ]
    for run, at in zip(runs, times, strict=True):
        await changed(database, run, created_at=at)

    said = [await ledger.hold(run.id, wants(100)) for run in runs[:3]]

    assert [held.short for held in said] == [None, None, Span.MONTH]
    assert (await ledger.hold(runs[3].id, wants(1))).short is Span.DAY


async def test_of_a_run_whose_process_is_gone_counts_what_it_paid_for(
    database: Database, store: SqlRunStore
) -> None:
    """It said nothing of its last answers, but they are kept."""
    ledger = SqlLedger(database, caps(100))
    dead, other = await asked(store, "1"), await asked(store, "2")
    await ledger.hold(dead.id, wants(90))
    await store.remember(dead.id, answer("a", usage=Usage(calls=1, input_tokens=20)))

    assert (await ledger.hold(other.id, wants(80))).short is Span.DAY
    await changed(database, dead, held_until=datetime.now(UTC) - timedelta(seconds=1))
    assert (await ledger.hold(other.id, wants(81))).short is Span.DAY
    assert (await ledger.hold(other.id, wants(80))).short is None


async def test_an_entered_run_holds_anew(database: Database, store: SqlRunStore) -> None:
    ledger = SqlLedger(database, caps(100))
    run, other = await asked(store, "1"), await asked(store, "2")
    await ledger.hold(run.id, wants(90))

    await ledger.hold(run.id, wants(20, spent=20))

    assert (await ledger.hold(other.id, wants(80))).short is None


async def test_what_a_run_said_it_spent_stays_spent(database: Database, store: SqlRunStore) -> None:
    """Its answers may not have been written down."""
    ledger = SqlLedger(database, caps(100))
    run, other = await asked(store, "1"), await asked(store, "2")
    await ledger.hold(run.id, wants(60, spent=60))
    await ledger.close(run.id, tokens(70))

    again = await ledger.hold(run.id, wants(10))
    assert again == Held(cost=tokens(80), spent=tokens(70))
    assert (await ledger.hold(run.id, wants(31))).short is Span.DAY

    await ledger.close(run.id, tokens(5))
    assert (await ledger.hold(other.id, wants(31))).short is Span.DAY
    assert (await ledger.hold(other.id, wants(30))).short is None


@pytest.mark.parametrize("absurd", [2**62, 2**63, 10**30])
async def test_an_absurd_sum_spends_one_persons_day_and_breaks_nothing(
    database: Database, store: SqlRunStore, absurd: int
) -> None:
    ledger = SqlLedger(database, caps(100))
    for number in range(3):
        run = await asked(store, str(number))
        await ledger.hold(run.id, wants(10))
        await ledger.close(run.id, Cost(tokens=absurd, micros=-absurd))
    mine, theirs = await asked(store, "mine"), await asked(store, "theirs", asked_by="U2")

    assert (await ledger.hold(mine.id, wants(1))).short is Span.DAY
    assert (await ledger.hold(theirs.id, wants(1))).short is None


async def test_a_run_that_gives_no_sign_of_life_holds_money_for_a_minute(
    database: Database, store: SqlRunStore
) -> None:
    ledger = SqlLedger(database, caps(100))
    run = await asked(store, "1")
    before = datetime.now(UTC)
    await ledger.hold(run.id, wants(90))

    first = await held_until(database, run)
    assert await ledger.renew(run.id)
    second = await held_until(database, run)

    minute = timedelta(seconds=60)
    assert before + minute <= first < second <= datetime.now(UTC) + minute


async def test_a_sign_of_life_that_comes_too_late_keeps_nothing(
    database: Database, store: SqlRunStore
) -> None:
    ledger = SqlLedger(database, caps(100))
    late, over, other = [await asked(store, name) for name in ("1", "2", "3")]
    await ledger.hold(late.id, wants(90))
    await changed(database, late, held_until=datetime.now(UTC) - timedelta(seconds=1))
    await ledger.hold(over.id, wants(1))
    await ledger.close(over.id, tokens(0))

    assert not await ledger.renew(late.id)
    assert not await ledger.renew(over.id)
    assert (await ledger.hold(other.id, wants(100))).short is None


async def test_without_caps_a_run_still_says_what_it_holds(
    database: Database, store: SqlRunStore
) -> None:
    """Another process may have caps."""
    free = SqlLedger(database, Caps(person_day=NO_CAP, workspace_month=NO_CAP))
    run, other = await asked(store, "1"), await asked(store, "2")

    assert await free.hold(run.id, wants(90)) == Held(cost=tokens(90))
    capped = SqlLedger(database, caps(100))
    assert (await capped.hold(other.id, wants(11))).short is Span.DAY


async def test_nobody_who_watches_runs_is_told_of_money(
    database: Database, store: SqlRunStore
) -> None:
    run = await asked(store, "1")
    told: list[str] = []
    store.subscribe(told.append)
    ledger = SqlLedger(database, caps())

    await ledger.hold(run.id, wants(1))
    await ledger.close(run.id, tokens(1))

    assert told == []


async def test_a_run_that_was_erased_while_it_worked_ends_in_peace(database: Database) -> None:
    await SqlLedger(database, caps()).close("gone", tokens(1))


def test_days_and_months_are_those_of_utc() -> None:
    east = datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-1)))

    assert day_of(east) == (datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC))
    assert month_of(east) == (datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC))
    december = datetime(2026, 12, 31, tzinfo=UTC)
    assert month_of(december)[1] == datetime(2027, 1, 1, tzinfo=UTC)


async def test_people_see_what_is_spent_and_held_of_their_day_and_of_their_workspaces_month(
    database: Database, store: SqlRunStore
) -> None:
    """What the caps count, and not what others may know of."""
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    ledger, spending = SqlLedger(database, Caps()), SqlSpending(database, now=lambda: noon)
    for number, (changes, at, spent) in enumerate(
        (
            ({}, noon, 1),
            ({}, noon - timedelta(days=1), 10),
            ({"asked_by": "U2"}, noon, 100),
            ({}, noon - timedelta(days=20), 1_000),
            ({"place": Place(team="T2", channel="C1")}, noon, 10_000),
        )
    ):
        run = await asked(store, f"{number}", **changes)
        await changed(database, run, created_at=at)
        await ledger.close(run.id, Cost(tokens=spent, micros=2 * spent))
    still_open = await asked(store, "open")
    await changed(database, still_open, created_at=noon)
    await ledger.hold(still_open.id, wants(7))

    spent = await spending.of(Actor(user="U1", team="T1"))

    held = (await _held(database, still_open)).tokens
    assert held >= 7
    assert spent.day == Cost(tokens=1 + held, micros=2)
    assert spent.month == Cost(tokens=111 + held, micros=222)
    nobody = await spending.of(Actor(user="U1", team="T9"))
    assert nobody == Spent(day=Cost(), month=Cost())


async def _held(database: Database, run: Run) -> Cost:
    async with database.read() as session:
        columns = RunRow.held_tokens, RunRow.held_micros
        row = (await session.execute(select(*columns).where(RunRow.id == run.id))).one()
    return Cost(tokens=row[0], micros=row[1])
