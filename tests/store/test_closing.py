"""The job that ends votes: at the start, then every few minutes, whatever happens."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.runs.errors import StorageFailed
from bot.store.closing import Closing
from bot.store.database import Database
from bot.store.people import SqlPolls


class Naps:
    """After so many sleeps nobody wakes."""

    def __init__(self, naps: int) -> None:
        self.slept: list[float] = []
        self.over = asyncio.Event()
        self._naps = naps

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) == self._naps:
            self.over.set()
            await asyncio.Event().wait()


async def worked(polls: SqlPolls, naps: int) -> Naps:
    sleep = Naps(naps)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(Closing(polls, sleep=sleep).run())
        async with asyncio.timeout(20):
            await sleep.over.wait()
        task.cancel()
    return sleep


async def test_what_is_due_is_looked_for_every_five_minutes(
    database: Database, caplog: pytest.LogCaptureFixture
):
    found = [0, 2, 0]

    class Looking(SqlPolls):
        async def end_due(self) -> int:
            return found.pop(0)

    with caplog.at_level(logging.INFO):
        sleep = await worked(Looking(database), 3)

    assert (found, sleep.slept) == ([], [300.0] * 3)
    assert [r.message for r in caplog.records] == ["counted the votes of people on 2 runs"]


@pytest.mark.parametrize("err", [StorageFailed("the database is away"), RuntimeError("a bug")])
async def test_what_breaks_is_tried_again(
    database: Database, caplog: pytest.LogCaptureFixture, err: Exception
):
    class Broken(SqlPolls):
        async def end_due(self) -> int:
            raise err

    with caplog.at_level(logging.ERROR):
        await worked(Broken(database), 3)

    assert caplog.text.count("trying again in a few minutes") == 3
