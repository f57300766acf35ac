"""Trying again: how often, how long apart, and what people see of it. No test waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.llm.retrying import Retrying
from patterns.errors import (
    AnswerUnusable,
    ModelDenied,
    ModelRefused,
    ModelUnavailable,
    PatternError,
)
from patterns.events import BranchProgress
from patterns.ports import A, Prompt, Reply
from patterns.testing import ListSink
from patterns.usage import Usage
from tests.llm.questions import ballot

GOOD = {"label": "refuted", "reason": "They see."}
PAID = Usage(calls=1, input_tokens=9)


def busy() -> ModelUnavailable:
    return ModelUnavailable("the model is busy", usage=PAID)


class Moody:
    """Fails as told, then answers."""

    def __init__(self, *errors: Exception | None) -> None:
        self._errors = list(errors)
        self.calls = 0

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        self.calls += 1
        error = self._errors.pop(0) if self._errors else None
        if error:
            raise error
        return Reply(answer=prompt.answer.model_validate(GOOD), usage=Usage(calls=1))


class Silent:
    """Never answers."""

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        await asyncio.Event().wait()
        raise AssertionError


class Ring:
    """A `Retrying` on a virtual clock that only adds up."""

    def __init__(self, *errors: Exception | None, chance: float = 0) -> None:
        self.model = Moody(*errors)
        self.sink = ListSink()
        self.pauses: list[float] = []
        self.ask = Retrying(
            self.model, self.sink, attempt_seconds=45, sleep=self._sleep, chance=lambda: chance
        ).ask

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    @property
    def notes(self) -> Sequence[str]:
        return [event.note for event in self.sink.events if isinstance(event, BranchProgress)]


async def test_a_model_that_answers_is_asked_once_and_nothing_is_said() -> None:
    ring = Ring()

    reply = await ring.ask(ballot())

    assert reply.usage == Usage(calls=1)
    assert ring.sink.events == []


async def test_two_failures_and_an_answer_cost_three_calls() -> None:
    ring = Ring(busy(), busy())

    reply = await ring.ask(ballot())

    assert reply.usage == Usage(calls=3, input_tokens=18)
    assert ring.pauses == [0.5, 1.0]


async def test_the_third_failure_is_the_last() -> None:
    ring = Ring(busy(), busy(), ModelUnavailable("the model's server is in trouble", usage=PAID))

    with pytest.raises(ModelUnavailable, match="in trouble") as last:
        await ring.ask(ballot())

    assert last.value.usage == Usage(calls=3, input_tokens=27), "all three were paid for"

    assert ring.model.calls == 3
    assert len(ring.pauses) == 2


async def test_people_see_what_is_waited_for() -> None:
    ring = Ring(ModelUnavailable("the model is busy", retry_after=2))

    await ring.ask(ballot(key="voter-4"))

    assert ring.sink.events == [
        BranchProgress(branch="voter-4", note="the model is busy; trying again in 2 s (2 of 3)")
    ]


async def test_the_pause_is_never_shorter_than_the_server_asked() -> None:
    for chance in (0, 0.5, 0.999):
        ring = Ring(ModelUnavailable("the model is busy", retry_after=7), chance=chance)
        await ring.ask(ballot())
        assert 7 <= ring.pauses[0] <= 8.75


async def test_chance_spreads_the_branches() -> None:
    ring = Ring(busy(), busy(), chance=0.5)

    await ring.ask(ballot())

    assert ring.pauses == [0.5625, 1.125]


async def test_a_pause_beyond_half_a_minute_is_not_waited_for() -> None:
    ring = Ring(ModelUnavailable("the model is busy", retry_after=31))

    with pytest.raises(ModelUnavailable):
        await ring.ask(ballot())

    assert ring.model.calls == 1
    assert ring.pauses == []


@pytest.mark.parametrize("error", [ModelRefused("x"), AnswerUnusable("x"), ModelDenied("x")])
async def test_what_would_fail_again_is_not_tried_again(error: PatternError) -> None:
    ring = Ring(error)

    with pytest.raises(type(error)):
        await ring.ask(ballot())

    assert ring.model.calls == 1


async def test_an_attempt_without_an_answer_ends_in_time() -> None:
    async def sleep(_: float) -> None:
        return None

    ring = Retrying(Silent(), ListSink(), attempt_seconds=0.01, attempts=2, sleep=sleep)

    with pytest.raises(ModelUnavailable, match=r"within 0\.01 s") as late:
        await ring.ask(ballot())

    assert late.value.usage.calls == 2


async def test_a_cancelled_branch_ends_at_once() -> None:
    ring = Retrying(Silent(), ListSink(), attempt_seconds=45)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await ring.ask(ballot())
