"""What people can do with a run."""

from __future__ import annotations

import pytest

from bot.runs.desk import Cancelled, Desk
from bot.runs.errors import NoSuchRun
from bot.runs.model import Run, RunRequest, Status
from bot.store.runs import SqlRunStore
from tests.runs.fakes import FakeEngine, request


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def desk(store: SqlRunStore, engine: FakeEngine) -> Desk:
    return Desk(store, engine)


async def submitted(desk: Desk, asked: RunRequest | None = None) -> Run:
    run = await desk.submit(asked or request())
    assert run
    return run


async def test_a_run_is_written_down_then_started(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    run = await submitted(desk)

    assert engine.started == [run.id]
    assert (await store.get(run.id)).status is Status.OPEN


async def test_a_delivery_seen_before_starts_nothing(desk: Desk, engine: FakeEngine):
    run = await submitted(desk)

    assert await desk.submit(request()) is None
    assert engine.started == [run.id]


async def test_who_asked_may_cancel(desk: Desk, store: SqlRunStore, engine: FakeEngine):
    run = await submitted(desk)

    assert await desk.cancel(run.id, by="U1", team="T1") is Cancelled.YES
    assert (await store.get(run.id)).status is Status.CANCELLED
    assert engine.cancelled == [run.id]


async def test_the_outcome_is_written_before_the_run_is_stopped(store: SqlRunStore):
    """Or a run that is stopped by a crash in between would be resumed."""
    seen: list[Status] = []

    class Watching(FakeEngine):
        async def cancel(self, run_id: str, /) -> None:
            seen.append((await store.get(run_id)).status)

    desk = Desk(store, Watching())
    first, second = await submitted(desk), await submitted(desk, request("d2"))

    await desk.cancel(first.id, by="U1", team="T1")
    await desk.abandon(second.id, "The channel is gone.")

    assert seen == [Status.CANCELLED, Status.FAILED]


async def test_a_run_that_is_over_cannot_be_cancelled(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    run = await submitted(desk)
    await desk.cancel(run.id, by="U1", team="T1")

    assert await desk.cancel(run.id, by="U1", team="T1") is Cancelled.OVER
    assert engine.cancelled == [run.id]


async def test_somebody_else_may_not_cancel(desk: Desk, store: SqlRunStore, engine: FakeEngine):
    run = await submitted(desk)

    assert await desk.cancel(run.id, by="U2", team="T1") is Cancelled.NOT_YOURS
    assert (await store.get(run.id)).status is Status.OPEN
    assert engine.cancelled == []


async def test_a_run_of_another_workspace_is_no_such_run(desk: Desk, store: SqlRunStore):
    """The same sentence as for one that never was, even for the same user id."""
    run = await submitted(desk)

    with pytest.raises(NoSuchRun) as other:
        await desk.cancel(run.id, by="U1", team="T2")
    with pytest.raises(NoSuchRun) as never:
        await desk.cancel("nope", by="U1", team="T1")

    assert str(other.value) == str(never.value)
    assert (await store.get(run.id)).status is Status.OPEN


async def test_an_abandoned_run_ends_with_a_sentence(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    run = await submitted(desk)

    await desk.abandon(run.id, "The channel is gone.")
    await desk.abandon(run.id, "Gone again.")

    now = await store.get(run.id)
    assert (now.status, now.error) == (Status.FAILED, "The channel is gone.")
    assert engine.cancelled == [run.id]
