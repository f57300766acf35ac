"""A panel is asked until its decision cannot change: what is not needed is not asked."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.branches import Branch, Gap, Said
from patterns.canvassing import NOT_ASKED, Tally, canvass
from patterns.errors import BudgetSpent, ModelDenied, ModelUnavailable, QuorumMissed
from patterns.events import BranchDone, Planned
from patterns.rules import levels, majority, plurality, unanimous
from patterns.testing import ListSink
from tests.fakes.virtual_time import in_virtual_time
from tests.patterns.panels import LABELS, adaptive, ballots

#: What a seat does: its vote, or the error it ends with.
Vote = str | Exception

SAFETY = levels("true", {"block": 2, "flag": 1}, otherwise="clear")


class Panel:
    """Seats that vote as given, after so many seconds each; *cancelled* are those cut short."""

    def __init__(self, *votes: Vote, delays: Sequence[float] = ()) -> None:
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self._delays = delays or [1.0] * len(votes)
        self.seats = [self._seat(n, vote) for n, vote in enumerate(votes)]

    def _seat(self, number: int, vote: Vote) -> Branch[str]:
        key = f"voter-{number + 1}"

        async def work() -> str:
            self.asked.append(key)
            try:
                await asyncio.sleep(self._delays[number])
            except asyncio.CancelledError:
                self.cancelled.append(key)
                raise
            if isinstance(vote, Exception):
                raise vote
            return vote

        return Branch(key=key, title=f"Seat {number + 1}", work=work)

    def canvass(self, size: int = 0, sink: ListSink | None = None, **options: Any) -> Tally[str]:
        return in_virtual_time(self.started(size, sink, **options))

    async def started(
        self, size: int = 0, sink: ListSink | None = None, **options: Any
    ) -> Tally[str]:
        said = {"choices": LABELS, "choice": str, "describe": Said, **options}
        return await canvass(self.seats, sink or ListSink(), size=size or len(self.seats), **said)


def lost(why: str = "no line") -> ModelUnavailable:
    return ModelUnavailable(why)


def test_three_of_five_that_agree_are_enough():
    sink = ListSink()
    panel = Panel("true", "true", "true", "false", "false")

    tally = panel.canvass(sink=sink)

    assert tally == Tally(
        winner="true",
        counts={"true": 3},
        ballots={"voter-1": "true", "voter-2": "true", "voter-3": "true"},
        gaps=(),
        spared=("voter-4", "voter-5"),
        rounds=1,
    )
    assert panel.asked == ["voter-1", "voter-2", "voter-3"]
    planned = [event for event in sink.events if isinstance(event, Planned)]
    assert [[branch.key for branch in plan.branches] for plan in planned] == [
        [f"voter-{n}" for n in range(1, 6)]
    ]
    assert sink.events[-2:] == [
        BranchDone(branch="voter-4", headline=NOT_ASKED),
        BranchDone(branch="voter-5", headline=NOT_ASKED),
    ]


def test_one_more_is_asked_while_it_is_open():
    panel = Panel("true", "false", "true", "true", "false")

    tally = panel.canvass()

    assert (tally.winner, tally.counts) == ("true", {"true": 3, "false": 1})
    assert tally.spared == ("voter-5",)


def test_a_split_of_two_two_and_one_names_nobody():
    tally = Panel("true", "false", "unclear", "true", "false").canvass()

    assert tally.winner is None
    assert tally.asked == 5
    assert tally.spared == ()


def test_four_different_voices_need_no_fifth():
    panel = Panel("true", "false", "unclear", "other", "true")

    tally = panel.canvass(choices=(*LABELS, "other"))

    assert tally.winner is None
    assert tally.spared == ("voter-5",)


def test_what_is_settled_within_a_wave_ends_what_is_still_out():
    """Of nine, five that agree decide: the slow sixth is ended, not waited for."""
    sink = ListSink()
    panel = Panel(*["true"] * 9, delays=[1, 1, 1, 1, 1, 50, 1, 1, 1])

    tally = panel.canvass(sink=sink)

    assert tally.winner == "true"
    assert panel.cancelled == ["voter-6"]
    assert tally.spared == ("voter-6", "voter-7", "voter-8", "voter-9")
    assert [e.branch for e in sink.events if isinstance(e, BranchDone)].count("voter-6") == 1


def test_the_next_wave_does_not_wait_for_a_voter_who_cannot_settle_it():
    """After a yes and a no, the slow third of five decides nothing alone: the fourth is asked."""
    panel = Panel("true", "false", "true", "true", "true", delays=[1, 1, 10, 1, 1])

    async def main() -> tuple[Tally[str], float]:
        return await panel.started(), asyncio.get_running_loop().time()

    tally, seconds = in_virtual_time(main())

    assert (tally.winner, tally.spared) == ("true", ("voter-5",))
    assert seconds == 10


def test_a_large_panel_may_stop_when_it_is_all_but_sure():
    panel = Panel(*["true"] * 9)

    tally = panel.canvass(sure=0.95)

    assert (tally.winner, tally.counts, tally.rounds) == ("true", {"true": 4}, 1)
    assert len(tally.spared) == 5


def test_two_lost_voters_are_replaced_from_the_reserve():
    sink = ListSink()
    panel = Panel(lost(), "true", lost("busy"), "false", "true", "false", "true")

    tally = panel.canvass(5, sink)

    assert tally.winner is None or tally.counts[tally.winner] >= 3
    assert list(tally.ballots) == ["voter-2", "voter-4", "voter-5", "voter-6", "voter-7"]
    assert tally.winner == "true"
    assert tally.gaps == (Gap("voter-1", "Seat 1", "no line"), Gap("voter-3", "Seat 3", "busy"))
    assert tally.spared == ()
    plans = [event for event in sink.events if isinstance(event, Planned)]
    assert [branch.key for plan in plans[1:] for branch in plan.branches] == ["voter-6", "voter-7"]


def test_a_lost_voter_that_nobody_misses_is_not_replaced():
    panel = Panel("true", "true", "true", lost(), "true", "true", delays=[2, 2, 2, 1, 1, 1])

    tally = panel.canvass(5)

    assert tally.gaps == ()
    assert "voter-6" not in panel.asked


def test_a_third_lost_voter_leaves_a_gap_that_still_counts_in_the_panel():
    """Two of the four who answered are no majority of five."""
    panel = Panel("true", "true", "false", lost(), lost(), lost(), "unclear")

    tally = panel.canvass(5)

    assert tally.winner is None
    assert len(tally.gaps) == 3


def test_too_few_votes_miss_the_quorum_in_one_sentence():
    panel = Panel("true", lost(), lost(), "true", lost())

    with pytest.raises(QuorumMissed) as missed:
        panel.canvass()

    assert str(missed.value) == (
        "Only 2 of 5 voters answered; 3 are needed. The first said: no line."
    )


def test_nobody_at_all_is_said_in_one_sentence():
    with pytest.raises(QuorumMissed, match=r"^None of the readers answered: no line\.$"):
        Panel(lost(), lost(), lost()).canvass(stage="readers")


def test_what_the_silent_could_not_have_changed_stands_without_a_quorum():
    """Five of nine agree, four are lost; three fifths of nine would be six."""
    panel = Panel(*[lost()] * 4, *["true"] * 5)

    assert panel.canvass().winner == "true"


def test_when_the_money_is_spent_no_reserve_is_asked():
    panel = Panel("true", "false", BudgetSpent("no money"), "true", "true", "true", "true")

    tally = panel.canvass(5)

    assert "voter-6" not in panel.asked
    assert tally.winner == "true"


def test_a_denied_model_ends_the_panel_as_what_it_is():
    panel = Panel("true", ModelDenied("The key is wrong."), "true", delays=[50, 1, 50])

    with pytest.raises(ModelDenied, match="The key is wrong"):
        panel.canvass()

    assert panel.cancelled == ["voter-1"]


def test_cancelling_the_caller_leaves_nothing_behind():
    panel = Panel("true", "true", "true", delays=[50, 50, 50])

    async def main() -> None:
        caller = asyncio.create_task(panel.started())
        await asyncio.sleep(1)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        assert asyncio.all_tasks() == {asyncio.current_task()}

    in_virtual_time(main())
    assert panel.cancelled == ["voter-1", "voter-2"]


@pytest.mark.parametrize("size", [0, 4])
def test_a_panel_without_a_branch_for_each_seat_is_refused(size: int):
    panel = Panel("true", "true", "true")
    panel.seats = panel.seats[: size and 3]

    with pytest.raises(ValueError, match="a branch for each"):
        panel.canvass(size)


def test_two_seats_with_one_key_are_refused():
    panel = Panel("true", "true")
    panel.seats[1] = panel.seats[0]

    with pytest.raises(ValueError, match="same key"):
        panel.canvass()

    assert panel.asked == []


def test_voters_can_abstain():
    """An abstention is a choice: it takes part in the quorum and is on nobody's side."""
    assert Panel("true", "unclear", "unclear", "unclear", "true").canvass().winner == "unclear"
    assert Panel("true", "true", "unclear", "unclear", "false").canvass().winner is None


@pytest.mark.parametrize(
    ("rule", "votes", "winner", "asked"),
    [
        (unanimous, ("true", "false", "true"), None, 2),
        (unanimous, ("true", "true", "true"), "true", 3),
        (plurality, ("true", "false", "unclear", "true", "unclear"), None, 5),
        (plurality, ("true", "false", "unclear", "true", "true"), "true", 5),
        (
            levels("true", {"block": 2, "flag": 1}, otherwise="clear"),
            ("true", "true", "false"),
            "block",
            2,
        ),
        (levels("true", {"block": 2, "flag": 1}, otherwise="clear"), ("false",) * 3, "clear", 3),
    ],
)
def test_any_rule_can_decide(rule: Any, votes: tuple[str, ...], winner: str | None, asked: int):
    panel = Panel(*votes)

    tally = panel.canvass(rule=rule)

    assert tally.winner == winner
    assert len(panel.asked) == asked


WEIGHTS = {"voter-1": 2.5, "voter-2": 0.5, "voter-3": 0.5, "voter-4": 0.5, "voter-5": 0.5}


def test_a_heavy_voice_outweighs_light_ones_and_is_enough_alone():
    panel = Panel("true", "false", "false", "false", "false")

    tally = panel.canvass(weight=lambda key, _: WEIGHTS[key], most=lambda key: WEIGHTS[key])

    assert (tally.winner, dict(tally.counts)) == ("true", {"true": 1, "false": 2})
    assert len(panel.asked) == 3


def test_weighed_votes_whose_bounds_nobody_knows_are_all_asked():
    panel = Panel("true", "true", "true", "false", "false")

    tally = panel.canvass(weight=lambda key, _: WEIGHTS[key])

    assert tally.winner == "true"
    assert len(panel.asked) == 5


def test_a_silent_seat_weighs_what_others_do():
    """2 of 2 + 1 + the silent one's 1.5 is less than half, 2.5 of it is more."""

    def winner(heavy: float) -> str | None:
        panel = Panel("true", "false", lost())
        return panel.canvass(weight=lambda _, vote: heavy if vote == "true" else 1).winner

    assert winner(2) is None
    assert winner(3.5) == "true"


orders = st.lists(st.sampled_from(LABELS), min_size=1, max_size=5)


@given(orders, st.randoms(use_true_random=False), st.sampled_from([majority, plurality, unanimous]))
def test_who_answers_first_never_decides(votes: list[str], dice: random.Random, rule: Any):
    delays = [dice.choice([1.0, 2.0, 3.0]) for _ in votes]

    tally = Panel(*votes, delays=delays).canvass(rule=rule)

    assert tally.winner == rule(Counter(votes), len(votes))


@pytest.mark.parametrize("failing", [(0,), (1, 3), (0, 1, 2)])
def test_who_fails_first_never_decides_either(failing: tuple[int, ...]):
    """Five seats and two reserves, some of which fail, in many orders of arrival."""
    votes = ["true", "false", "true", "false", "true", "true", "false"]
    said: list[Vote] = [lost() if n in failing else vote for n, vote in enumerate(votes)]

    winners = {
        Panel(*said, delays=[*delays, 1, 1]).canvass(5).winner
        for delays in list(permutations([1, 2, 3, 4, 5]))[::7]
    }

    assert len(winners) == 1


@pytest.mark.parametrize("failing", [(0,), (1, 3), (0, 1, 2)])
def test_nor_where_votes_weigh_and_a_reserve_weighs_more_than_who_it_sits_in_for(
    failing: tuple[int, ...],
):
    votes = ["true", "false", "true", "false", "true", "true", "false"]
    heavy = {f"voter-{n}": w for n, w in enumerate((1.4, 0.3, 2.0, 0.7, 0.3, 3.0, 3.0), start=1)}
    said: list[Vote] = [lost() if n in failing else vote for n, vote in enumerate(votes)]

    tallies = [
        Panel(*said, delays=[*delays, 1, 1]).canvass(5, weight=lambda key, _: heavy[key])
        for delays in list(permutations([1, 2, 3, 4, 5]))[::7]
    ]

    assert len({tally.winner for tally in tallies}) == 1
    assert all(tally.spared == () for tally in tallies)


def test_weighed_votes_whose_bounds_nobody_knows_are_asked_for_at_once():
    """No answer could spare another: to wait for one would be for nothing."""

    async def elapsed() -> float:
        clock = asyncio.get_running_loop()
        start = clock.time()
        await Panel(*["true"] * 5).started(weight=lambda key, _: WEIGHTS[key])
        return clock.time() - start

    assert in_virtual_time(elapsed()) == 1


def delays(seed: int, size: int) -> list[float]:
    dice = random.Random(-seed)
    return [dice.uniform(1, 30) for _ in range(size)]


@pytest.mark.parametrize(("size", "p", "sure"), [(5, 0.8, None), (7, 0.7, None), (9, 0.8, 0.95)])
def test_it_asks_whom_the_stopping_rules_ask_and_nobody_else(
    size: int, p: float, sure: float | None
):
    """On panels whose answers come in any order. How few that is, `test_stopping` tells."""
    for seed in range(150):
        votes = ballots(seed, size, p)
        panel = Panel(*votes, delays=delays(seed, size))

        winner = panel.canvass(sure=sure).winner

        expected = adaptive(votes, sure)
        assert (winner, len(panel.asked)) == (expected.winner, expected.calls)


def test_what_was_answered_before_is_not_asked_again_on_the_next_attempt():
    """Answers come back at once from memory: the same seats are asked, and it decides the same."""
    votes = ballots(3, 5, 0.5)
    first = Panel(*votes, delays=delays(3, 5)).canvass()
    kept: Mapping[str, str] = first.ballots

    again = Panel(*votes, delays=[0 if f"voter-{n}" in kept else 30 for n in range(1, 6)])
    second = again.canvass()

    assert second.winner == first.winner
    assert set(again.asked) == set(kept)
