"""Whatever becomes of a request: its money is settled, its place is free, its cost is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.port import Call, Completion
from patterns.errors import (
    AnswerUnusable,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelUnavailable,
    PatternError,
)
from patterns.usage import Usage
from tests.calls.road import GOOD, SECONDS, TAKEN, FakeSender, Road, ballot
from tests.fakes.virtual_time import in_virtual_time

ONE = Usage(calls=1)


def asked(road: Road) -> PatternError | None:
    async def ask() -> PatternError | None:
        try:
            await road.ask(ballot())
        except PatternError as err:
            return err
        return None

    return in_virtual_time(ask())


def test_a_good_answer_costs_what_the_server_says() -> None:
    road = Road(FakeSender(GOOD), cost=lambda usage: usage.tokens * 2)

    assert asked(road) is None
    assert road.is_clear()
    assert road.gate.left == [(100, True)]
    assert [cost.tokens for cost in road.purse.settled] == [100]
    assert [cost.micros for cost in road.purse.settled] == [200]
    assert road.meter.outcomes == ["ok"]
    assert road.meter.usage == Usage(calls=1, input_tokens=90, output_tokens=10, cost=200)


@pytest.mark.parametrize(
    ("error", "outcome", "left"),
    [
        (ModelRefused("x", usage=TAKEN), "unusable", (100, True)),
        (AnswerUnusable("x", usage=TAKEN), "unusable", (100, True)),
        (ModelDenied("x"), "denied", (None, False)),
    ],
)
def test_what_ends_a_question_is_accounted_for(
    error: PatternError, outcome: str, left: tuple[int | None, bool]
) -> None:
    road = Road(FakeSender(error))

    assert asked(road) is error
    assert road.is_clear()
    assert road.meter.outcomes == [outcome]
    assert road.gate.left == [left]


def test_an_error_instead_of_an_answer_is_a_call_that_costs_nothing() -> None:
    trouble = ModelUnavailable("the model is in trouble", usage=ONE)
    road = Road(FakeSender(fate=lambda number: trouble))

    err = asked(road)

    assert isinstance(err, ModelError)
    assert err.usage == Usage(calls=3)
    assert road.purse.spent == 0
    assert road.meter.outcomes == ["failed"] * 3


def test_what_may_have_been_billed_is_shown_as_likely_and_taken_from_the_cap_in_full() -> None:
    """A connection that broke: the answer may have been made, and nobody will tell."""
    broke = ModelUnavailable("the connection to the model's server broke")
    road = Road(FakeSender(broke))

    asked(road)

    likely = road.meter.usage.tokens - 100
    assert 600 < likely < 1000
    assert road.purse.settled[0].tokens == road.purse.most_reserved > likely
    assert road.gate.left[0] == (None, False), "the gate keeps to its estimate"


def test_a_request_that_hangs_ends_at_its_deadline() -> None:
    road = Road(FakeSender(fate=lambda number: 10_000.0))

    async def ask() -> tuple[float, ModelError]:
        with pytest.raises(ModelUnavailable, match="no answer came within 45 s") as late:
            await road.ask(ballot())
        return asyncio.get_running_loop().time(), late.value

    ended, err = in_virtual_time(ask())

    assert ended == pytest.approx(3 * SECONDS + 0.5 + 1)
    assert road.meter.outcomes == ["late"] * 3
    assert err.usage.calls == 3
    assert 0 < err.usage.tokens < road.purse.spent
    assert road.purse.spent == 3 * road.purse.most_reserved, "perhaps all of it is billed"
    assert road.is_clear()


def test_the_second_attempt_after_a_hang_brings_the_result() -> None:
    road = Road(FakeSender(10_000.0, GOOD))

    async def ask() -> float:
        reply = await road.ask(ballot())
        assert reply.usage.calls == 2
        return asyncio.get_running_loop().time()

    assert in_virtual_time(ask()) == pytest.approx(SECONDS + 0.5)


def test_a_bug_of_the_sender_holds_nothing_back() -> None:
    road = Road(FakeSender(KeyError("a bug")))

    async def ask() -> None:
        with pytest.raises(KeyError):
            await road.ask(ballot())

    in_virtual_time(ask())

    assert road.is_clear()
    assert len(road.lost) == 1


class Says(FakeSender):
    """Every answer is good, and the server says that it took *usage*."""

    def __init__(self, usage: Usage) -> None:
        super().__init__()
        self._usage = usage

    async def send(self, call: Call, /) -> Completion:
        self.calls.append(call)
        return Completion(text=GOOD, usage=self._usage, model="fake-1")


COUNTS = st.integers(0, 10**20)


@given(COUNTS, COUNTS, COUNTS)
def test_whatever_a_server_says_no_more_is_paid_than_was_set_aside(
    read: int, cached: int, written: int
) -> None:
    said = Usage(calls=1, input_tokens=read, cached_tokens=cached, output_tokens=written)
    road = Road(Says(said), cost=lambda usage: usage.tokens * 3)

    assert asked(road) is None

    assert road.purse.spent <= road.purse.most_reserved
    assert road.meter.usage.output_tokens == min(written, 1000)
    assert road.meter.usage.input_tokens <= read
    assert road.meter.usage.cached_tokens <= max(cached, road.meter.usage.input_tokens)
    assert road.purse.settled[0].micros == 3 * road.purse.spent
    assert road.gate.left[0][0] in {None, road.purse.spent}


def test_counts_that_cannot_be_are_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    road = Road(Says(Usage(calls=1, input_tokens=10**20, output_tokens=4)))

    async def ask() -> None:
        for _ in range(3):
            await road.ask(ballot())

    in_virtual_time(ask())

    assert caplog.messages == ["fake says that requests took more tokens than they can"]


def test_an_answer_of_unknown_cost_is_taken_for_what_is_likely_and_teaches_nothing() -> None:
    road = Road(Says(Usage()))

    async def ask() -> None:
        for _ in range(20):
            await road.ask(ballot())

    in_virtual_time(ask())

    assert 600 < road.purse.settled[0].tokens < 1000
    assert {cost.tokens for cost in road.purse.settled} == {road.purse.settled[0].tokens}
    assert road.meter.usage.tokens == road.purse.spent
    assert road.meter.usage.calls == 20
    assert set(road.gate.left) == {(None, True)}, "the gate keeps to its estimate"


def test_a_request_without_an_answer_is_a_line_in_the_log_with_its_run_and_branch(
    caplog: pytest.LogCaptureFixture,
) -> None:
    road = Road(FakeSender(ModelRefused("the model declined to answer")))

    asked(road)

    line = caplog.records[0]
    assert line.__dict__["outcome"] == "unusable"
    assert line.__dict__["branch"] == ballot().key
    assert line.__dict__["model"] == "fake"
    assert "run_id" in line.__dict__


def test_a_search_that_read_more_than_was_set_aside_is_paid_in_full() -> None:
    """How many pages a server reads is not ours to say; the cap stops the next question."""
    read = Usage(calls=1, input_tokens=90_000, output_tokens=100, searches=5)
    road = Road(FakeSender(taken=read), cost=lambda usage: usage.searches * 10_000)

    async def search() -> Usage:
        return (await road.ask(replace(ballot(), search=True))).usage

    usage = in_virtual_time(search())

    assert usage == replace(read, cost=50_000)
    assert road.purse.spent == 90_100
    assert road.is_clear()


def test_a_server_that_counts_searches_that_cannot_be_is_not_believed() -> None:
    read = Usage(calls=1, input_tokens=10**9, output_tokens=100, searches=10**9)
    road = Road(FakeSender(taken=read))

    async def search() -> Usage:
        return (await road.ask(replace(ballot(), search=True))).usage

    usage = in_virtual_time(search())

    assert usage.searches <= 50
    assert usage.input_tokens < 1_100_000
