"""Answers that others may be given: in their scope, and not too old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.store.database import Database
from bot.store.runs import SqlRunStore
from bot.store.shelf import SqlShelf
from patterns.usage import Usage
from tests.store.requests import added, answer

SCOPE = "T1///gpt"


async def kept(store: SqlRunStore, key: str = "voter-1", **changes: Any) -> str:
    run = await added(store, dedupe=f"run of {key} {changes}")
    await store.remember(run, answer(key, **{"scope": SCOPE} | changes))
    return run


def in_days(database: Database, days: float) -> SqlShelf:
    """The shelf as it will be then; it keeps answers for a week."""
    return SqlShelf(database, days=7, now=lambda: datetime.now(UTC) + timedelta(days=days))


async def test_an_answer_is_given_with_the_name_of_the_model_that_gave_it(
    database: Database, store: SqlRunStore
) -> None:
    await kept(store, body='{"label": "supported"}', model="gpt of then")
    shelf = in_days(database, 0)

    found = await shelf.find(SCOPE, "f")

    assert await shelf.known(SCOPE) == {"f"}
    assert found
    assert (found.body, found.model) == ('{"label": "supported"}', "gpt of then")
    assert found.usage == Usage(calls=1, input_tokens=10, output_tokens=2)


async def test_of_several_answers_the_newest_is_given(
    database: Database, store: SqlRunStore
) -> None:
    for number in range(3):
        await kept(store, f"voter-{number}", body=f'"{number}"')
    shelf = in_days(database, 0)

    found = await shelf.find(SCOPE, "f")

    assert found
    assert found.body == '"2"'
    assert await shelf.known(SCOPE) == {"f"}


@pytest.mark.parametrize("scope", ["T2///gpt", "T1///", "T1/C1//gpt", "T1//U1/gpt", "", "T1///gp_"])
async def test_nothing_is_given_to_another_scope(
    database: Database, store: SqlRunStore, scope: str
) -> None:
    await kept(store)
    shelf = in_days(database, 0)

    assert await shelf.known(scope) == set()
    assert await shelf.find(scope, "f") is None


async def test_an_answer_is_forgotten_after_its_days(
    database: Database, store: SqlRunStore
) -> None:
    await kept(store)
    young, old = in_days(database, 6.99), in_days(database, 7.01)

    assert await young.known(SCOPE) == {"f"}
    assert await young.find(SCOPE, "f")
    assert await old.known(SCOPE) == set()
    assert await old.find(SCOPE, "f") is None


async def test_who_keeps_answers_for_no_days_keeps_none(
    database: Database, store: SqlRunStore
) -> None:
    await kept(store)

    assert await SqlShelf(database, days=0).known(SCOPE) == set()


async def test_a_question_that_only_failed_has_no_answer_to_give(
    database: Database, store: SqlRunStore
) -> None:
    run = await added(store)
    store.spend(run, "voter-1", Usage(calls=3))
    await store.remember(run, answer("voter-2", scope=SCOPE, fingerprint="other"))
    shelf = in_days(database, 0)

    assert await shelf.known(SCOPE) == {"other"}
    assert await shelf.find("", "") is None


async def test_what_an_answer_cost_later_does_not_change_who_may_be_given_it(
    database: Database, store: SqlRunStore
) -> None:
    run = await kept(store)
    store.spend(run, "voter-1", Usage(calls=2))
    await added(store, "a write behind it")

    assert await in_days(database, 0).known(SCOPE) == {"f"}
