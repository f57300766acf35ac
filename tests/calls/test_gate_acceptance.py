"""What the gate is for: much work, a server that counts, and people who wait for an answer."""

from __future__ import annotations

import asyncio
from statistics import quantiles

import pytest

from benchmarks import rates
from bot.calls.gate import RateGate
from bot.runs.ports import Errand
from tests.fakes.metered_server import Job, MeteredServer, ask, jobs
from tests.fakes.virtual_time import in_virtual_time

SEEDS = range(1, 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_server_whose_limits_we_know_never_refuses_and_is_kept_busy(seed: int):
    row = rates.measured("", rates.gate, truth=1, seed=seed)

    assert (row.refusals, row.lost, row.attempts) == (0, 0, rates.JOBS)
    assert row.makespan <= 1.10


@pytest.mark.parametrize("seed", SEEDS)
def test_a_server_that_allows_half_of_what_we_were_told_loses_nothing(seed: int):
    row = rates.measured("", rates.gate, truth=0.5, seed=seed)

    assert row.lost == 0
    assert row.refusals <= 10
    assert row.attempts <= 1.3 * rates.JOBS
    assert row.makespan <= 1.6


def test_the_usual_ways_are_refused_by_the_hundred_and_one_of_them_loses_work():
    alone = rates.measured("", rates.backoff, truth=1, seed=1)
    together = rates.measured("", rates.shared_wait, truth=1, seed=1)

    assert alone.lost > 0
    assert min(alone.refusals, together.refusals) > 100


async def _twenty_are_refused() -> tuple[MeteredServer, MeteredServer]:
    refusing = MeteredServer(script=lambda number: 7 if number < 20 else None)
    calm = MeteredServer()
    gate, other = RateGate("model", slots=20), RateGate("other model", slots=20)
    async with asyncio.TaskGroup() as group:
        for job in jobs(100):
            group.create_task(ask(gate, refusing, job))
        await asyncio.sleep(3)
        for job in jobs(20):
            group.create_task(ask(other, calm, job))
    return refusing, calm


def test_what_one_is_asked_to_wait_all_wait_and_nobody_else():
    refusing, calm = in_virtual_time(_twenty_are_refused())

    assert refusing.refused == [0] * 20
    assert min(refusing.served) == pytest.approx(7, abs=0.1)
    assert len(refusing.served) == 100
    assert len(refusing.refused) + len(refusing.served) <= 1.3 * 100
    assert calm.served == [3] * 20


async def _voters_after_a_long_summary(slots: int, rpm: float | None) -> list[float]:
    """How long five voters wait, each of ten times, while a thousand chunks are read."""
    gate = RateGate("model", slots=slots, rpm=rpm)
    server = MeteredServer(rpm=rpm or float("inf"))
    chunks = [Job(900, 900, 4) for _ in range(1000)]
    waits = list[float]()

    async with asyncio.TaskGroup() as group:
        summary = Errand(run_id="summary", person="ann")
        reading = [group.create_task(ask(gate, server, job, summary)) for job in chunks]
        for number in range(10):
            await asyncio.sleep(7)
            votes = Errand(run_id=f"vote {number}", person="bob")
            waits += await asyncio.gather(
                *(ask(gate, server, Job(900, 900, 4), votes) for _ in range(5))
            )
        for each in reading:
            each.cancel()
    return waits


@pytest.mark.parametrize(("slots", "rpm"), [(8, None), (32, None), (8, 120), (32, 120)])
def test_five_voters_do_not_wait_for_a_thousand_chunks(slots: int, rpm: float | None):
    waits = in_virtual_time(_voters_after_a_long_summary(slots, rpm))

    assert len(waits) == 50
    assert quantiles(waits, n=20)[-1] <= 2 * 4


async def _everybody_ends_while_people_keep_coming() -> float:
    """How long the last of forty chunks waits while voters never cease to come."""
    gate = RateGate("model", slots=4)
    server = MeteredServer()
    async with asyncio.TaskGroup() as group:

        async def voters(person: str) -> None:
            for number in range(60):
                errand = Errand(run_id=f"{person} {number}", person=person)
                await asyncio.gather(*(ask(gate, server, Job(9, 9, 1), errand) for _ in range(5)))

        for person in ("bob", "cem"):
            group.create_task(voters(person))
        summary = Errand(run_id="summary", person="ann")
        reading = [
            group.create_task(ask(gate, server, Job(9, 9, 1), summary)) for _ in range(16 + 40)
        ]
        await asyncio.wait(reading)
        return asyncio.get_running_loop().time()


def test_work_in_the_background_gets_a_fifth_however_many_people_ask():
    assert in_virtual_time(_everybody_ends_while_people_keep_coming()) <= (16 * 3 + 40 * 5) / 4 + 5
