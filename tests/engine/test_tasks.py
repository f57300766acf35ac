"""What every engine promises. Another engine is another parameter of `process`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.engine.tasks import TaskEngine
from bot.runs.desk import Desk, Did, can_retry
from bot.runs.errors import StorageFailed
from bot.runs.executor import Executor
from bot.runs.model import Actor, Run, RunRequest, Status
from bot.runs.money import Caps
from bot.runs.ports import Engine
from bot.runs.purse import Budget
from bot.store.database import Database, connect
from bot.store.erasing import SqlEraser
from bot.store.ledger import SqlLedger
from bot.store.runs import SqlRunStore
from patterns.errors import ModelUnavailable
from patterns.ports import A, Model, Prompt, Reply
from patterns.testing import Line
from tests.runs.fakes import (
    CLEAR,
    FakeSources,
    always,
    closed,
    request,
    scripted,
    supporting,
    until,
)


@dataclass(frozen=True)
class Bench:
    desk: Desk
    store: SqlRunStore
    engine: Engine


ANN = Actor(user="U1", team="T1")
Process = Callable[[Model], AbstractAsyncContextManager[Bench]]


@pytest.fixture(params=["tasks"])
def process(database_url: str) -> Process:
    """One life of the bot, from start to shutdown, on the same files."""

    @asynccontextmanager
    async def life(model: Model) -> AsyncIterator[Bench]:
        async with connect(database_url) as database:
            store = SqlRunStore(database)
            execute = Executor(store, FakeSources(), always(model)).execute
            async with TaskEngine(execute, store.open_ids) as engine:
                yield Bench(Desk(store, engine), store, engine)

    return life


class Hanging:
    """Never answers the voters in *silent*; the others at once. *asked* counts the keys."""

    def __init__(self, *silent: str) -> None:
        self.asked: list[str] = []
        self._silent = silent
        self._model = supporting()

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        self.asked.append(prompt.key)
        if prompt.key in self._silent:
            await asyncio.Event().wait()
        return await self._model.ask(prompt)


async def asked(bench: Bench, wanted: RunRequest | None = None) -> Run:
    return (await bench.desk.submit(wanted or request())).run


async def answered(bench: Bench, run: Run | None, count: int) -> None:
    """Wait until so many answers of *run* are stored."""
    assert run

    async def enough() -> bool:
        return len(await bench.store.answers(run.id)) >= count

    await until(bench.store, enough)


async def test_a_started_run_is_finished(process: Process):
    async with process(supporting()) as bench:
        run = await asked(bench)

        assert (await closed(bench.store, run)).status is Status.DONE


async def test_the_same_delivery_is_one_run(process: Process):
    model = supporting()
    async with process(model) as bench:
        first, second = await bench.desk.submit(request()), await bench.desk.submit(request())
        await closed(bench.store, first.run)

    assert (first.new, second.new, second.run.id) == (True, False, first.run.id)
    assert len(model.asked) == 5


async def test_start_twice_is_start_once(process: Process):
    model = supporting(delay=0.05)
    async with process(model) as bench:
        run = await asked(bench)
        await bench.engine.start(run.id)
        await closed(bench.store, run)
        await bench.engine.start(run.id)

    assert len(model.asked) == 5


async def test_what_was_answered_is_not_asked_again_by_a_retry(process: Process):
    failing, asked_for = {"voter-2", "voter-4"}, list[str]()

    def script(prompt: Prompt[Any]) -> Line:
        asked_for.append(prompt.key)
        return ModelUnavailable("down") if prompt.key in failing else CLEAR

    async with process(scripted(script)) as bench:
        run = await asked(bench)
        first = await closed(bench.store, run)
        assert first.status is Status.DONE, "three of five are enough"
        assert can_retry(first)
        failing.clear()
        asked_for.clear()

        assert await bench.desk.retry(run.id, first.attempt, by=ANN) is Did.YES
        again = await closed(bench.store, run)

    assert sorted(asked_for) == ["voter-2", "voter-4"]
    assert (again.status, again.attempt) == (Status.DONE, 2)
    assert not can_retry(again)


async def test_a_cancelled_run_stops_and_stays_cancelled(process: Process):
    model = Hanging("voter-1")
    async with process(model) as bench:
        run = await asked(bench)
        await answered(bench, run, 4)

        assert await bench.desk.cancel(run.id, by=ANN) is Did.YES
        assert await bench.desk.cancel(run.id, by=ANN) is Did.ALREADY

    async with process(supporting()) as bench:
        assert (await bench.store.get(run.id)).status is Status.CANCELLED
        assert await bench.store.open_ids() == []


async def test_cancelling_what_does_not_run_is_no_error(process: Process):
    async with process(supporting()) as bench:
        await bench.engine.cancel("nope")


async def test_a_run_cut_by_a_deploy_is_resumed_without_paying_twice(process: Process):
    """Three of five voters answered before it; only the other two are asked after it."""
    async with process(Hanging("voter-1", "voter-2")) as bench:
        run = await asked(bench)
        await answered(bench, run, 3)

    model = supporting()
    async with process(model) as bench:
        assert (await closed(bench.store, run)).status is Status.DONE

    assert set(model.asked) == {"voter-1", "voter-2"}


async def test_a_shutdown_loses_none_of_many_runs(process: Process):
    async with process(Hanging("voter-3")) as bench:
        runs = [await asked(bench, request(f"d{number}")) for number in range(10)]
        for run in runs:
            await answered(bench, run, 4)

    async with process(supporting()) as bench:
        statuses = [(await closed(bench.store, run)).status for run in runs]

    assert statuses == [Status.DONE] * 10


async def test_a_run_asked_for_during_a_shutdown_is_carried_out_after_it(process: Process):
    """It is written down; the engine that is going away leaves it to the next one."""
    async with process(supporting()) as bench:
        pass
    async with process(supporting()) as next_life:
        run = (await Desk(next_life.store, bench.engine).submit(request())).run
        assert await next_life.store.open_ids() == [run.id]

    async with process(supporting()) as bench:
        assert (await closed(bench.store, run)).status is Status.DONE


async def test_a_bug_in_one_run_does_not_touch_another(process: Process):
    def script(prompt: Prompt[Any]) -> dict[str, str]:
        if "bad" in prompt.text:
            raise RuntimeError("bug")
        return CLEAR

    async with process(scripted(script)) as bench:
        bad = await asked(bench, request("d1", text="bad"))
        good = await asked(bench, request("d2"))

        assert (await closed(bench.store, bad)).status is Status.FAILED
        assert (await closed(bench.store, good)).status is Status.DONE


async def test_an_error_in_the_program_comes_out_as_it_is(process: Process):
    with pytest.raises(ValueError, match="of the program"):
        async with process(Hanging("voter-1")) as bench:
            run = await asked(bench)
            await answered(bench, run, 4)
            raise ValueError("of the program")

    async with process(supporting()) as bench:
        assert (await closed(bench.store, run)).status is Status.DONE


async def test_what_escapes_a_run_is_logged_and_the_next_one_is_carried_out(
    caplog: pytest.LogCaptureFixture,
):
    """As when the database fails: the run cannot even be closed."""
    ended = asyncio.Event()

    async def execute(run_id: str) -> None:
        if run_id == "bad":
            raise OSError("no disk")
        ended.set()

    async def none() -> list[str]:
        return []

    with caplog.at_level(logging.ERROR):
        async with TaskEngine(execute, none) as engine:
            await engine.start("bad")
            await engine.start("good")
            async with asyncio.timeout(5):
                await ended.wait()

    assert "run bad broke" in caplog.text


async def test_a_run_that_met_a_failing_database_is_entered_again(store: SqlRunStore):
    """Longer and longer apart, until its outcome can be written; paid answers stay paid."""
    model, pauses = supporting(), list[float]()
    body = Executor(store, FakeSources(), always(model))
    run = await store.add(request())
    assert run

    async def execute(run_id: str) -> None:
        if len(pauses) < 3:
            raise StorageFailed("the database does not write at the moment")
        await body.execute(run_id)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with TaskEngine(execute, store.open_ids, sleep=sleep):
        assert (await closed(store, run)).status is Status.DONE

    assert pauses == [1.0, 2.0, 4.0]


async def test_a_run_that_is_started_on_its_way_out_is_entered_again():
    """Who opens it again is quicker than its last words."""
    inside, out, again = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def execute(run_id: str) -> None:
        if inside.is_set():
            again.set()
            return
        inside.set()
        try:
            await asyncio.Event().wait()
        finally:
            await out.wait()

    async def none() -> list[str]:
        return []

    async with asyncio.timeout(5), TaskEngine(execute, none) as engine:
        await engine.start("r1")
        await inside.wait()
        await engine.cancel("r1")
        await engine.start("r1")
        out.set()
        await again.wait()


@pytest.mark.parametrize("told", [True, False], ids=["told first", "found out"])
async def test_a_run_that_is_erased_while_it_works_ends_without_a_word(
    database: Database, store: SqlRunStore, caplog: pytest.LogCaptureFixture, *, told: bool
):
    """Its workspace let the app go: what it still writes has no place any more."""
    caps = Caps()
    executor = Executor(
        store,
        FakeSources(),
        always(Hanging("voter-1")),
        budget=Budget(SqlLedger(database, caps), caps),
    )
    async with TaskEngine(executor.execute, store.open_ids) as engine:
        bench = Bench(Desk(store, engine), store, engine)
        run = await asked(bench)
        await answered(bench, run, 4)

        eraser = SqlEraser(database, stop=engine.cancel) if told else SqlEraser(database)
        assert await eraser.workspace("T1") == [run.id]

    assert await store.recent(9) == []
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_an_engine_that_cannot_see_what_is_open_does_not_start():
    async def execute(_: str) -> None: ...

    async def broken() -> list[str]:
        raise OSError("no database")

    with pytest.raises(OSError, match="no database"):
        async with TaskEngine(execute, broken):
            pass
