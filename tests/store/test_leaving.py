"""Leaving the store writes what is waiting, whatever the reason."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.store.database import connect
from bot.store.runs import SqlRunStore
from patterns.events import BranchStarted
from tests.store.looking import another_writer, events_of
from tests.store.requests import request


async def test_leaving_writes_what_is_waiting(database_url: str):
    async with connect(database_url) as database:
        store = SqlRunStore(database)
        run = await store.add(request())
        assert run
        for number in range(500):
            store.append(run.id, BranchStarted(branch=f"v{number}"))

    async with connect(database_url) as database:
        assert len(await events_of(database, run.id)) == 500


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, asyncio.CancelledError])
async def test_leaving_by_an_error_writes_too_and_the_error_comes_as_it_is(
    database_url: str, error: type[BaseException]
):
    run_id = ""
    with pytest.raises(error):
        async with connect(database_url) as database:
            store = SqlRunStore(database)
            run = await store.add(request())
            assert run
            run_id = run.id
            store.append(run_id, BranchStarted(branch="v1"))
            raise error

    async with connect(database_url) as database:
        assert await events_of(database, run_id) == ["v1"]


async def test_a_closed_store_says_so(database_url: str):
    async with connect(database_url) as database:
        store = SqlRunStore(database)

    with pytest.raises(RuntimeError, match="closed"):
        await store.add(request())


async def test_when_the_writer_itself_is_cancelled_nobody_waits_for_it(
    database_url: str, tmp_path: Path
):
    """A second Ctrl-C: what is waiting is given up, and its callers are told."""
    waiting = asyncio.Event()

    async def program(group: asyncio.TaskGroup, calls: list[asyncio.Task[bool]]) -> None:
        async with connect(database_url) as database:
            calls.append(group.create_task(database.writer.write(lambda _: True)))
            await asyncio.sleep(0)
            waiting.set()

    calls: list[asyncio.Task[bool]] = []
    async with asyncio.TaskGroup() as group:
        with another_writer(tmp_path):
            task = group.create_task(program(group, calls))
            await waiting.wait()
            await asyncio.sleep(0.05)
            task.cancel()
        await asyncio.wait(calls, timeout=10)

    assert calls[0].cancelled()
