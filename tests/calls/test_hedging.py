"""A second request for stragglers: when, at whose cost, and what is left behind."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.gate import RateGate
from patterns.errors import (
    AnswerUnusable,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelUnavailable,
    PatternError,
)
from patterns.usage import Usage
from tests.calls.road import GOOD, FakeGate, FakePurse, FakeSender, Fate, Road, ballot
from tests.fakes.virtual_time import in_virtual_time

#: Enough answers of a second each to know what is usual, and for one extra call among them.
KNOWN = 40
ONE = Usage(calls=1)


def known(
    *fates: Fate,
    gate: FakeGate | None = None,
    purse: FakePurse | None = None,
    slow: float = 1,
    hedge: bool = True,
) -> Road:
    """
    A road whose model was asked often enough; the next requests meet *fates*.

    Answers took a second, and of 40 the slowest three *slow* seconds.
    """
    warm = [slow] * 3 + [1.0] * (KNOWN - 3)
    sender = FakeSender(*warm, *fates, fate=lambda number: 1.0)
    return Road(sender, gate=gate, purse=purse, hedge=hedge)


def after_warming(road: Road, then: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        for number in range(KNOWN):
            await road.ask(ballot(f"warm-{number}"))
        road.meter.outcomes.clear()
        await then()

    in_virtual_time(main())
    assert road.is_clear()


async def timed(road: Road) -> tuple[float, Usage]:
    began = asyncio.get_running_loop().time()
    reply = await road.ask(ballot())
    return asyncio.get_running_loop().time() - began, reply.usage


def sent(road: Road) -> int:
    return len(road.sender.calls) - KNOWN


def test_a_straggler_is_overtaken_after_four_seconds_and_what_it_took_is_counted() -> None:
    road = known(30.0, 1.0)

    async def check() -> None:
        took, usage = await timed(road)
        assert took == pytest.approx(5)
        assert usage.calls == 2
        assert usage.tokens > 100, "the loser may have been billed"

    after_warming(road, check)

    assert road.meter.hedges == [True]
    assert road.meter.outcomes == ["ok", "cancelled"]
    assert road.lost == []


def test_the_delay_is_what_nearly_all_answers_took() -> None:
    road = known(30.0, 1.0, slow=6.0)

    async def check() -> None:
        assert (await timed(road))[0] == pytest.approx(7)

    after_warming(road, check)


def test_the_first_may_still_win() -> None:
    road = known(5.0, 30.0)

    async def check() -> None:
        took, usage = await timed(road)
        assert took == pytest.approx(5)
        assert usage.calls == 2

    after_warming(road, check)

    assert road.meter.hedges == [False]


def test_there_is_one_second_request_and_no_third() -> None:
    road = known(30.0, 20.0)

    async def check() -> None:
        assert (await timed(road))[0] == pytest.approx(24)

    after_warming(road, check)

    assert sent(road) == 2


def test_an_answer_in_time_is_all_there_is() -> None:
    road = known(3.9)

    async def check() -> None:
        await timed(road)
        assert len(asyncio.all_tasks()) == 1

    after_warming(road, check)

    assert sent(road) == 1
    assert road.meter.hedges == []


@pytest.mark.parametrize(
    "road",
    [
        known(30.0, gate=FakeGate(tight=True)),
        known(30.0, purse=FakePurse(tokens=100 * KNOWN + 2000)),
        known(30.0, hedge=False),
    ],
    ids=["the gate is tight", "the purse is tight", "off"],
)
def test_no_second_request_at_the_cost_of_a_first_one(road: Road) -> None:
    async def check() -> None:
        assert (await timed(road))[0] == pytest.approx(30)

    after_warming(road, check)

    assert sent(road) == 1


def test_none_either_before_what_is_usual_is_known() -> None:
    road = Road(FakeSender(*[1.0] * 18, 30.0, 30.0), hedge=True)

    async def ask() -> None:
        for _ in range(20):
            await road.ask(ballot())

    in_virtual_time(ask())

    assert len(road.sender.calls) == 20


def test_of_all_calls_a_twentieth_are_second_ones_at_most() -> None:
    """Also where everything is slow at once."""
    road = known(*[30.0] * 200)

    async def check() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(100):
                group.create_task(road.ask(ballot()))

    after_warming(road, check)

    assert sent(road) == 100 + (KNOWN + 100) // 20


def test_calm_hours_do_not_pay_for_a_slow_spell() -> None:
    """Answers take a second for very long; then all of them take half a minute."""
    road = Road(FakeSender(fate=lambda number: 1.0 if number < 5000 else 30.0), hedge=True)

    async def spell(width: int) -> None:
        for _ in range(5):
            async with asyncio.TaskGroup() as group:
                for _ in range(width):
                    group.create_task(road.ask(ballot()))

    async def main() -> None:
        await spell(1000)
        assert len(road.sender.calls) == 5000
        await spell(40)

    in_virtual_time(main())

    assert road.is_clear()
    assert len(road.sender.calls) - 5000 <= 1.06 * 200 + 12


@pytest.mark.parametrize(
    "error",
    [ModelUnavailable("x", usage=ONE), ModelBusy("x", usage=ONE), AnswerUnusable("x", usage=ONE)],
    ids=lambda error: type(error).__name__,
)
def test_if_one_fails_the_other_goes_on(error: ModelError) -> None:
    class Late(FakeSender):
        """The first request takes its time, and fails."""

        async def send(self, call, /):  # type: ignore[no-untyped-def]
            number = len(self.calls)
            try:
                return await super().send(call)
            finally:
                if number == KNOWN:
                    raise error

    road = Road(Late(*[1.0] * KNOWN, 5.0, 10.0, fate=lambda number: 1.0), hedge=True)

    async def check() -> None:
        took, usage = await timed(road)
        assert took == pytest.approx(14)
        assert usage.calls == 2

    after_warming(road, check)

    assert road.meter.hedges == [True]


@pytest.mark.parametrize(
    "error", [ModelUnavailable("x", usage=ONE), ModelDenied("x")], ids=["unavailable", "denied"]
)
def test_a_second_request_that_fails_says_nothing(error: PatternError) -> None:
    road = known(10.0, error)

    async def check() -> None:
        took, usage = await timed(road)
        assert took == pytest.approx(10)
        assert usage == Usage(calls=2, input_tokens=90, output_tokens=10)

    after_warming(road, check)

    assert road.meter.hedges == [False]


def test_two_that_hang_end_together_at_the_deadline_and_are_one_attempt() -> None:
    road = known(1000.0, 1000.0, 1.0)

    async def check() -> None:
        took, usage = await timed(road)
        assert took == pytest.approx(45 + 0.5 + 1)
        assert usage.calls == 3

    after_warming(road, check)


def test_stragglers_do_not_make_the_usual_look_shorter_than_it_is() -> None:
    """Of ten calls two hang: given up at the delay, they count as at least that long."""
    chance = random.Random(3)
    road = Road(FakeSender(fate=lambda number: 40.0 if chance.random() < 0.2 else 6.0), hedge=True)

    async def ask() -> None:
        for _ in range(400):
            await road.ask(ballot())

    in_virtual_time(ask())

    assert len(road.sender.calls) <= 420
    assert len(road.meter.hedges) <= 20


def test_the_tail_of_a_fan_out_is_cut_for_a_twentieth_more_calls() -> None:
    """Lognormal answers, three in a hundred take eight times as long; seven branches wait."""

    def rounds(*, hedge: bool) -> tuple[list[float], Road]:
        chance = random.Random(11)

        def latency(number: int) -> float:
            usual = 2.5 * math.exp(0.4 * chance.gauss(0, 1))
            return usual * (8 if chance.random() < 0.03 else 1)

        road = Road(FakeSender(fate=latency), hedge=hedge)
        took: list[float] = []

        async def fan_out() -> None:
            loop = asyncio.get_running_loop()
            for number in range(1500):
                began = loop.time()
                async with asyncio.TaskGroup() as group:
                    for branch in range(7):
                        group.create_task(road.ask(ballot(f"{number}-{branch}")))
                took.append(loop.time() - began)

        in_virtual_time(fan_out())
        assert road.is_clear()
        return sorted(took), road

    bare, _ = rounds(hedge=False)
    hedged, road = rounds(hedge=True)

    p99 = int(0.99 * len(bare))
    assert bare[p99] >= 2.5 * hedged[p99]
    assert len(road.sender.calls) <= 1.06 * 7 * 1500


def any_fate(chance: random.Random) -> Fate:
    """Every way an attempt can go."""
    return chance.choice([
        0.0, 3.0, 4.0, 5.0, 60.0, 8.0, "broken", GOOD,
        ModelBusy("x", retry_after=chance.choice([None, 1.0, 4.0]), usage=ONE),
        ModelUnavailable("x"), ModelUnavailable("x", usage=ONE),
        AnswerUnusable("x", usage=ONE), ModelDenied("x"),
    ])  # fmt: skip


async def given_up(road: Road, patience: float) -> Usage:
    """What the asker was told that it took."""
    try:
        async with asyncio.timeout(patience):
            return (await road.ask(ballot())).usage
    except ModelError as err:
        return err.usage
    except (ModelDenied, TimeoutError):
        return Usage()


@pytest.mark.parametrize("real", [False, True], ids=["a gate that insists", "the real gate"])
@given(seed=st.integers(0, 10**6))
def test_whenever_it_is_cancelled_nothing_is_held_back_and_nothing_forgotten(
    real: bool, seed: int
) -> None:
    """Given up at any moment, also between two attempts or with both in flight."""
    chance = random.Random(seed)
    gate = RateGate("fake", rpm=300, tpm=90_000, slots=6) if real else FakeGate()
    sender = FakeSender(*[1.0] * KNOWN, fate=lambda number: any_fate(chance))
    road = Road(sender, gate=gate, purse=FakePurse(tokens=60_000), hedge=True)
    patience = [chance.choice([0, 1, 4, 4.0001, 5, 8, 50, 200]) for _ in range(12)]

    async def main() -> list[Usage]:
        warm = [(await road.ask(ballot())).usage for _ in range(KNOWN)]
        return warm + await asyncio.gather(*(given_up(road, seconds) for seconds in patience))

    told = in_virtual_time(main()) + [usage for _, usage in road.lost]

    assert road.is_clear()
    assert not isinstance(gate, RateGate) or (gate._inside, len(gate._queue)) == (0, 0)
    assert sum(told, Usage()) == road.meter.usage
    assert road.meter.usage.tokens <= road.purse.spent <= road.purse.tokens
    assert road.meter.usage.calls == len(road.sender.calls) == len(road.meter.outcomes)
