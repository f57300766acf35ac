"""What is found of a workspace is found in no other."""

from __future__ import annotations

from bot.runs.model import Place
from bot.store.database import Database
from bot.store.history import SqlHistory
from bot.store.runs import SqlRunStore
from patterns.events import BranchStarted
from tests.store.requests import added, answer, request


async def test_runs_of_a_workspace_come_the_newest_first_without_events(
    database: Database, store: SqlRunStore
):
    ids = [await added(store, f"d{number}") for number in range(3)]
    other = await store.add(request("d8", asked_by="U2"))
    await store.add(request("d9", place=Place(team="T2", channel="C1")))
    store.append(ids[2], BranchStarted(branch="v1"))
    await store.remember(ids[2], answer("v1"))
    history = SqlHistory(database)
    assert other

    assert [run.id for run in await history.latest("T1")] == [other.id, *reversed(ids)]
    assert [run.id for run in await history.latest("T1", limit=2)] == [other.id, ids[2]]
    [newest] = await history.latest("T1", user="U1", limit=1)
    assert (newest.id, newest.usage.calls, newest.events) == (ids[2], 1, ())
    assert await history.latest("T3") == []


async def test_the_beginning_of_an_id_names_at_most_two_of_the_workspace(
    database: Database, store: SqlRunStore
):
    ids = [await added(store, f"d{number}") for number in range(3)]
    history = SqlHistory(database)

    assert await history.named("T1", ids[0][:20]) == [ids[0]]
    assert len(await history.named("T1", "")) == 2
    assert await history.named("T2", ids[0]) == []
    for wild in ("%", "_" * 32, "\\", "'"):
        assert await history.named("T1", wild) == []
