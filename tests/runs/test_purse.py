"""A run's money: no cap is overrun, whatever happens, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.runs.errors import RunError
from bot.runs.money import NO_CAP, Cap, Caps, Cost
from bot.runs.ports import FREE
from bot.runs.purse import Budget, RunPurse
from patterns.deadline import deadline
from patterns.errors import BudgetSpent
from patterns.usage import Estimate, Usage
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.ledgers import MemoryLedger, run, tokens

NONE = Caps(run=NO_CAP, person_day=NO_CAP, workspace_month=NO_CAP)


def capped(*, run: int | None = None, day: int | None = None, month: int | None = None) -> Caps:
    return Caps(run=Cap(tokens=run), person_day=Cap(tokens=day), workspace_month=Cap(tokens=month))


def house(caps: Caps, **options: Any) -> tuple[MemoryLedger, Budget]:
    ledger = MemoryLedger(caps, **options)
    return ledger, Budget(ledger, caps)


async def spend(purse: RunPurse, most: Cost, spent: Cost, seconds: float = 1) -> None:
    """One request, as it goes: set aside, sent, settled."""
    await purse.reserve(most)
    used = Cost()
    try:
        await asyncio.sleep(seconds)
        used = spent
    finally:
        purse.settle(most, used)


async def refused(asking: Callable[[], Awaitable[None]]) -> str:
    with pytest.raises(BudgetSpent) as caught:
        await asking()
    return str(caught.value)


def test_what_is_set_aside_comes_back_but_for_what_was_spent():
    async def main() -> None:
        _, budget = house(capped(run=100))
        purse = await budget.open(run())

        await purse.reserve(tokens(80))
        assert purse.bound == tokens(80)
        purse.settle(tokens(80), tokens(30))

        assert purse.bound == purse.spent == tokens(30)

    in_virtual_time(main())


def test_few_requests_ask_the_ledger():
    async def main() -> None:
        ledger, budget = house(NONE)
        purse = await budget.open(run())

        async with asyncio.TaskGroup() as group:
            for _ in range(1_000):
                group.create_task(spend(purse, tokens(10), tokens(10)))

        assert purse.spent == tokens(10_000)
        assert len(ledger.claims) <= 3

        for _ in range(1_000):
            await spend(purse, tokens(10), tokens(10))
        assert len(ledger.claims) <= 6

    in_virtual_time(main())


def test_a_request_waits_for_what_its_own_run_may_not_need():
    async def main() -> None:
        _, budget = house(capped(run=100))
        purse = await budget.open(run())

        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(spend(purse, tokens(60), tokens(10)))

        assert purse.spent == tokens(50)
        assert asyncio.get_running_loop().time() == 5  # one after the other: two do not fit

    in_virtual_time(main())


def test_at_the_cap_of_a_run_a_request_is_refused_with_a_sentence():
    async def main() -> None:
        _, budget = house(capped(run=60_000))
        purse = await budget.open(run())
        await spend(purse, tokens(59_995), tokens(59_995))

        said = await refused(lambda: purse.reserve(tokens(6)))

        assert said == "the budget of this run (60,000 tokens) has no room for another answer"
        await purse.reserve(tokens(5))  # there is still enough for less

    in_virtual_time(main())


def test_who_stands_behind_one_that_is_refused_gets_a_turn():
    async def main() -> None:
        ledger, budget = house(capped(run=100))
        purse = await budget.open(run())
        await spend(purse, tokens(90), tokens(90))
        asked = len(ledger.claims)

        big = [asyncio.create_task(purse.reserve(tokens(20))) for _ in range(3)]
        small = asyncio.create_task(purse.reserve(tokens(5)))
        await asyncio.wait([*big, small])

        assert all(isinstance(each.exception(), BudgetSpent) for each in big)
        assert small.exception() is None
        assert len(ledger.claims) <= asked + 1

    in_virtual_time(main())


@pytest.mark.parametrize(
    ("caps", "said"),
    [
        (capped(run=5), "6 tokens, more than the budget of this run (5 tokens)"),
        (capped(month=5), "6 tokens, more than the workspace's budget for this month (5 tokens)"),
        (
            Caps(run=Cap(micros=5_000), person_day=NO_CAP, workspace_month=NO_CAP),
            "$0.006, more than the budget of this run ($0.005)",
        ),
    ],
)
def test_a_cap_that_is_too_small_for_any_answer_says_so(caps: Caps, said: str):
    async def main() -> None:
        _, budget = house(caps)
        purse = await budget.open(run())

        sentence = await refused(lambda: purse.reserve(Cost(tokens=6, micros=6_000)))

        advice = "raise the cap, or lower QUORUM_MOST_OUTPUT"
        assert sentence == f"one answer may take {said}: {advice}"

    in_virtual_time(main())


def test_the_day_and_the_month_have_their_sentences():
    async def main() -> None:
        for caps, sentence in (
            (
                Caps(run=NO_CAP, person_day=Cap(tokens=5, micros=5_000_000)),
                "your budget for today (5 tokens or $5.00) has no room for another answer; "
                "it begins anew at 00:00 UTC",
            ),
            (
                capped(month=5),
                "the workspace's budget for this month (5 tokens) has no room for another answer; "
                "it begins anew on the 1st",
            ),
        ):
            ledger, budget = house(caps)
            purse = await budget.open(run())
            await spend(purse, tokens(2), tokens(2))
            assert await refused(lambda purse=purse: purse.reserve(tokens(4))) == sentence

            await spend(purse, tokens(3), tokens(3))
            await budget.close(purse)
            with pytest.raises(RunError) as caught:
                await budget.open(run("r2"))
            spent = sentence.replace("has no room for another answer", "is spent")
            assert str(caught.value) == f"{spent[0].upper()}{spent[1:]}."
            assert ledger.held == tokens(5)

    in_virtual_time(main())


def test_where_others_may_give_back_a_run_waits_and_does_not_count_it_to_its_branch():
    async def main() -> None:
        _, budget = house(capped(day=1_000))
        first, second = await budget.open(run("r1")), await budget.open(run("r2"))
        await first.reserve(tokens(900))

        async def late() -> None:
            await asyncio.sleep(30)
            first.settle(tokens(900), tokens(100))
            await budget.close(first)

        async with asyncio.TaskGroup() as group:
            group.create_task(late())
            async with deadline(5):
                await second.reserve(tokens(900))

        assert 30 <= asyncio.get_running_loop().time() <= 35
        await budget.close(second)

    in_virtual_time(main())


def test_what_comes_back_while_the_ledger_is_asked_is_not_missed():
    async def main() -> None:
        _, budget = house(capped(day=100), delay=2)
        purse = await budget.open(run())

        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(spend(purse, tokens(60), tokens(10), seconds=1))

        assert purse.spent == tokens(30)

    in_virtual_time(main())


def test_a_run_opens_while_others_hold_everything_for_it_may_come_back():
    async def main() -> None:
        _, budget = house(capped(day=100))
        first = await budget.open(run("r1"))
        await first.reserve(tokens(100))

        second = await budget.open(run("r2"))
        first.settle(tokens(100), tokens(100))
        await budget.close(first)

        assert "for today" in await refused(lambda: second.reserve(tokens(1)))

    in_virtual_time(main())


def test_two_runs_do_not_wait_for_each_other():
    """Both hold more than they use, and both want more than is left."""

    async def main() -> None:
        _, budget = house(capped(day=1_000))
        purses = [await budget.open(run(f"r{n}")) for n in range(2)]
        for purse in purses:
            await spend(purse, tokens(10), tokens(10))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(refused(lambda p=p: p.reserve(tokens(990)))) for p in purses]

        assert all("for today" in task.result() for task in tasks)

    in_virtual_time(main())


def test_only_what_is_at_hand_is_had_without_waiting():
    async def main() -> None:
        _, budget = house(capped(run=100))
        purse = await budget.open(run())
        assert not purse.reserve_now(tokens(10))

        await purse.reserve(tokens(10))
        assert purse.reserve_now(tokens(10))
        assert not purse.reserve_now(tokens(90))

        waiting = asyncio.create_task(purse.reserve(tokens(90)))
        await asyncio.sleep(0.1)
        assert not purse.reserve_now(tokens(1))  # others were here before
        waiting.cancel()

    in_virtual_time(main())


def test_a_run_that_is_entered_again_goes_on_from_what_it_spent():
    async def main() -> None:
        _, budget = house(capped(run=100))
        purse = await budget.open(run(usage=Usage(calls=1, input_tokens=70, output_tokens=20)))

        assert purse.bound == tokens(90)
        await refused(lambda: purse.reserve(tokens(11)))

    in_virtual_time(main())


def test_what_the_ledger_did_for_one_that_was_cancelled_is_not_spent():
    """It took away what the run does not use; that must not be thought to be there."""

    async def main() -> None:
        ledger, budget = house(capped(day=1_000), delay=1)
        first, second = await budget.open(run("r1")), await budget.open(run("r2"))
        await first.reserve(tokens(10))
        await second.reserve(tokens(800))

        waiting = asyncio.create_task(first.reserve(tokens(500)))
        await asyncio.sleep(1.5)  # decided, and not yet told
        waiting.cancel()
        await asyncio.wait([waiting])

        assert ledger.entries["r1"].held == tokens(10)
        assert not first.reserve_now(tokens(1))

    in_virtual_time(main())


def test_what_cannot_be_given_back_now_does_not_end_the_run(caplog: pytest.LogCaptureFixture):
    async def main() -> None:
        ledger, budget = house(NONE)
        ledger.broken = True
        await budget.close(await budget.open(run()))

    in_virtual_time(main())
    assert "run r1: what it did not spend is not given back: the disk is full" in caplog.text


def test_no_error_of_a_ledger_comes_between_a_run_and_its_outcome(
    caplog: pytest.LogCaptureFixture,
):
    class Broken(MemoryLedger):
        async def close(self, run_id: str, spent: Cost, /) -> None:
            raise OverflowError("int too large")

    async def main() -> None:
        budget = Budget(Broken(NONE), NONE)
        await budget.close(await budget.open(run()))

    in_virtual_time(main())
    assert "run r1: what it did not spend is not given back" in caplog.text
    assert "int too large" in caplog.text


def test_people_and_who_runs_the_bot_read_once_that_a_run_waits_for_others(
    caplog: pytest.LogCaptureFixture,
):
    """All in the line are told: who came before it began to wait, and who came later."""
    told: list[str] = []

    async def main() -> None:
        _, budget = house(capped(day=1_000))
        first, second = await budget.open(run("r1")), await budget.open(run("r2"))
        await first.reserve(tokens(900))

        def ask(name: str) -> asyncio.Task[None]:
            def tell(said: str) -> None:
                told.append(f"{name}: {said}")

            return asyncio.create_task(second.reserve(tokens(300), tell))

        tasks = [ask("a"), ask("b")]
        await asyncio.sleep(20)
        tasks.append(ask("c"))
        await asyncio.sleep(20)
        first.settle(tokens(900), tokens(0))
        await budget.close(first)
        await asyncio.wait(tasks)
        assert second.bound == tokens(900)
        await second.reserve(tokens(1), told.append)

    with caplog.at_level("INFO", "bot.runs.purse"):
        in_virtual_time(main())
    assert told == [f"{name}: waiting for money that other runs hold" for name in "abc"]
    assert caplog.messages == ["run r2 is waiting for money that other runs hold"]


def test_who_waits_for_its_own_requests_only_is_told_nothing():
    told: list[str] = []

    async def main() -> None:
        _, budget = house(capped(run=100))
        purse = await budget.open(run())

        async with asyncio.TaskGroup() as group:
            group.create_task(spend(purse, tokens(60), tokens(10), seconds=20))
            await asyncio.sleep(0.1)
            await purse.reserve(tokens(60), told.append)

    in_virtual_time(main())
    assert told == []


def test_who_waits_long_asks_the_ledger_seldom():
    async def main() -> None:
        ledger, budget = house(capped(day=1_000))
        first, second = await budget.open(run("r1")), await budget.open(run("r2"))
        await first.reserve(tokens(900))
        asked = len(ledger.claims)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(300):
                await second.reserve(tokens(900))

        assert len(ledger.claims) - asked <= 65

    in_virtual_time(main())


async def kept(purse: RunPurse, seconds: float) -> None:
    """The run lives on for so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await purse.keep()


def test_while_it_lives_a_run_keeps_its_money():
    async def main() -> None:
        ledger, budget = house(NONE)
        purse = await budget.open(run())
        await purse.reserve(tokens(10))

        await kept(purse, 90)

        assert ledger.renewed == 4
        assert purse.reserve_now(tokens(10))

    in_virtual_time(main())


def test_money_whose_time_ran_out_is_asked_for_anew_before_it_is_spent():
    """Others may have got it."""

    async def main() -> None:
        ledger, budget = house(NONE)
        purse = await budget.open(run())
        await purse.reserve(tokens(10))

        ledger.lapsed = True
        await kept(purse, 30)

        assert not purse.reserve_now(tokens(10))
        await purse.reserve(tokens(10))
        assert purse.reserve_now(tokens(10))

    in_virtual_time(main())


def test_a_ledger_that_does_not_answer_for_a_moment_takes_nothing_away():
    async def main() -> None:
        ledger, budget = house(NONE)
        purse = await budget.open(run())
        await purse.reserve(tokens(10))

        ledger.broken = True
        await kept(purse, 30)
        assert purse.reserve_now(tokens(10))

        await kept(purse, 59)
        assert not purse.reserve_now(tokens(10)), "its time may be over"

    in_virtual_time(main())


def test_what_was_paid_and_never_written_down_stays_spent():
    """However often a run is entered whose answers cannot be kept."""

    async def main() -> None:
        _, budget = house(capped(run=10_000))
        entered = 0
        with pytest.raises(BudgetSpent):
            while entered < 10:
                purse = await budget.open(run())
                assert purse.bound == tokens(4_000 * entered)
                await spend(purse, tokens(4_000), tokens(4_000))
                await budget.close(purse)
                entered += 1

        assert entered == 2

    in_virtual_time(main())


def test_what_the_ledger_learned_elsewhere_of_a_run_counts_in_its_purse():
    async def main() -> None:
        _, budget = house(capped(run=10_000))
        late = await budget.open(run())
        first = await budget.open(run())
        await spend(first, tokens(9_000), tokens(9_000))
        await budget.close(first)

        await late.reserve(tokens(500))

        assert (late.spent, late.bound) == (tokens(9_000), tokens(9_500))
        late.settle(tokens(500), tokens(500))
        await refused(lambda: spend(late, tokens(2_000), tokens(2_000)))

    in_virtual_time(main())


def test_a_run_that_has_paid_for_answers_goes_on_where_nothing_is_left():
    async def main() -> None:
        _, budget = house(capped(day=100))
        begun = run("r1", usage=Usage(calls=1, input_tokens=50))
        await budget.close(await budget.open(begun))
        other = await budget.open(run("r2"))
        await spend(other, tokens(50), tokens(50))
        await budget.close(other)

        again = await budget.open(begun)

        assert "for today" in await refused(lambda: again.reserve(tokens(1)))
        with pytest.raises(RunError):
            await budget.open(run("r3"))

    in_virtual_time(main())


def test_an_estimate_is_priced():
    budget = Budget(MemoryLedger(NONE), NONE, cost=lambda usage: usage.tokens * 2)
    estimate = Estimate(low=Usage(calls=7, input_tokens=10), high=Usage(calls=7, input_tokens=20))

    priced = budget.priced(estimate)

    assert (priced.low.cost, priced.high.cost) == (20, 40)
    free = Budget(MemoryLedger(NONE), NONE).priced(estimate)
    assert free == estimate


class Weather:
    """Runs at once whose requests cost, take and are cancelled at random; checks as it goes."""

    def __init__(self, chance: random.Random, caps: Caps, delay: float) -> None:
        self.chance = chance
        self.caps = caps
        self.ledger, self.budget = house(caps, delay=delay)
        self.purses: dict[str, RunPurse] = {}

    def check(self) -> None:
        for key, purse in self.purses.items():
            assert self.caps.run is not None
            assert self.caps.run.holds(purse.bound)
            assert purse.bound.within(self.ledger.entries[key].held)
        in_all = sum((purse.bound for purse in self.purses.values()), Cost())
        assert self.caps.person_day.holds(in_all)
        assert self.caps.person_day.holds(self.ledger.held)

    async def ask(self, purse: RunPurse) -> None:
        chance = self.chance
        most = Cost(tokens=chance.randint(1, 120), micros=chance.randint(0, 120))
        spent = Cost(tokens=chance.randint(0, most.tokens), micros=chance.randint(0, most.micros))
        await asyncio.sleep(chance.random() * 3)
        try:
            async with asyncio.timeout(chance.choice([None, None, 0.2, 4])):
                await spend(purse, most, spent, chance.random() * 3)
        except TimeoutError:
            pass
        except BudgetSpent:
            self.check_refusal(purse, most)
        self.check()

    def check_refusal(self, purse: RunPurse, most: Cost) -> None:
        """Had everybody given back what they could, it would not have been enough."""
        in_all = sum((each.spent for each in self.purses.values()), Cost()) + most
        caps = self.caps
        assert caps.run is not None
        assert not (
            caps.run.holds(purse.spent + most)
            and caps.person_day.holds(in_all)
            and caps.workspace_month.holds(in_all)
        )

    async def carry_out(self, key: str) -> None:
        await asyncio.sleep(self.chance.random() * 3)
        with suppress(RunError):
            purse = self.purses[key] = await self.budget.open(run(key))
            async with asyncio.TaskGroup() as group:
                for _ in range(self.chance.randint(1, 12)):
                    group.create_task(self.ask(purse))
            assert purse.bound == purse.spent
            await self.budget.close(purse)

    async def pass_by(self, runs: int) -> None:
        async with asyncio.timeout(1_000), asyncio.TaskGroup() as group:
            for number in range(runs):
                group.create_task(self.carry_out(f"r{number}"))
        self.check()
        in_all = sum((purse.spent for purse in self.purses.values()), Cost())
        assert self.ledger.held == in_all


CAPS = st.builds(
    Cap, tokens=st.none() | st.integers(1, 500), micros=st.none() | st.integers(1, 500)
)


@given(
    seed=st.integers(0, 2**32),
    caps=st.builds(Caps, run=CAPS, person_day=CAPS, workspace_month=CAPS),
    runs=st.integers(1, 4),
    delay=st.sampled_from([0, 0.3]),
)
@settings(max_examples=200)
def test_no_cap_is_ever_overrun_and_everything_ends(seed: int, caps: Caps, runs: int, delay: float):
    """Whatever requests cost, in whatever order they end or are cancelled."""
    in_virtual_time(Weather(random.Random(seed), caps, delay).pass_by(runs))


async def test_who_does_not_count_may_spend_everything() -> None:
    most = tokens(10**12)

    await FREE.reserve(most)
    assert FREE.reserve_now(most)
    FREE.settle(most, most)
