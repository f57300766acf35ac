"""The contract of an `Outbox`."""

from __future__ import annotations

import pytest

from bot.runs.model import Place, Status
from bot.runs.storage import Outbox, Posted
from bot.store.database import Database
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from tests.store.requests import VERDICT, request

CARD = Posted(slot="card", channel="C1", ts=None, digest="a")


@pytest.fixture(params=["sql"])
def outbox(request: pytest.FixtureRequest, database: Database) -> Outbox:
    return SqlOutbox(database)


@pytest.fixture
async def run_id(store: SqlRunStore) -> str:
    run = await store.add(request())
    assert run
    return run.id


async def test_nothing_is_posted_at_first(outbox: Outbox, run_id: str):
    assert await outbox.posted(run_id) == {}


async def test_messages_come_back_by_their_slot(outbox: Outbox, run_id: str):
    result = Posted(slot="result", channel="C1", ts="1.2", digest="b")

    await outbox.put(run_id, CARD)
    await outbox.put(run_id, result)

    assert await outbox.posted(run_id) == {"card": CARD, "result": result}


async def test_a_message_in_the_same_slot_replaces_the_first(outbox: Outbox, run_id: str):
    posted = Posted(slot="card", channel="C1", ts="1.1", digest="c")
    await outbox.put(run_id, CARD)

    await outbox.put(run_id, posted)

    assert await outbox.posted(run_id) == {"card": posted}


async def test_a_run_is_undelivered_until_its_outcome_is_shown(
    outbox: Outbox, store: SqlRunStore, run_id: str
):
    assert await outbox.undelivered() == [run_id]

    await outbox.delivered(await store.get(run_id))
    assert await outbox.undelivered() == [run_id], "an open run has more to show"

    await store.close(run_id, Status.DONE, result=VERDICT)
    assert await outbox.undelivered() == [run_id]

    await outbox.delivered(await store.get(run_id))
    assert await outbox.undelivered() == []


async def test_what_was_shared_meanwhile_is_still_to_be_shown(
    outbox: Outbox, store: SqlRunStore, run_id: str
):
    await store.close(run_id, Status.DONE, result=VERDICT)
    seen = await store.get(run_id)
    await store.share(run_id, "U1")

    await outbox.delivered(seen)

    assert await outbox.undelivered() == [run_id]


async def test_runs_of_the_console_have_nothing_to_deliver(outbox: Outbox, store: SqlRunStore):
    await store.add(request(place=Place(team="", channel="console")))

    assert await outbox.undelivered() == []


async def test_undelivered_runs_come_the_oldest_first(outbox: Outbox, store: SqlRunStore):
    runs = [await store.add(request(f"d{number}")) for number in range(3)]

    assert await outbox.undelivered() == [run.id for run in runs if run]


async def test_a_message_written_down_is_no_news_of_the_run(
    outbox: Outbox, store: SqlRunStore, run_id: str
):
    """Or the publisher would wake itself."""
    heard: list[str] = []
    store.subscribe(heard.append)

    await outbox.put(run_id, CARD)
    await outbox.delivered(await store.get(run_id))

    assert heard == []
