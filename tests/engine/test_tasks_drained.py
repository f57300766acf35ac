"""Before the process ends, runs may end too; none is lost that does not. Time is virtual."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.engine.tasks import TaskEngine
from bot.runs.desk import Desk
from bot.runs.executor import Executor
from bot.runs.model import Run, Status
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.fakes import FakeSources, always, request, supporting
from tests.runs.memory import MemoryStore

DRAIN = 8.0
FOREVER = 3600.0

Work = Callable[[str], Awaitable[None]]


async def _none() -> list[str]:
    return []


def drained(execute: Work, *runs: str) -> float:
    """Seconds that it takes to drain an engine which began *runs* a second before."""

    async def carry_out(run_id: str) -> None:
        await execute(run_id)

    async def main() -> float:
        clock = asyncio.get_running_loop().time
        async with TaskEngine(carry_out, _none) as engine:
            for run_id in runs:
                await engine.start(run_id)
            await asyncio.sleep(1)
            await engine.drain(DRAIN)
        return clock() - 1

    return in_virtual_time(main())


def test_where_nothing_runs_nobody_waits():
    async def ended(_: str) -> None: ...

    assert drained(ended) == 0
    assert drained(ended, "a") == 0


def test_runs_that_end_in_time_are_waited_for_and_no_longer():
    over: list[str] = []

    async def work(run_id: str) -> None:
        await asyncio.sleep(float(run_id))
        over.append(run_id)

    assert drained(work, "3", "6") == 5
    assert over == ["3", "6"]


def test_a_run_that_hangs_is_stopped_when_the_time_is_up():
    stopped: list[str] = []

    async def work(run_id: str) -> None:
        try:
            await asyncio.sleep(FOREVER)
        except asyncio.CancelledError:
            stopped.append(run_id)
            raise

    assert drained(work, "a", "b") == DRAIN
    assert sorted(stopped) == ["a", "b"]


def test_a_run_has_a_moment_to_put_its_things_away_and_no_more():
    async def work(run_id: str) -> None:
        try:
            await asyncio.sleep(FOREVER)
        finally:
            await asyncio.sleep(float(run_id))

    assert drained(work, "2") == DRAIN + 2

    async def main() -> float:
        clock = asyncio.get_running_loop().time
        async with TaskEngine(work, _none) as engine:
            await engine.start("30")
            await asyncio.sleep(1)
            await engine.drain(DRAIN)
            return clock() - 1

    assert in_virtual_time(main()) == DRAIN + 3


def test_from_then_on_nothing_starts_and_what_is_asked_for_stays_open():
    async def main() -> None:
        store, model = MemoryStore(), supporting(delay=FOREVER)
        execute = Executor(store, FakeSources(), always(model)).execute
        async with TaskEngine(execute, _none) as engine, asyncio.TaskGroup() as group:
            desk = Desk(store, engine)
            early = (await desk.submit(request("early"))).run
            await asyncio.sleep(1)
            group.create_task(engine.drain(DRAIN))
            await asyncio.sleep(1)
            late = (await desk.submit(request("late"))).run
            await asyncio.sleep(DRAIN)
            assert len(model.asked) == 5, "those of the early one"
            assert [_status(store, run) for run in (early, late)] == [Status.OPEN] * 2

    in_virtual_time(main())


def test_what_was_drained_and_ended_in_time_has_its_outcome():
    async def main() -> None:
        store = MemoryStore()
        execute = Executor(store, FakeSources(), always(supporting(delay=4))).execute
        async with TaskEngine(execute, _none) as engine:
            run = (await Desk(store, engine).submit(request())).run
            await asyncio.sleep(1)
            await engine.drain(DRAIN)
            assert _status(store, run) is Status.DONE

    in_virtual_time(main())


def _status(store: MemoryStore, run: Run) -> Status:
    return store.runs[run.id].status
