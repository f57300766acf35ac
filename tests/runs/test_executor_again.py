"""Rights are asked for again at the end, and a run that is opened again does what is left."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

from bot.engine.tasks import TaskEngine
from bot.runs.branches import Branch, BranchStatus, fold
from bot.runs.desk import Desk, Did, can_retry
from bot.runs.errors import RunError, Unreadable
from bot.runs.executor import Executor
from bot.runs.model import Actor, Audience, Run, RunRequest, Status, Thread
from bot.runs.ports import Reading, Trip
from bot.store.runs import SqlRunStore
from patterns.errors import ModelUnavailable
from patterns.events import BranchDone, BranchFailed, Planned, PlannedBranch
from patterns.ports import Prompt
from patterns.recipes.brainstorm import IdeaList
from patterns.recipes.safety import SafetyReport
from patterns.recipes.summarize import Summary
from patterns.task import Message
from patterns.testing import Line, ScriptedModel
from tests.runs.carrying import PANEL, added, carried_out, voters
from tests.runs.fakes import (
    CLEAR,
    MERGED,
    NOTES,
    TALK,
    FakeSources,
    always,
    closed,
    request,
    scripted,
    supporting,
)
from tests.views.samples import timed

OWNER = Actor(user="U1", team="T1")
THREAD = Thread(channel="C2", ts="1.1")


class Changing(FakeSources):
    """After the first time, the answer about rights is *then*."""

    def __init__(self, then: Audience | RunError) -> None:
        super().__init__()
        self._then = then

    async def admit(self, request: RunRequest, /) -> Audience:
        if "admit" in self.calls:
            if isinstance(self._then, RunError):
                raise self._then
            self.audience = self._then
        return await super().admit(request)


async def test_who_lost_the_right_while_the_run_worked_is_not_shown_what_it_found(
    store: SqlRunStore,
):
    run_id = await added(store, request(recipe="summarize", source=THREAD))
    sources = Changing(Unreadable("I can't read that."))

    run = await carried_out(store, scripted(lambda _: NOTES), run_id=run_id, sources=sources)

    assert (run.status, run.error, run.result) == (Status.FAILED, "I can't read that.", None)


async def test_what_became_private_while_the_run_worked_is_for_who_asked_alone(
    store: SqlRunStore,
):
    run = await carried_out(store, supporting(), sources=Changing(Audience.REQUESTER))

    assert (run.status, run.audience) == (Status.DONE, Audience.REQUESTER)


async def test_what_became_public_while_the_run_worked_stays_with_who_asked(store: SqlRunStore):
    sources = Changing(Audience.CHANNEL)
    sources.audience = Audience.REQUESTER

    run = await carried_out(store, supporting(), sources=sources)

    assert (run.status, run.audience) == (Status.DONE, Audience.REQUESTER)


class Weather:
    """Some questions fail in the first attempt; from `clear` on, none."""

    def __init__(self, answer: Callable[[Prompt[Any]], Line], *failing: str) -> None:
        self.model = ScriptedModel(self._script)
        self._answer = answer
        self._failing = set(failing)

    def clear(self) -> None:
        self._failing.clear()
        self.model.asked.clear()

    def _script(self, prompt: Prompt[Any]) -> Line:
        if prompt.key in self._failing:
            return ModelUnavailable("the model is away")
        return self._answer(prompt)


async def tried_twice(
    store: SqlRunStore, weather: Weather, asked: RunRequest, sources: FakeSources | None = None
) -> tuple[Run, Run]:
    """The run after its first attempt, and after a retry of it in better weather."""
    execute = Executor(store, sources or FakeSources(), always(weather.model)).execute
    async with TaskEngine(execute, store.open_ids) as engine:
        desk = Desk(store, engine)
        run = (await desk.submit(asked)).run
        first = await closed(store, run)
        weather.clear()
        assert await desk.retry(run.id, first.attempt, by=OWNER) is Did.YES
        return first, await closed(store, run)


def statuses(run: Run) -> dict[str, BranchStatus]:
    return {branch.key: branch.status for branch in fold(run.events)}


async def test_a_retry_asks_only_those_who_failed_and_has_all_votes(store: SqlRunStore):
    weather = Weather(lambda _: CLEAR, "voter-2", "voter-4")

    first, second = await tried_twice(store, weather, request())

    assert isinstance(first.result, SafetyReport)
    assert (voters(first.result), len(first.result.missing)) == (3, 2)
    assert sorted(weather.model.asked) == ["voter-2", "voter-4"]
    assert isinstance(second.result, SafetyReport)
    assert (voters(second.result), second.result.missing) == (5, ())
    assert (second.attempt, second.usage.calls) == (2, 5)
    assert statuses(second) == dict.fromkeys(sorted(PANEL), BranchStatus.DONE)
    assert can_retry(first)
    assert not can_retry(second)


async def test_a_retry_of_a_failed_run_goes_on_with_what_was_answered(store: SqlRunStore):
    weather = Weather(lambda _: CLEAR, "voter-1", "voter-2", "voter-3")

    first, second = await tried_twice(store, weather, request())

    assert (first.status, first.error and "Only 2 of 5" in first.error) == (Status.FAILED, True)
    assert sorted(weather.model.asked) == ["voter-1", "voter-2", "voter-3"]
    assert isinstance(second.result, SafetyReport)
    assert (second.status, second.error, voters(second.result)) == (Status.DONE, None, 5)
    assert second.estimate == first.estimate


async def test_what_was_made_of_the_gaps_is_made_anew(store: SqlRunStore):
    """The short list of fewer ideas was another question than that of all."""

    def script(prompt: Prompt[Any]) -> Line:
        if prompt.key == "short-list":
            return {"safe": 1, "bold": 2, "cheap_to_test": 3, "common": "So."}
        return {"ideas": [{"title": f"The idea of {prompt.key}", "pitch": prompt.key * 3}]}

    weather = Weather(script, "lens-payer")

    first, second = await tried_twice(store, weather, request(recipe="brainstorm"))

    assert isinstance(first.result, IdeaList)
    assert isinstance(second.result, IdeaList)
    assert sorted(weather.model.asked) == ["lens-payer", "short-list"]
    assert (len(first.result.ideas), len(second.result.ideas)) == (5, 6)
    assert second.result.missing == ()


async def test_what_failed_and_is_not_there_any_more_is_no_failure_of_the_next_attempt(
    store: SqlRunStore,
):
    """A thread of three parts, the last of which could not be read, and then was deleted."""
    long = [
        Message(id=f"1.{n}", thread="1.1", author="Ada", text="word " * 4_000) for n in (1, 2, 3)
    ]

    class Shrinking(FakeSources):
        async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
            found = long if "read" not in self.calls else long[:2]
            self.calls.append("read")
            return Reading(tuple(found))

    def script(prompt: Prompt[Any]) -> Line:
        return MERGED if "merge" in prompt.key else NOTES

    weather = Weather(script, "part-3")
    asked = request(recipe="summarize", source=THREAD)

    first, second = await tried_twice(store, weather, asked, Shrinking())

    assert statuses(first)["part-3"] is BranchStatus.FAILED
    assert isinstance(second.result, Summary)
    assert not second.result.partial
    [gone] = [branch for branch in fold(second.events) if branch.key == "part-3"]
    assert (gone.status, gone.note) == (BranchStatus.DONE, "not needed any more")
    assert not can_retry(second)


async def test_a_second_attempt_may_fail_again_and_a_third_may_not(store: SqlRunStore):
    weather = Weather(lambda _: CLEAR, "voter-2")
    execute = Executor(store, FakeSources(), always(weather.model)).execute
    async with TaskEngine(execute, store.open_ids) as engine:
        desk = Desk(store, engine)
        run = (await desk.submit(request())).run
        await closed(store, run)
        assert await desk.retry(run.id, 1, by=OWNER) is Did.YES
        second = await closed(store, run)
        assert statuses(second)["voter-2"] is BranchStatus.FAILED
        weather.clear()
        assert await desk.retry(run.id, 2, by=OWNER) is Did.YES
        third = await closed(store, run)

    assert isinstance(third.result, SafetyReport)
    assert (third.attempt, voters(third.result)) == (3, 5)
    assert weather.model.asked == ["voter-2"]


def test_the_story_of_a_branch_goes_on_where_it_failed():
    planned = Planned(stage="voters", branches=(PlannedBranch(key="v", title="V"),))
    failed, done = BranchFailed(branch="v", reason="away"), BranchDone(branch="v", headline="yes")

    def told(*events: Any) -> Branch:
        [branch] = fold(timed(*events))
        return branch

    assert told(planned, failed, planned).status is BranchStatus.FAILED
    assert told(planned, failed, planned, done).note == "yes"


# --- what a model brings does not leave


EVIL = "https://evil.example/?q=secret"
PEOPLE = {"Person_bcdfgh": "Ann"}


async def shown(store: SqlRunStore, sources: FakeSources) -> Run:
    reason = f"Person_bcdfgh said so, see {EVIL} and https://known.example/a"

    def script(prompt: Prompt[Any]) -> Line:
        assert "Ann" not in prompt.text
        return {"findings": [{"category": "fraud_or_spam", "quote": "", "reason": reason}]}

    run_id = await added(store, request(source=THREAD, text=""))
    return await carried_out(store, scripted(script), run_id=run_id, sources=sources)


def _talk() -> tuple[Message, ...]:
    [first, second] = TALK
    text = "Person_bcdfgh: see https://known.example/a"
    return (first.model_copy(update={"text": text}), second)


async def test_events_and_results_have_names_and_only_links_that_were_read(store: SqlRunStore):
    run = await shown(store, FakeSources(messages=_talk(), people=PEOPLE))

    good = "Ann said so, see [link removed] and https://known.example/a"
    assert isinstance(run.result, SafetyReport)
    assert run.result.findings[0].reasons == (good,)
    assert run.result.text.startswith("Ann: see https://known.example/a")
    done = [timed.event for timed in run.events if isinstance(timed.event, BranchDone)]
    assert {event.lines for event in done} == {(f"Fraud or spam: {good}",)}
    kept = await store.answer(run.id, "voter-1")
    assert "Person_bcdfgh" in kept.body


async def test_of_a_stream_the_links_are_known_too(store: SqlRunStore):
    async def stream() -> AsyncGenerator[Message]:
        for message in _talk():
            yield message

    run = await shown(store, FakeSources(messages=stream(), people=PEOPLE))

    assert isinstance(run.result, SafetyReport)
    assert run.result.findings[0].reasons[0].endswith("[link removed] and https://known.example/a")


async def test_a_link_that_the_person_typed_was_asked_about(store: SqlRunStore):
    found = {"category": "fraud_or_spam", "quote": "", "reason": "see https://typed.example"}
    model = scripted(lambda _: {"findings": [found]})
    run_id = await added(store, request(text="is https://typed.example right?"))

    run = await carried_out(store, model, run_id=run_id)

    assert isinstance(run.result, SafetyReport)
    assert run.result.findings[0].reasons == ("see https://typed.example",)
