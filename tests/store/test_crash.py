"""What was promised before a kill -9 is there after it."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.runs.model import Status
from bot.store.database import connect
from bot.store.runs import SqlRunStore
from tests.store.requests import VERDICT, request

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("promises", [1, 40, 400])
async def test_every_acknowledged_answer_survives_a_kill(
    database_url: str, tmp_path: Path, promises: int
):
    async with connect(database_url) as database:
        run = await SqlRunStore(database).add(request())
        assert run

    promised = await _promised_until_killed(database_url, run.id, promises)

    async with connect(database_url) as database:
        store = SqlRunStore(database)
        assert promised <= (await store.answers(run.id)).keys()
        assert len(promised) >= promises
        told = {timed.event.branch for timed in (await store.get(run.id)).events}  # type: ignore[union-attr]
        assert promised <= told, "an event told before an answer is stored with it"
        assert await store.close(run.id, Status.DONE, result=VERDICT)
    with closing(sqlite3.connect(tmp_path / "quorum.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def _promised_until_killed(url: str, run_id: str, promises: int) -> set[str]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.writing", url, run_id),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdout
    try:
        async with asyncio.timeout(30):
            lines = [await child.stdout.readline() for _ in range(promises)]
    finally:
        child.kill()
    # A line that was cut by the kill was not received.
    rest = [line for line in (await child.stdout.read()).splitlines(True) if line.endswith(b"\n")]
    await child.wait()
    return {line.decode().strip() for line in [*lines, *rest]}
