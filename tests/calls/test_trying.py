"""Trying again: how often, how long apart, and what people see of it. No test waits."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.runs.money import Cost
from bot.runs.ports import Tell
from patterns.deadline import deadline
from patterns.errors import (
    AnswerUnusable,
    BudgetSpent,
    ModelBusy,
    ModelDenied,
    ModelRefused,
    ModelUnavailable,
    PatternError,
)
from patterns.events import BranchProgress
from patterns.usage import Usage
from tests.calls.road import GOOD, TAKEN, FakeGate, FakePurse, FakeSender, Road, ballot
from tests.fakes.virtual_time import in_virtual_time

ONE = Usage(calls=1)


def trouble(retry_after: float | None = None) -> ModelUnavailable:
    return ModelUnavailable("the model is in trouble", retry_after=retry_after, usage=ONE)


def busy(retry_after: float | None = None) -> ModelBusy:
    return ModelBusy("the model is busy", retry_after=retry_after, usage=ONE)


def asked(road: Road, key: str = "voter-1") -> Usage:
    """What the question took; raises what became of it."""

    async def ask() -> Usage:
        return (await road.ask(ballot(key))).usage

    return in_virtual_time(ask())


def pauses(road: Road) -> list[float]:
    at = road.sender.at
    return [later - sooner for sooner, later in pairwise(at)]


def test_a_model_that_answers_is_asked_once_and_nothing_is_said() -> None:
    road = Road(FakeSender(GOOD))

    assert asked(road) == TAKEN
    assert road.sink.events == []


def test_two_failures_and_an_answer_cost_three_calls() -> None:
    road = Road(FakeSender(trouble(), trouble(), GOOD))

    assert asked(road) == TAKEN + Usage(calls=2)
    assert pauses(road) == [0.5, 1.0]


def test_the_third_failure_is_the_last() -> None:
    road = Road(FakeSender(trouble(), trouble(), trouble()))

    with pytest.raises(ModelUnavailable, match="in trouble") as last:
        asked(road)

    assert last.value.usage == Usage(calls=3), "all three were sent"
    assert len(road.sender.calls) == 3
    assert road.is_clear()


def test_people_see_what_is_waited_for() -> None:
    road = Road(FakeSender(trouble(retry_after=2), GOOD))

    asked(road, "voter-4")

    assert road.sink.events == [
        BranchProgress(
            branch="voter-4", note="the model is in trouble; trying again in 2 s (2 of 3)"
        )
    ]


@pytest.mark.parametrize("chance", [0, 0.5, 0.999])
def test_the_pause_is_never_shorter_than_the_server_asked(chance: float) -> None:
    road = Road(FakeSender(trouble(retry_after=7), GOOD), chance=chance)

    asked(road)

    assert 7 <= pauses(road)[0] <= 8.75


def test_chance_spreads_the_branches() -> None:
    road = Road(FakeSender(trouble(), trouble(), GOOD), chance=0.5)

    asked(road)

    assert pauses(road) == [0.5625, 1.125]


def test_a_pause_beyond_half_a_minute_is_not_waited_for() -> None:
    road = Road(FakeSender(trouble(retry_after=31)))

    with pytest.raises(ModelUnavailable):
        asked(road)

    assert len(road.sender.calls) == 1


@pytest.mark.parametrize(
    "error", [ModelRefused("x"), AnswerUnusable("x"), ModelDenied("x")], ids=type
)
def test_what_would_fail_again_is_not_tried_again(error: PatternError) -> None:
    road = Road(FakeSender(error))

    with pytest.raises(type(error)):
        asked(road)

    assert len(road.sender.calls) == 1


def test_a_busy_server_consumes_no_attempt() -> None:
    """Five refusals, two failures, and there is still a third attempt."""
    fates = (busy(2), busy(), trouble(), busy(), busy(), trouble(), busy(), GOOD)
    road = Road(FakeSender(*fates))

    assert asked(road).calls == 8
    assert road.meter.outcomes.count("busy") == 5
    assert pauses(road)[0] == 2, "the gate made it wait for as long as the server asked"
    assert road.is_clear()


def test_a_server_that_is_always_busy_holds_no_branch_forever() -> None:
    road = Road(FakeSender(fate=lambda number: busy(1)))

    with pytest.raises(ModelBusy) as last:
        asked(road)

    assert len(road.sender.calls) == last.value.usage.calls == 12


def test_the_gate_is_told_how_often_it_refused_and_the_question_steps_back_by_itself() -> None:
    """The gate of this test waits a second; it may know that nobody else has to wait."""
    road = Road(FakeSender(busy(), busy(), busy(9), busy(), GOOD))

    async def ask() -> None:
        async with deadline(5):
            await road.ask(ballot())

    in_virtual_time(ask())

    assert road.gate.refused == [0, 1, 2, 3, 4]
    assert pauses(road) == [1, 2, 9, 8], "off the clock of the branch"


def test_a_wait_for_money_is_a_note_of_the_branch_until_it_is_over() -> None:
    class Slow(FakePurse):
        async def reserve(self, most: Cost, /, tell: Tell | None = None) -> None:
            if tell:
                tell("waiting for money that other runs hold")
            await super().reserve(most)

    road = Road(FakeSender(), purse=Slow())

    asked(road)

    assert road.notes == ["waiting for money that other runs hold", ""]


def test_a_wait_that_the_gate_does_not_allow_ends_the_question_at_once() -> None:
    road = Road(FakeSender(), gate=FakeGate(error=ModelBusy("asks us to wait 5 min")))

    with pytest.raises(ModelBusy, match="5 min") as refused:
        asked(road)

    assert refused.value.usage == Usage(), "nothing was sent"
    assert road.sender.calls == []
    assert road.is_clear()


def test_nothing_is_sent_that_the_purse_may_not_hold() -> None:
    road = Road(FakeSender(), purse=FakePurse(tokens=1000))

    with pytest.raises(BudgetSpent):
        asked(road)

    assert road.sender.calls == []
    assert road.gate.entered == 0, "no place in flight was taken either"


def test_where_the_money_ends_after_failures_the_failures_are_said_first() -> None:
    """Who reads it looks at the model, not at the cap."""

    class Once(FakePurse):
        async def reserve(self, most: Cost, /, tell: Tell | None = None) -> None:
            if self.settled:
                raise BudgetSpent("the budget of this run is spent")
            await super().reserve(most, tell)

    road = Road(FakeSender(trouble()), purse=Once())

    with pytest.raises(BudgetSpent, match="the model is in trouble; the budget of this run"):
        asked(road)


def test_pauses_between_attempts_are_on_the_clock_of_the_branch() -> None:
    road = Road(FakeSender(trouble(retry_after=20), GOOD))

    async def ask() -> None:
        async with deadline(10):
            await road.ask(ballot())

    with pytest.raises(TimeoutError):
        in_virtual_time(ask())

    assert road.lost == [("voter-1", ONE)], "given up in the pause: what it took is told"


async def test_a_cancelled_question_ends_at_once_and_tells_what_it_took() -> None:
    road = Road(FakeSender(300.0))
    task = asyncio.create_task(road.ask(ballot()))
    while not road.sender.at_once:
        await asyncio.sleep(0)

    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
    assert road.is_clear()
    ((key, usage),) = road.lost
    assert key == "voter-1"
    assert usage.calls == 1
    assert 0 < usage.tokens < road.purse.spent, "the cap counts all that may be billed"
    assert road.meter.outcomes == ["cancelled"]
