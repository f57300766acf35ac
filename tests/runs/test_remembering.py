"""No answer is paid for twice, and none counts before it is kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.executor import Executor
from bot.runs.model import Status
from bot.runs.remembering import Remembering
from bot.runs.storage import Remembered
from bot.store.runs import SqlRunStore
from patterns.errors import ModelRefused
from patterns.events import BranchDone
from patterns.fanout import Limits
from patterns.ports import A, Prompt, Reply
from patterns.recipes.safety import SafetyBallot, SafetyReport
from patterns.usage import Usage
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.carrying import PANEL, added, carried_out, voters
from tests.runs.fakes import CLEAR, FakeSources, always, request, scripted, supporting
from tests.runs.memory import MemoryStore


async def test_answers_already_paid_for_are_not_asked_again(store: SqlRunStore):
    run_id = await added(store)
    first = await carried_out(store, ModelThatForgetsTwo(), run_id=run_id, seconds=1)
    assert first.usage.calls == 3
    reopened = await added(store, request("d2"))
    for key in await store.answers(run_id):
        await store.remember(reopened, await store.answer(run_id, key))
    model = supporting()

    run = await carried_out(store, model, run_id=reopened)

    assert set(model.asked) == {"voter-4", "voter-5"}
    assert isinstance(run.result, SafetyReport)
    assert voters(run.result) == 5
    assert run.usage.calls == 5


async def test_an_answer_to_another_question_is_not_reused(store: SqlRunStore):
    """What was read may have changed since; the key alone proves nothing."""
    run_id = await added(store)
    stale = Remembered(
        key="voter-1", fingerprint="of other words", body="{}", usage=Usage(calls=1), model="old"
    )
    await store.remember(run_id, stale)
    model = supporting()

    run = await carried_out(store, model, run_id=run_id)

    assert set(model.asked) == PANEL
    assert run.status is Status.DONE
    assert run.usage.calls == 6, "the old answer was paid for, too"


async def test_what_failures_cost_counts_to_the_run(store: SqlRunStore):
    """Also where the answer came at last, and on top of it."""
    run_id = await added(store)
    store.spend(run_id, "voter-1", Usage(calls=1, input_tokens=7))

    def script(prompt: Prompt[Any]) -> Any:
        lost = Usage(calls=3, input_tokens=30)
        return ModelRefused("no", usage=lost) if prompt.key == "voter-2" else CLEAR

    run = await carried_out(store, scripted(script), run_id=run_id)

    assert run.usage.calls == 1 + 3 + 4
    assert set(await store.answers(run_id)) == PANEL - {"voter-2"}
    assert run.models == ("scripted",)


async def test_an_answer_is_committed_before_it_counts(store: SqlRunStore):
    """No branch is told as done whose answer a crash could take away."""
    run_id = await added(store)
    unsaved: list[str] = []
    committed: set[str] = set()

    class Watching:
        """The store, with an eye on the order of things."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        async def remember(self, run: str, answer: Remembered, /) -> None:
            await store.remember(run, answer)
            committed.add(answer.key)

        def append(self, run: str, event: Any, /) -> None:
            if isinstance(event, BranchDone) and event.branch not in committed:
                unsaved.append(event.branch)
            store.append(run, event)

    executor = Executor(Watching(), FakeSources(), always(supporting()))  # type: ignore[arg-type]
    await executor.execute(run_id)

    assert committed == PANEL
    assert unsaved == []


async def test_an_answer_that_no_longer_is_one_is_asked_anew(store: SqlRunStore):
    """The program was changed since; the question is the same."""
    run_id, question = await added(store), Prompt(key="k", system="", text="", answer=SafetyBallot)
    old = Remembered(
        key="k", fingerprint=question.fingerprint, body="{}", usage=Usage(calls=1), model="old"
    )
    await store.remember(run_id, old)
    remembering = Remembering(supporting(), store, run_id, await store.answers(run_id))

    reply = await remembering.ask(question)

    assert reply.model == "scripted"
    assert (await store.answer(run_id, "k")).model == "scripted"


class Flaky(MemoryStore):
    """Its database is away for the first *seconds*."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._back = seconds

    async def answer(self, run_id: str, key: str, /) -> Remembered:
        self._check()
        return await super().answer(run_id, key)

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        self._check()
        await super().remember(run_id, answer)

    def _check(self) -> None:
        if asyncio.get_running_loop().time() < self._back:
            raise StorageFailed("the database is locked")


def test_a_database_that_is_away_for_a_while_costs_no_answer():
    """Five that were paid wait for it, off the clocks of their branches."""

    async def main() -> None:
        store, model = Flaky(20), supporting(delay=1)
        run = await store.add(request())
        await Executor(store, FakeSources(), always(model), limits=Limits(seconds=10)).execute(
            run.id
        )

        run = store.runs[run.id]
        assert run.status is Status.DONE
        assert isinstance(run.result, SafetyReport)
        assert voters(run.result) == len(model.asked) == run.usage.calls == 5
        assert 20 <= asyncio.get_running_loop().time() <= 26

    in_virtual_time(main())


def test_an_answer_that_is_kept_is_waited_for_and_not_paid_again():
    async def main() -> None:
        store, model = Flaky(0), supporting()
        run = await store.add(request())
        question = Prompt(key="k", system="", text="", answer=SafetyBallot)
        await Remembering(model, store, run.id, {}).ask(question)
        away = Flaky(20)
        away.runs, away.kept = store.runs, store.kept

        await Remembering(model, away, run.id, await store.answers(run.id)).ask(question)

        assert model.asked == ["k"]

    in_virtual_time(main())


def test_a_database_that_stays_away_is_waited_for_no_longer_than_a_minute():
    async def main() -> float:
        store = Flaky(10_000)
        run = await store.add(request())
        asking = Remembering(supporting(), store, run.id, {})
        with pytest.raises(StorageFailed):
            await asking.ask(Prompt(key="k", system="", text="", answer=SafetyBallot))
        return asyncio.get_running_loop().time()

    assert 50 <= in_virtual_time(main()) <= 60


class ModelThatForgetsTwo:
    """Voters 4 and 5 never get an answer."""

    def __init__(self) -> None:
        self._model = supporting()

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        if prompt.key in {"voter-4", "voter-5"}:
            await asyncio.Event().wait()
        return await self._model.ask(prompt)
