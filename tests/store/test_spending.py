"""What was spent, by whom and on what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.runs.model import Audience, Place
from bot.store.database import Database
from bot.store.runs import SqlRunStore
from bot.store.spending import By, Spending, Spent
from patterns.usage import Usage
from tests.store.requests import answer, request

NOW = datetime.now(UTC)
LONG_AGO, SOON = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
TEN = Usage(calls=1, input_tokens=8, cached_tokens=4, output_tokens=2, cost=7)
TWENTY = TEN + TEN


async def asked(store: SqlRunStore, dedupe: str, *keys: str, **changes: object) -> str:
    """A run with an answer of `TEN` under each of *keys*."""
    run = await store.add(request(dedupe, **changes))
    assert run
    await store.admit(run.id, Audience.CHANNEL, model="asked")
    for key in keys:
        await store.remember(run.id, answer(key, usage=TEN))
    return run.id


async def test_who_spent_most_comes_first(database: Database, store: SqlRunStore) -> None:
    await asked(store, "1", "a")
    await asked(store, "2", "a", "b", asked_by="U2")
    await asked(store, "3", place=Place(team="T2", channel="C1"))

    spent = await Spending(database).between(LONG_AGO, SOON, By.PERSON, By.WORKSPACE)

    assert spent == [
        Spent(names=("U2", "T1"), runs=1, usage=TWENTY),
        Spent(names=("U1", "T1"), runs=1, usage=TEN),
        Spent(names=("U1", "T2"), runs=1, usage=Usage()),
    ]


async def test_attempts_without_an_answer_count_to_the_model_that_was_asked(
    database: Database, store: SqlRunStore
) -> None:
    run_id = await asked(store, "1", "a")
    store.spend(run_id, "lost", TWENTY)
    await asked(store, "2", recipe="summarize")

    spent = await Spending(database).between(LONG_AGO, SOON, By.RECIPE, By.MODEL)

    assert [(each.names, each.usage) for each in spent] == [
        (("factcheck", "asked"), TWENTY),
        (("factcheck", "scripted"), TEN),
        (("summarize", "asked"), Usage()),
    ]


async def test_what_no_model_was_asked_for_is_no_spending(
    database: Database, store: SqlRunStore
) -> None:
    run_id = await asked(store, "1", "a")
    await store.remember(run_id, answer("evidence", usage=Usage(), model=""))

    spent = await Spending(database).between(LONG_AGO, SOON, By.MODEL)

    assert [each.names for each in spent] == [("scripted",)]
    assert (await store.get(run_id)).reused == 0


async def test_only_runs_asked_for_in_that_time_count(
    database: Database, store: SqlRunStore
) -> None:
    await asked(store, "1", "a")

    assert await Spending(database).between(SOON, SOON + timedelta(days=1), By.PERSON) == []
