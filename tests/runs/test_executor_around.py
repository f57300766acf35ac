"""What a run has around it: its money, its estimate, and what is counted of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.executor import Executor
from bot.runs.model import Run, Status
from bot.runs.money import Cap, Caps, Cost
from bot.runs.ports import Errand, Purse
from bot.runs.purse import Budget, RunPurse
from bot.store.runs import SqlRunStore
from patterns.errors import ModelUnavailable
from patterns.ports import A, Model, Prompt, Reply
from patterns.usage import Estimate, Usage
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.carrying import added, carried_out
from tests.runs.fakes import CLEAR, FakeSources, always, request, scripted, supporting, until
from tests.runs.ledgers import MemoryLedger
from tests.runs.memory import MemoryStore
from tests.runs.meters import CountingMeter


async def test_a_run_works_with_its_purse_and_gives_back_what_it_does_not_need(
    store: SqlRunStore,
):
    ledger = MemoryLedger(Caps())
    errands: list[Errand] = []

    class Paying:
        name = "scripted"

        def __call__(self, errand: Errand, /) -> Model:
            errands.append(errand)
            return supporting()

    run_id = await added(store)

    await Executor(store, FakeSources(), Paying(), budget=Budget(ledger, Caps())).execute(run_id)

    [errand] = errands
    assert (errand.run_id, errand.person) == (run_id, "T1/U1")
    assert isinstance(errand.purse, RunPurse)
    assert ledger.entries[run_id].over


def test_as_long_as_it_works_a_run_keeps_the_money_it_holds():
    ledger = MemoryLedger(Caps())

    async def main() -> None:
        store = MemoryStore()
        run = await store.add(request())
        assert run
        model = supporting(delay=50)
        budget = Budget(ledger, Caps())
        before = asyncio.all_tasks()
        await Executor(store, FakeSources(), always(model), budget=budget).execute(run.id)
        assert (await store.get(run.id)).status is Status.DONE
        assert asyncio.all_tasks() == before

    in_virtual_time(main())

    assert ledger.renewed == 2
    assert all(entry.over for entry in ledger.entries.values())


async def test_what_ends_a_run_is_told_as_without_money(store: SqlRunStore):
    """The sentence of the error itself, not of what it was wrapped in."""
    model = scripted(lambda prompt: ModelUnavailable("the model is away"))

    free = await carried_out(store, model)
    paid = await carried_out(
        store,
        model,
        budget=Budget(MemoryLedger(Caps()), Caps()),
        run_id=await added(store, request("d2")),
    )

    assert paid.status is free.status is Status.FAILED
    assert paid.error == free.error


async def test_where_no_money_is_left_the_run_ends_with_a_sentence_and_asks_nothing(
    store: SqlRunStore,
):
    caps = Caps(person_day=Cap(tokens=0))
    model = supporting()

    run = await carried_out(store, model, budget=Budget(MemoryLedger(caps), caps))

    assert run.status is Status.FAILED
    assert run.error
    assert run.error.startswith("Your budget for today (0 tokens) is spent")
    assert model.asked == []


async def test_before_it_begins_a_run_says_what_it_will_probably_take(store: SqlRunStore):
    budget = Budget(MemoryLedger(Caps()), Caps(), cost=lambda usage: usage.tokens * 2)

    priced = await carried_out(store, supporting(), budget=budget)
    free = await carried_out(store, supporting(), run_id=await added(store, request("d2")))

    assert priced.estimate
    assert free.estimate
    assert priced.estimate.low.calls == free.estimate.low.calls == 5
    assert priced.estimate.high.cost == 2 * priced.estimate.high.tokens
    assert free.estimate.high.cost == 0


async def test_a_run_that_is_entered_again_keeps_its_first_estimate(store: SqlRunStore):
    run_id = await added(store)
    first = Estimate(low=Usage(calls=1), high=Usage(calls=2))
    await store.estimate(run_id, first)

    run = await carried_out(store, supporting(), run_id=run_id)

    assert run.estimate == first


async def test_who_runs_the_bot_sees_how_long_runs_and_branches_took(
    store: SqlRunStore, caplog: pytest.LogCaptureFixture
):
    def script(prompt: Prompt[Any]):
        return ModelUnavailable("down") if prompt.key == "voter-2" else CLEAR

    meter = CountingMeter()

    with caplog.at_level("INFO"):
        run = await carried_out(store, scripted(script), meter=meter)

    assert [(recipe, outcome) for recipe, outcome, _ in meter.runs] == [("safety", "done")]
    assert Counter(outcome for _, outcome, _ in meter.branches) == {"done": 4, "failed": 1}
    assert all(seconds >= 0 for _, _, seconds in (*meter.runs, *meter.branches))
    entered, over = (r for r in caplog.records if r.name == "bot.runs.executor")
    assert entered.getMessage() == f"run {run.id} entered: safety"
    assert over.getMessage().startswith(f"run {run.id} done in ")
    assert over.getMessage().endswith(f", 4 calls, {run.usage.tokens} tokens")
    assert vars(over)["outcome"] == "done"


async def test_a_cancelled_run_is_counted_and_one_that_a_shutdown_stopped_is_not(
    store: SqlRunStore,
):
    meter = CountingMeter()

    async def stopped(run_id: str, *, cancel: bool) -> None:
        model = supporting(delay=30)
        executor = Executor(store, FakeSources(), always(model), meter=meter)

        async def all_are_asked() -> bool:
            return len(model.asked) == 5

        async with asyncio.TaskGroup() as group:
            task = group.create_task(executor.execute(run_id))
            await until(store, all_are_asked)
            if cancel:
                await store.close(run_id, Status.CANCELLED)
            task.cancel()

    await stopped(await added(store), cancel=False)
    assert meter.runs == []

    await stopped(await added(store, request("d2")), cancel=True)
    assert [(recipe, outcome) for recipe, outcome, _ in meter.runs] == [("safety", "cancelled")]


async def test_after_a_cancel_the_money_in_flight_is_settled_and_nothing_works_on(
    store: SqlRunStore,
):
    """What its questions cost until then is written down, and nobody is left who asks."""
    ledger = MemoryLedger(Caps())
    purses: list[Purse] = []
    asked: list[str] = []

    class Spending:
        name = "scripted"

        def __init__(self) -> None:
            self._errand = Errand()

        def __call__(self, errand: Errand, /) -> Model:
            purses.append(errand.purse)
            self._errand = errand
            return self

        async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
            most = Cost(tokens=100)
            await self._errand.purse.reserve(most)
            asked.append(prompt.key)
            try:
                await asyncio.Event().wait()
            finally:
                self._errand.purse.settle(most, Cost(tokens=7))
                self._errand.lost(prompt.key, Usage(calls=1, input_tokens=7))
            raise AssertionError("it waits forever")

    run_id = await added(store)
    executor = Executor(store, FakeSources(), Spending(), budget=Budget(ledger, Caps()))

    async def all_are_asked() -> bool:
        return len(asked) == 5

    before = asyncio.all_tasks()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(executor.execute(run_id))
        await until(store, all_are_asked)
        task.cancel()

    async def all_is_written_down() -> bool:
        usage = (await store.get(run_id)).usage
        return (usage.calls, usage.tokens) == (5, 35)

    [purse] = purses
    assert isinstance(purse, RunPurse)
    assert purse.bound == purse.spent == Cost(tokens=35)
    await until(store, all_is_written_down)
    assert asyncio.all_tasks() <= before
    assert len(asked) == 5


async def test_a_run_whose_story_cannot_be_read_at_its_end_is_over_all_the_same():
    """What broke it counts, not what could not be told of it."""

    class Failing(MemoryStore):
        broken = False

        async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
            if self.broken:
                raise StorageFailed("the database does not answer at the moment")
            return await super().get(run_id)

    class Breaking:
        async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
            store.broken = True
            raise asyncio.CancelledError

    store = Failing()
    run = await store.add(request())
    assert run

    with pytest.raises(asyncio.CancelledError):
        await Executor(store, FakeSources(), always(Breaking())).execute(run.id)


def test_a_database_that_hangs_holds_up_no_run_that_is_over() -> None:
    class Hanging(MemoryStore):
        async def get(self, run_id: str, /, **window: Any) -> Run:
            run = await super().get(run_id, **window)
            if run.status is not Status.OPEN:
                await asyncio.sleep(1e6)
            return run

    async def main() -> float:
        store = Hanging()
        run = await store.add(request())
        assert run
        await Executor(store, FakeSources(), always(supporting())).execute(run.id)
        return asyncio.get_running_loop().time()

    assert in_virtual_time(main()) == 1
