"""The job that erases what is old: at the start, then every hour, whatever happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.model import Run, Status
from bot.store.database import Database
from bot.store.erasing import SqlEraser
from bot.store.retention import Retention
from bot.store.runs import SqlRunStore
from tests.store.requests import VERDICT, request

DAY = timedelta(days=1)


class Hours:
    """A clock that goes on only while somebody sleeps; after so many sleeps nobody wakes."""

    def __init__(self, sleeps: int) -> None:
        self.now = datetime.now(UTC)
        self.slept: list[float] = []
        self.over = asyncio.Event()
        self._sleeps = sleeps

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        if len(self.slept) == self._sleeps:
            self.over.set()
            await asyncio.Event().wait()


async def worked(job: Callable[[Hours], Retention], sleeps: int) -> Hours:
    hours = Hours(sleeps)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(job(hours).run())
        async with asyncio.timeout(20):
            await hours.over.wait()
        task.cancel()
    return hours


async def test_what_grows_old_while_the_bot_runs_goes_within_the_hour(
    database: Database, store: SqlRunStore, caplog: pytest.LogCaptureFixture
):
    run = await store.add(request())
    assert run
    await store.close(run.id, Status.DONE, result=VERDICT)
    left: list[Run] = []

    class Looking(SqlEraser):
        async def old(self, now: datetime, days: int, /) -> int:
            assert days == 1
            count = await super().old(now, days)
            left.append(await store.get(run.id))
            return count

    with caplog.at_level(logging.INFO):
        hours = await worked(
            lambda hours: Retention(
                Looking(database), days=1, now=lambda: hours.now, sleep=hours.sleep
            ),
            sleeps=27,
        )

    assert [run.erased for run in left] == [False] * 24 + [True] * 3
    assert set(hours.slept) == {3600}
    assert [r.message for r in caplog.records if "erased" in r.message].count(
        "erased what 1 runs held that were older than is kept"
    ) == 1


@pytest.mark.parametrize("err", [StorageFailed("the database is away"), RuntimeError("a bug")])
async def test_what_breaks_is_tried_again_in_an_hour(
    database: Database, caplog: pytest.LogCaptureFixture, err: Exception
):
    tried: list[datetime] = []

    class Broken(SqlEraser):
        async def old(self, now: datetime, days: int, /) -> int:
            tried.append(now)
            raise err

    with caplog.at_level(logging.ERROR):
        await worked(
            lambda hours: Retention(
                Broken(database), days=1, now=lambda: hours.now, sleep=hours.sleep
            ),
            sleeps=3,
        )

    assert [later - tried[0] for later in tried] == [DAY / 24 * hour for hour in range(3)]
    assert "trying again in an hour" in caplog.text
