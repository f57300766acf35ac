"""A state of OAuth is good once, for ten minutes, in the browser that began."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bot.store.database import Database, connect
from bot.store.states import SqlStates
from bot.store.workspace_tables import StateRow

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


async def test_a_state_is_good_once(database: Database):
    states = SqlStates(database)
    state = await states.begin("browser")

    assert await states.used(state, "browser")
    assert not await states.used(state, "browser")


async def test_a_state_is_of_its_browser_alone(database: Database):
    """Who has somebody else's link cannot finish with it, nor spoil it."""
    states = SqlStates(database)
    state = await states.begin("browser")

    assert not await states.used(state, "another")
    assert not await states.used(state, "")
    assert await states.used(state, "browser")


async def test_what_nobody_began_is_not_good(database: Database):
    states = SqlStates(database)
    await states.begin("browser")

    for made_up in ("", "../victim.txt", "%", "half a \ud83d sign", "x" * 10_000):
        assert not await states.used(made_up, "browser")


async def test_a_state_is_good_for_ten_minutes_and_then_it_goes(database: Database):
    clock = Clock()
    states = SqlStates(database, now=clock)
    in_time, late = await states.begin("browser"), await states.begin("browser")

    clock.now = NOON + timedelta(minutes=10) - timedelta(microseconds=1)
    assert await states.used(in_time, "browser")
    clock.now = NOON + timedelta(minutes=10)
    assert not await states.used(late, "browser")
    await states.begin("browser")

    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(StateRow)) == 1


async def test_states_are_long_and_never_the_same(database: Database):
    states = SqlStates(database)

    began = [await states.begin("browser") for _ in range(50)]

    assert len(set(began)) == 50
    assert min(map(len, began)) == 43, "256 bits in base 64"


async def test_of_many_at_once_exactly_one_wins(database_url: str, database: Database):
    """In two processes, too: each of them has a writer of its own."""
    state = await SqlStates(database).begin("browser")

    async with connect(database_url) as other, asyncio.TaskGroup() as group:
        doors = SqlStates(database), SqlStates(other)
        tasks = [
            group.create_task(doors[number % 2].used(state, "browser")) for number in range(40)
        ]

    assert [task.result() for task in tasks].count(True) == 1


async def test_the_database_does_not_know_the_state(database_url: str, tmp_path: Path):
    async with connect(database_url) as database:
        state = await SqlStates(database).begin("this browser's cookie")
        on_disk = b"".join((tmp_path / f"quorum.db{end}").read_bytes() for end in ("", "-wal"))

    assert state.encode() not in on_disk
    assert b"this browser" not in on_disk
