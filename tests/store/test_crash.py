"""What was promised before a kill -9 is there after it."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.runs.model import Run, Status
from bot.store.database import connect
from bot.store.runs import SqlRunStore
from tests.store.requests import VERDICT, request

ROOT = Path(__file__).parents[2]
#: What is done with a run, in this order.
ACTS = ("opened", "failed", "done", "shared", "voted", "counted")


@pytest.mark.parametrize("promises", [1, 40, 400])
async def test_every_acknowledged_answer_survives_a_kill(
    database_url: str, tmp_path: Path, promises: int
):
    async with connect(database_url) as database:
        run = await SqlRunStore(database).add(request())
        assert run

    promised = await _promised_until_killed(promises, "writing", database_url, run.id)

    async with connect(database_url) as database:
        store = SqlRunStore(database)
        assert promised <= (await store.answers(run.id)).keys()
        assert len(promised) >= promises
        told = {timed.event.branch for timed in (await store.get(run.id)).events}  # type: ignore[union-attr]
        assert promised <= told, "an event told before an answer is stored with it"
        assert await store.close(run.id, Status.DONE, result=VERDICT)
    with closing(sqlite3.connect(tmp_path / "quorum.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("promises", [1, 40, 400])
async def test_what_was_opened_ended_shared_or_voted_stays_so_through_a_kill(
    database_url: str, promises: int
):
    """Nothing falls back behind what was promised, and no question is open twice."""
    promised = await _promised_until_killed(promises, "acting", database_url)

    last: dict[str, int] = {}
    for line in promised:
        what, run_id, attempt = line.split()
        order = 3 * int(attempt) + ACTS.index(what)
        last[run_id] = max(last.get(run_id, 0), order)
    async with connect(database_url) as database:
        store = SqlRunStore(database)
        for run_id, order in last.items():
            assert _order(await store.get(run_id)) >= order
        open_now = [(await store.get(run_id)).request.question for run_id in await store.open_ids()]
        assert len(open_now) == len(set(open_now)) <= 8
        for question in open_now:
            assert await store.add(request(f"after {question}", question=question)) is None


def _order(run: Run) -> int:
    """How far a run of `tests.store.acting` is."""
    if run.people:
        assert [vote.voters for vote in run.people] == [1]
        return 3 * run.attempt + ACTS.index("counted" if run.people[0].closed else "voted")
    if run.shared_by:
        return 3 * run.attempt + 3
    order = {Status.OPEN: 0, Status.FAILED: 1, Status.DONE: 2}
    return 3 * run.attempt + order[run.status]


async def _promised_until_killed(promises: int, program: str, *words: str) -> set[str]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.store.{program}", *words),
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
