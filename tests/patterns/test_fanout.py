from __future__ import annotations

import asyncio
from typing import Any

import pytest

from patterns.asking import ask_all
from patterns.errors import ModelDenied, ModelUnavailable, QuorumMissed
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchStarted,
    Event,
    Planned,
    PlannedBranch,
)
from patterns.fanout import Branch, Fanned, Gap, Limits, Said, fanout
from patterns.ports import SILENT, EventSink, Prompt
from patterns.testing import ListSink, ScriptedModel
from tests.patterns.samples import Word, done, failed, question, started

KEYS = ("a", "b", "c", "d")


def said(answer: Word) -> Said:
    return Said(answer.word, ("a line",))


def echo(prompt: Prompt[Any]) -> dict[str, str]:
    return {"word": prompt.text}


async def ask(model: ScriptedModel, sink: EventSink = SILENT, **options: Any) -> Fanned[Word]:
    prompts = [question(key) for key in KEYS]
    return await ask_all("words", prompts, model, sink, describe=said, **options)


async def test_answers_stand_in_the_order_of_the_branches_whatever_finishes_first():
    delays = {"a": 0.04, "b": 0.01, "c": 0.03, "d": 0}
    sink = ListSink()

    fanned = await ask(ScriptedModel(echo, delay=lambda prompt: delays[prompt.key]), sink)

    assert list(fanned.answers) == list(KEYS)
    assert done(sink) == ["d", "b", "c", "a"]


async def test_every_branch_tells_its_story():
    sink = ListSink()

    await ask_all("words", [question("a")], ScriptedModel(echo), sink, describe=said)

    assert sink.events == [
        Planned(stage="words", branches=(PlannedBranch(key="a", title="A"),)),
        BranchStarted(branch="a"),
        BranchDone(branch="a", headline="a", lines=("a line",)),
    ]


async def test_a_prompt_without_a_title_is_named_by_its_key():
    sink = ListSink()
    prompt = Prompt(key="k", system="", text="", answer=Word)

    await ask_all("words", [prompt], ScriptedModel(echo), sink, describe=said)

    assert sink.events[0] == Planned(stage="words", branches=(PlannedBranch(key="k", title="k"),))


async def test_a_failed_branch_is_a_gap_and_its_neighbours_go_on():
    sink = ListSink()
    model = ScriptedModel(lambda p: ModelUnavailable("no line") if p.key == "b" else echo(p))

    fanned = await ask(model, sink)

    assert list(fanned.answers) == ["a", "c", "d"]
    assert fanned.gaps == (Gap("b", "B", "no line"),)
    assert failed(sink) == [BranchFailed(branch="b", reason="no line")]


async def test_a_late_branch_is_a_gap_counted_from_its_own_start():
    """With a width of one, the last branch waits longer than the deadline of a branch."""
    delays = {"a": 0.03, "b": 5, "c": 0.03, "d": 0.03}
    model = ScriptedModel(echo, delay=lambda prompt: delays[prompt.key])

    fanned = await ask(model, limits=Limits(width=1, seconds=0.08))

    assert list(fanned.answers) == ["a", "c", "d"]
    assert fanned.gaps == (Gap("b", "B", "no answer within 0.08 s"),)


async def test_too_few_answers_miss_the_quorum_in_one_sentence():
    model = ScriptedModel(lambda p: echo(p) if p.key == "d" else ModelUnavailable(f"{p.key} fell"))

    with pytest.raises(QuorumMissed) as missed:
        await ask(model, quorum=2)

    assert str(missed.value) == "Only 1 of 4 words answered; 2 are needed. The first said: a fell."


async def test_a_quorum_without_gaps_quotes_nobody():
    with pytest.raises(QuorumMissed) as missed:
        await ask_all("words", [], ScriptedModel(echo), SILENT, describe=said)

    assert str(missed.value) == "Only 0 of 0 words answered; 1 are needed."


@pytest.mark.parametrize("width", [1, 2, 3])
async def test_no_more_than_width_branches_run_at_once(width: int):
    model = ScriptedModel(echo, delay=0.005)

    await ask(model, limits=Limits(width=width))

    assert model.most_at_once == width


def test_a_width_of_nothing_is_refused_instead_of_waited_for():
    with pytest.raises(ValueError, match="width below 1"):
        Limits(width=0)


async def test_two_branches_with_one_key_are_refused_before_anything_runs():
    model = ScriptedModel(echo)

    with pytest.raises(ValueError, match="same key"):
        await ask_all("words", [question("a")] * 2, model, SILENT, describe=said)

    assert model.asked == []


@pytest.mark.parametrize(
    "error", [ModelDenied("The key is wrong."), ZeroDivisionError("a bug")], ids=["denied", "bug"]
)
async def test_what_is_no_model_error_ends_all_branches_at_once_as_itself(error: Exception):
    """The caller sees the error of the branch, not a group; nobody waits for the others."""
    running: set[str] = set()
    broken = asyncio.Event()

    def branch(key: str) -> Branch[Word]:
        async def work() -> Word:
            if key == "d":
                broken.set()
                raise error
            running.add(key)
            try:
                await asyncio.Event().wait()
            finally:
                running.discard(key)
            raise AssertionError

        return Branch(key=key, title=key, work=work)

    with pytest.raises(type(error)) as caught:
        await fanout("words", [branch(key) for key in KEYS], SILENT, describe=said)

    assert caught.value is error
    assert broken.is_set()
    assert running == set()


async def test_after_a_denial_no_waiting_branch_asks():
    def script(prompt: Prompt[Any]) -> dict[str, str] | ModelDenied:
        return ModelDenied("No credit.") if prompt.key == "b" else echo(prompt)

    model = ScriptedModel(script)

    with pytest.raises(ModelDenied):
        await ask(model, limits=Limits(width=1))

    assert model.asked == ["a", "b"]


class Awaited(ListSink):
    """Tells when so many branches have started."""

    def __init__(self, branches: int) -> None:
        super().__init__()
        self.all_started = asyncio.Event()
        self._branches = branches

    def emit(self, event: Event, /) -> None:
        super().emit(event)
        if len(started(self)) == self._branches:
            self.all_started.set()


async def test_cancelling_the_caller_leaves_no_task_behind():
    sink = Awaited(len(KEYS))
    before = asyncio.all_tasks()
    caller = asyncio.create_task(ask(ScriptedModel(echo, delay=60), sink))
    async with asyncio.timeout(2):
        await sink.all_started.wait()

    caller.cancel()

    with pytest.raises(asyncio.CancelledError):
        await caller
    assert asyncio.all_tasks() == before
    assert failed(sink) == []
