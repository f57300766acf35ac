"""The body of a run: every way it can go, and what is paid for on the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.runs.errors import NoSuchRun, StorageFailed, Unreadable
from bot.runs.executor import Executor
from bot.runs.model import Audience, RunRequest, Status, Thread
from bot.runs.ports import Errand
from bot.runs.storage import Remembered
from bot.store.runs import SqlRunStore
from patterns.errors import ModelDenied, ModelRefused, ModelUnavailable
from patterns.events import BranchDone, BranchProgress, Planned
from patterns.fanout import Limits
from patterns.ports import A, Prompt, Reply
from patterns.recipes.safety import Level, SafetyReport
from patterns.recipes.summarize import Summary
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.carrying import PANEL, added, carried_out, voters
from tests.runs.fakes import (
    CLEAR,
    NOTES,
    FakeSources,
    always,
    request,
    scripted,
    supporting,
    until,
)
from tests.runs.memory import MemoryStore


async def test_a_run_ends_with_its_result(store: SqlRunStore):
    model = supporting()

    run = await carried_out(store, model)

    assert run.status is Status.DONE
    assert isinstance(run.result, SafetyReport)
    assert run.result.level is Level.CLEAR
    assert set(model.asked) == PANEL
    assert (run.usage.calls, run.models, run.audience) == (5, ("scripted",), Audience.CHANNEL)


async def test_the_whole_story_is_stored(store: SqlRunStore):
    run = await carried_out(store, supporting())

    events = [timed.event for timed in run.events]
    assert isinstance(events[0], Planned)
    assert {event.branch for event in events if isinstance(event, BranchDone)} == PANEL


async def test_a_closed_run_is_left_alone(store: SqlRunStore):
    """A dispatcher may deliver a run twice."""
    run_id, model, sources = await added(store), supporting(), FakeSources()
    await store.close(run_id, Status.CANCELLED)

    run = await carried_out(store, model, run_id=run_id, sources=sources)

    assert (run.status, model.asked, sources.calls) == (Status.CANCELLED, [], [])


async def test_an_unknown_run_is_no_such_run(store: SqlRunStore):
    with pytest.raises(NoSuchRun):
        await carried_out(store, supporting(), run_id="nope")


async def test_a_source_is_read_after_the_rights_were_asked(store: SqlRunStore):
    sources = FakeSources(audience=Audience.REQUESTER)
    run_id = await added(store, request(recipe="summarize", source=Thread(channel="C2", ts="1.1")))

    run = await carried_out(store, scripted(lambda _: NOTES), run_id=run_id, sources=sources)

    assert sources.calls == ["admit", "read", "admit"]
    assert isinstance(run.result, Summary)
    assert run.audience is Audience.REQUESTER


async def test_without_a_source_nothing_is_read(store: SqlRunStore):
    sources = FakeSources()

    await carried_out(store, supporting(), sources=sources)

    assert sources.calls == ["admit", "admit"]


async def test_rights_are_asked_again_when_a_run_is_entered_again_but_the_audience_stays(
    store: SqlRunStore,
):
    run_id = await added(store)
    await store.admit(run_id, Audience.REQUESTER)
    sources = FakeSources(audience=Audience.CHANNEL)

    run = await carried_out(store, supporting(), run_id=run_id, sources=sources)

    assert sources.calls == ["admit", "admit"]
    assert run.audience is Audience.REQUESTER


async def test_an_audience_that_is_still_the_same_is_not_written_again(store: SqlRunStore):
    run_id = await added(store)
    await store.admit(run_id, Audience.CHANNEL, model="of the first entry")

    run = await carried_out(store, supporting(), run_id=run_id)

    assert (run.audience, run.model) == (Audience.CHANNEL, "of the first entry")


async def test_an_audience_gets_narrower_when_the_source_did(store: SqlRunStore):
    """The channel may have become private between two entries."""
    run_id = await added(store)
    await store.admit(run_id, Audience.CHANNEL)
    sources = FakeSources(audience=Audience.REQUESTER)

    run = await carried_out(store, supporting(), run_id=run_id, sources=sources)

    assert run.audience is Audience.REQUESTER


async def test_what_may_not_be_read_ends_the_run_with_one_sentence(store: SqlRunStore):
    """Before any question was asked, and with nobody named who may see it."""
    model, sources = supporting(), FakeSources(error=Unreadable("I cannot read that."))

    run = await carried_out(store, model, sources=sources)

    assert (run.status, run.error) == (Status.FAILED, "I cannot read that.")
    assert (model.asked, sources.calls, run.audience) == ([], ["admit"], None)


async def test_a_pattern_that_gives_up_ends_the_run_with_its_sentence(store: SqlRunStore):
    model = scripted(lambda _: ModelRefused("The model declined"))

    run = await carried_out(store, model)

    assert run.status is Status.FAILED
    assert run.error
    assert run.error.startswith("None of the voters answered: ")


async def test_one_branch_may_fail_alone(store: SqlRunStore):
    def script(prompt: Prompt[Any]):
        down = prompt.key == "voter-2"
        return ModelUnavailable("The model is down") if down else CLEAR

    run = await carried_out(store, scripted(script))

    assert isinstance(run.result, SafetyReport)
    assert run.result.missing == ("Whom it concerns: The model is down",)
    assert voters(run.result) == 4


async def test_a_model_that_answers_nobody_ends_the_run_at_once(store: SqlRunStore):
    run = await carried_out(store, scripted(lambda _: ModelDenied("The key is wrong.")))

    assert (run.status, run.error) == (Status.FAILED, "The key is wrong.")


async def test_a_run_whose_time_is_up_has_only_the_answers_that_came(store: SqlRunStore):
    model = supporting(delay=lambda prompt: 30 if prompt.key == "voter-1" else 0)

    run = await carried_out(store, model, seconds=0.5)

    assert isinstance(run.result, SafetyReport)
    assert run.result.missing == ("Moderator: the run's 0.5 s were up",)


async def test_a_late_branch_is_a_gap_not_a_late_run(store: SqlRunStore):
    model = supporting(delay=lambda prompt: 30 if prompt.key == "voter-1" else 0)

    run = await carried_out(store, model, limits=Limits(seconds=0.2))

    assert isinstance(run.result, SafetyReport)
    assert run.result.missing == ("Moderator: no answer within 0.2 s",)


async def test_a_bug_ends_the_run_with_a_sentence_and_stands_in_the_log(
    store: SqlRunStore, caplog: pytest.LogCaptureFixture
):
    def script(_: Prompt[Any]) -> dict[str, str]:
        raise RuntimeError("secret of the bug")

    run = await carried_out(store, scripted(script))

    assert run.status is Status.FAILED
    assert run.error
    assert run.error.startswith("Something broke on our side.")
    assert "secret" not in run.error
    assert "secret of the bug" in caplog.text


async def test_an_unknown_recipe_ends_the_run_as_a_bug_does(store: SqlRunStore):
    run = await carried_out(
        store, supporting(), run_id=await added(store, request(recipe="horoscope"))
    )

    assert run.status is Status.FAILED


async def test_a_result_that_comes_after_a_cancel_is_not_the_outcome(store: SqlRunStore):
    run_id = await added(store)

    class Cancelling(FakeSources):
        async def admit(self, request: RunRequest, /) -> Audience:
            await store.close(run_id, Status.CANCELLED)
            return await super().admit(request)

    run = await carried_out(store, supporting(), run_id=run_id, sources=Cancelling())

    assert (run.status, run.result) == (Status.CANCELLED, None)


async def test_a_cancelled_body_writes_no_outcome(store: SqlRunStore):
    """So a run that a shutdown stopped is still open at the next start."""
    run_id, model = await added(store), supporting(delay=30)
    executor = Executor(store, FakeSources(), always(model))

    async def all_are_asked() -> bool:
        return len(model.asked) == 5

    async with asyncio.TaskGroup() as group:
        task = group.create_task(executor.execute(run_id))
        await until(store, all_are_asked)
        task.cancel()

    run = await store.get(run_id)
    assert (run.status, run.error) == (Status.OPEN, None)


async def test_the_model_can_tell_the_run_of_its_waits(store: SqlRunStore):
    class Telling:
        def __init__(self, errand: Errand) -> None:
            self._sink, self._model = errand.sink, supporting()

        async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
            self._sink.emit(BranchProgress(branch=prompt.key, note="busy, waiting 2 s"))
            return await self._model.ask(prompt)

    class Opened:
        name, searches = "telling", False

        def __call__(self, errand: Errand, /) -> Telling:
            return Telling(errand)

    run_id = await added(store)

    await Executor(store, FakeSources(), Opened()).execute(run_id)

    told = [timed.event for timed in (await store.get(run_id)).events]
    assert {e.branch for e in told if isinstance(e, BranchProgress)} == PANEL


def test_a_failing_database_is_no_bug_and_closes_no_run() -> None:
    class Failing(MemoryStore):
        """Takes no answer."""

        async def remember(self, run_id: str, answer: Remembered, /) -> None:
            raise StorageFailed("the database does not write at the moment")

    async def main() -> None:
        store = Failing()
        run = await store.add(request())
        assert run

        with pytest.raises(StorageFailed):
            await Executor(store, FakeSources(), always(supporting())).execute(run.id)

        assert store.runs[run.id].status is Status.OPEN

    in_virtual_time(main())
