"""Writes in groups: nothing is lost, nobody waits for ever, a bad one fails alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, event, func, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.runs.errors import StorageFailed
from bot.store.database import Database, connect
from bot.store.runs import SqlRunStore
from bot.store.tables import DeliveryRow, EventRow, MessageRow, RunRow
from patterns.events import BranchStarted
from tests.store.looking import another_writer, events_of
from tests.store.requests import answer, request


@pytest.fixture
async def run_id(store: SqlRunStore) -> str:
    run = await store.add(request())
    assert run
    return run.id


@pytest.fixture
def commits(database: Database) -> list[Connection]:
    """One entry a commit of the writer."""
    seen: list[Connection] = []
    event.listen(database.writer._engine, "commit", seen.append)
    return seen


async def test_no_update_is_lost_when_many_read_and_write_at_once(database: Database, run_id: str):
    """Twenty tasks add one to the same number; it ends at twenty."""
    await database.writer.write(set_error(run_id, "0"))

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(database.writer.write(lambda c: add_one(c, run_id)))

    async with database.read() as session:
        row = await session.get_one(RunRow, run_id)
    assert row.error == "20"


async def test_no_update_is_lost_between_two_writers(
    database: Database, database_url: str, run_id: str
):
    """As of two programs on one file: each takes the lock before it reads."""
    await database.writer.write(set_error(run_id, "0"))

    async with connect(database_url) as other, asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(database.writer.write(lambda c: add_one(c, run_id)))
            group.create_task(other.writer.write(lambda c: add_one(c, run_id)))

    async with database.read() as session:
        row = await session.get_one(RunRow, run_id)
    assert row.error == "20"


async def test_what_arrives_during_a_commit_shares_the_next(
    database: Database, store: SqlRunStore, run_id: str, commits: list[Connection]
):
    async with asyncio.TaskGroup() as group:
        for number in range(300):
            group.create_task(store.remember(run_id, answer(f"v{number}")))

    assert len(commits) <= 2


async def test_a_bad_write_fails_alone(database: Database, store: SqlRunStore, run_id: str):
    """An unknown run breaks a foreign key; the other forty-nine of the group are kept."""
    async with asyncio.TaskGroup() as group:
        good = [
            group.create_task(store.remember(run_id, answer(f"v{number}"))) for number in range(25)
        ]
        bad = group.create_task(expect_integrity_error(store))
        good += [
            group.create_task(store.remember(run_id, answer(f"w{number}"))) for number in range(24)
        ]

    assert bad.result()
    assert all(task.exception() is None for task in good)
    assert len(await store.answers(run_id)) == 49


async def test_an_error_in_a_work_reaches_its_caller_and_rolls_its_own_back(
    database: Database, run_id: str
):
    def broken(connection: Connection) -> bool:
        set_error(run_id, "never")(connection)
        raise ValueError("a bug in a work")

    with pytest.raises(ValueError, match="a bug"):
        await database.writer.write(broken)

    async with database.read() as session:
        assert (await session.get_one(RunRow, run_id)).error is None


async def test_an_event_of_a_run_that_is_gone_is_logged_and_the_others_stay(
    database: Database, store: SqlRunStore, run_id: str, caplog: pytest.LogCaptureFixture
):
    store.append(run_id, BranchStarted(branch="a"))
    store.append("nope", BranchStarted(branch="b"))
    store.append("nope", BranchStarted(branch="c"))
    store.append(run_id, BranchStarted(branch="d"))

    await store.remember(run_id, answer("v1"))

    assert await events_of(database, run_id) == ["a", "d"]
    assert "events are lost" in caplog.text


async def test_events_are_kept_in_the_order_told(
    database: Database, store: SqlRunStore, run_id: str
):
    told: list[str | None] = []
    async with asyncio.TaskGroup() as group:
        for number in range(100):
            told.append(f"v{number}")
            store.append(run_id, BranchStarted(branch=f"v{number}"))
            if number % 10 == 0:
                await group.create_task(store.remember(run_id, answer(f"v{number}")))
    await store.remember(run_id, answer("last"))

    assert await events_of(database, run_id) == told


async def test_a_cancelled_caller_takes_nobody_along(
    store: SqlRunStore, run_id: str, tmp_path: Path
):
    """Its own write stays in the group: an answer that was paid for is kept."""
    async with asyncio.TaskGroup() as group:
        with another_writer(tmp_path):
            tasks = [
                group.create_task(store.remember(run_id, answer(f"v{number}")))
                for number in range(10)
            ]
            await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()

    assert [task.cancelled() for task in tasks] == [True, False] * 5
    assert len(await store.answers(run_id)) == 10


async def test_a_cancelled_reader_leaves_the_pool_whole(store: SqlRunStore, run_id: str):
    for _ in range(20):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(store.get(run_id)) for _ in range(8)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()

    assert (await store.get(run_id)).id == run_id


async def test_a_full_disk_is_told_to_callers_and_over_when_there_is_room(
    database: Database, store: SqlRunStore, run_id: str, caplog: pytest.LogCaptureFixture
):
    await database.writer.write(pragma("max_page_count = 1"))  # as small as it can be
    big = answer("v1", body="x" * 1_000_000)

    for _ in range(3):
        store.append(run_id, BranchStarted(branch="lost"))
        with pytest.raises(StorageFailed):
            await store.remember(run_id, big)

    assert caplog.text.count("events are lost") == 1, "once, not for every event"
    await database.writer.write(pragma("max_page_count = 100000"))
    await store.remember(run_id, big)
    assert await store.answer(run_id, "v1") == big


async def test_a_write_waits_for_another_program(store: SqlRunStore, run_id: str, tmp_path: Path):
    async with asyncio.TaskGroup() as group:
        with another_writer(tmp_path):
            task = group.create_task(store.remember(run_id, answer("v1")))
            await asyncio.sleep(0.05)
            assert not task.done()

    assert "v1" in await store.answers(run_id)


async def test_a_broken_subscriber_stops_neither_writer_nor_the_others(
    database: Database, store: SqlRunStore, run_id: str, caplog: pytest.LogCaptureFixture
):
    heard: list[str] = []

    def broken(_: str) -> None:
        raise RuntimeError("a bug in a subscriber")

    database.writer.subscribe(broken)
    database.writer.subscribe(heard.append)

    await store.remember(run_id, answer("v1"))
    await store.remember(run_id, answer("v2"))

    assert heard == [run_id, run_id]
    assert "a subscriber broke" in caplog.text


async def test_foreign_keys_hold_and_a_run_takes_what_is_its_own_along(
    database: Database, store: SqlRunStore, run_id: str
):
    store.append(run_id, BranchStarted(branch="v1"))
    await store.remember(run_id, answer("v1"))

    gone = delete(RunRow).where(RunRow.id == run_id)
    await database.writer.write(lambda connection: connection.execute(gone).rowcount > 0)

    async with database.read() as session:
        for table in (EventRow, DeliveryRow, MessageRow):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
    assert await store.answers(run_id) == {}


async def test_rows_of_one_statement_reach_the_database_together(
    database: Database, store: SqlRunStore, run_id: str
):
    """A statement costs two changes of thread, so a group has few of them."""
    statements: list[bool] = []

    def executed(*arguments: object) -> None:
        statements.append(bool(arguments[-1]))

    event.listen(database.writer._engine, "before_cursor_execute", executed)
    async with asyncio.TaskGroup() as group:
        for number in range(50):
            store.append(run_id, BranchStarted(branch=f"v{number}"))
            group.create_task(store.remember(run_id, answer(f"v{number}")))

    assert statements.count(True) <= 3
    assert len(statements) <= 6


def set_error(run_id: str, value: str):
    statement = update(RunRow).where(RunRow.id == run_id).values(error=value)
    return lambda connection: connection.execute(statement).rowcount > 0


def add_one(connection: Connection, run_id: str) -> bool:
    now = connection.execute(select(RunRow.error).where(RunRow.id == run_id)).scalar_one()
    return set_error(run_id, str(int(now or 0) + 1))(connection)


def pragma(words: str):
    return lambda connection: bool(connection.execute(text(f"PRAGMA {words}")).scalar())


async def expect_integrity_error(store: SqlRunStore) -> bool:
    with pytest.raises(IntegrityError) as caught:
        await store.remember("nope", answer("v1", body="of a private channel"))
    assert "private" not in str(caught.value), "what was written does not go into logs"
    return True
