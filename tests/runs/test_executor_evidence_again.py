"""A fact-check that is entered again has the evidence that it had, whatever can be read now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.executor import Executor
from bot.runs.model import Status
from bot.store.database import Database
from bot.store.erasing import SqlEraser
from bot.store.runs import SqlRunStore
from patterns.errors import ModelUnavailable
from patterns.evidence import Found
from patterns.ports import Prompt
from patterns.recipes.factcheck import FactCheck
from patterns.testing import Line, ScriptedModel
from tests.runs.carrying import added, carried_out
from tests.runs.fakes import FakeSources, always
from tests.runs.memory import MemoryStore
from tests.runs.test_executor_evidence import NEAR, QUOTE, Panel, asked

PEOPLE = {"Person_bcdfgh": "Ann"}
SILENT = Found(looked=("this channel, which could not be read just now",))


def near() -> FakeSources:
    return FakeSources(found=NEAR, people=PEOPLE)


class Tiring:
    """A panel of which the first *answers* seats answer, until it is `rested`."""

    def __init__(self, answers: int) -> None:
        self.panel = Panel()
        self.model = ScriptedModel(self._script)
        self._left: float = answers

    def rested(self) -> None:
        self.panel.prompts.clear()
        self._left = float("inf")

    def _script(self, prompt: Prompt[Any]) -> Line:
        if self._left <= 0:
            return ModelUnavailable("the model is away")
        self._left -= 1
        return self.panel.script(prompt)


async def tried(store: SqlRunStore, tiring: Tiring) -> str:
    """A run that failed for want of votes, and is opened again."""
    run_id = await added(store, asked())
    first = await carried_out(store, tiring.model, run_id=run_id, sources=near())
    assert first.status is Status.FAILED
    assert await store.reopen(run_id, first.attempt)
    return run_id


async def test_a_retry_asks_only_the_open_seats_though_slack_is_silent_now(
    store: SqlRunStore,
) -> None:
    tiring = Tiring(2)
    run_id = await tried(store, tiring)
    voted = {prompt.key for prompt in tiring.panel.prompts}
    tiring.rested()
    silent = FakeSources(found=SILENT)

    run = await carried_out(store, tiring.model, run_id=run_id, sources=silent)

    assert run.status is Status.DONE, run.error
    assert isinstance(run.result, FactCheck)
    [claim] = run.result.claims
    assert voted.isdisjoint(prompt.key for prompt in tiring.panel.prompts)
    assert all(QUOTE in prompt.text for prompt in tiring.panel.prompts)
    assert claim.looked == ("this thread",)
    assert [(each.title, each.link) for each in claim.passages] == [
        ("Ann", "https://team.slack.com/archives/C1/p1")
    ]
    assert "Ann" in claim.votes[0].reason
    assert "evidence" not in silent.calls


async def test_kept_evidence_is_no_call_and_no_answer_from_before(store: SqlRunStore) -> None:
    panel = Panel()
    run_id = await added(store, asked())

    run = await carried_out(store, panel.model, run_id=run_id, sources=near())

    assert (run.usage.calls, run.reused, run.models) == (len(panel.prompts), 0, ("scripted",))
    assert len(await store.answers(run_id)) == len(panel.prompts) + 1


async def test_who_is_erased_takes_the_evidence_along(
    store: SqlRunStore, database: Database
) -> None:
    run_id = await added(store, asked())
    await carried_out(store, Panel().model, run_id=run_id, sources=near())

    assert await SqlEraser(database).person("T1", "U1") == 1

    assert await store.answers(run_id) == {}


class Mortal(MemoryStore):
    """At call number *at* its process dies: *end* it. The call itself may have been *heard*."""

    def __init__(self, at: int, *, heard: bool) -> None:
        super().__init__()
        self.at = at
        self.end: Callable[[], object] = lambda: None
        self._heard = heard
        self._counts = True

    def revive(self) -> None:
        self._counts = False

    @property
    def died(self) -> bool:
        return self.at <= 0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in {"get", "admit", "estimate", "close", "answers", "answer", "remember"}:
            return found

        async def called(*args: Any, **named: Any) -> Any:
            if not self._counts:
                return await found(*args, **named)
            self.at -= 1
            if self.at > 0:
                return await found(*args, **named)
            if self.at == 0 and self._heard:
                await found(*args, **named)
            self.end()
            await asyncio.sleep(0)
            raise StorageFailed("the process is gone")

        return called


@pytest.mark.parametrize("heard", [True, False])
async def test_whenever_it_dies_each_seat_is_asked_one_question_and_no_kept_vote_is_paid_twice(
    *, heard: bool
) -> None:
    at, died = 0, True
    while died:
        at += 1
        died = await _dies_and_goes_on(Mortal(at, heard=heard))
    assert at > 10


async def _dies_and_goes_on(store: Mortal) -> bool:
    """Slack is silent when it goes on. False where it was over before it could die."""
    run = await store.add(asked())
    assert run
    panel = Panel()
    first = Executor(store, near(), always(panel.model)).execute
    task = asyncio.create_task(first(run.id))
    store.end = task.cancel
    with suppress(asyncio.CancelledError):
        await task
    store.revive()
    before = {prompt.key: prompt.fingerprint for prompt in panel.prompts}
    kept = await store.answers(run.id)
    panel.prompts.clear()

    await Executor(store, FakeSources(found=SILENT), always(panel.model)).execute(run.id)

    after = {prompt.key: prompt.fingerprint for prompt in panel.prompts}
    assert all(after[key] == before[key] for key in before.keys() & after.keys())
    assert after.keys().isdisjoint(kept)
    assert (await store.get(run.id)).status is Status.DONE
    return store.died
