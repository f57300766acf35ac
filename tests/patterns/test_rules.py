"""Every rule decides as it is said in the room where people vote, and never by order."""

from __future__ import annotations

import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.rules import (
    Counts,
    Rule,
    leader,
    levels,
    majority,
    plurality,
    supermajority,
    threshold,
    unanimous,
)

SAFETY = levels("harmful", {"block": 2, "flag": 1}, otherwise="clear")
TWO_THIRDS = supermajority(2 / 3)
RULES = (majority, plurality, unanimous, TWO_THIRDS, supermajority(0.6))


@pytest.mark.parametrize(
    ("rule", "counts", "of", "decision"),
    [
        (majority, {"yes": 3, "no": 2}, 5, "yes"),
        (majority, {"yes": 2, "no": 2, "perhaps": 1}, 5, None),
        (majority, {"yes": 2, "no": 2}, 4, None),
        (majority, {"yes": 2}, 5, None),
        (majority, {"yes": 1.4, "no": 1.3}, 2.7, "yes"),
        (plurality, {"yes": 2, "no": 1, "perhaps": 1}, 5, "yes"),
        (plurality, {"yes": 2, "no": 2, "perhaps": 1}, 5, None),
        (plurality, {}, 5, None),
        (unanimous, {"yes": 3}, 3, "yes"),
        (unanimous, {"yes": 2}, 3, None),
        (unanimous, {"yes": 2, "no": 1}, 3, None),
        (TWO_THIRDS, {"yes": 2, "no": 1}, 3, "yes"),
        (TWO_THIRDS, {"yes": 5, "no": 4}, 9, None),
        (supermajority(0.6), {"yes": 3, "no": 2}, 5, "yes"),
        (supermajority(0.6), {"yes": 0.1 + 0.2 + 0.3, "no": 0.4}, 1, "yes"),
        (threshold({"block": 2, "flag": 1}), {"flag": 2, "block": 1}, 3, "flag"),
        (threshold({"block": 2, "flag": 1}), {"flag": 1, "block": 2}, 3, "block"),
        (threshold({"block": 2}), {"flag": 2}, 3, None),
        (threshold({"clear": 3}, otherwise="flag"), {"clear": 2}, 3, "flag"),
        (SAFETY, {"harmless": 2, "harmful": 1}, 3, "flag"),
        (SAFETY, {"harmless": 1, "harmful": 2}, 3, "block"),
        (SAFETY, {"harmless": 3}, 3, "clear"),
    ],
)
def test_a_rule_decides(rule: Rule, counts: Counts, of: float, decision: str | None):
    assert rule(counts, of) == decision


@pytest.mark.parametrize("share", [0, 0.5, 1.01])
def test_a_supermajority_that_two_choices_could_have_is_refused(share: float):
    with pytest.raises(ValueError, match="more than half"):
        supermajority(share)


def test_nobody_leads_where_nobody_voted():
    assert leader({}) is None
    assert leader({"yes": 0, "no": 0}) is None
    assert leader({"yes": 1}) == "yes"


votes = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9))


@given(votes, st.integers(0, 5), st.sampled_from(RULES), st.randoms())
def test_the_order_in_which_choices_are_counted_decides_nothing(
    counts: dict[str, int], silent: int, rule: Rule, dice: random.Random
):
    of = sum(counts.values()) + silent
    names = list(counts)
    dice.shuffle(names)

    assert rule({name: counts[name] for name in names}, of) == rule(counts, of)


@given(votes, st.integers(0, 5), st.sampled_from(RULES))
def test_who_wins_has_more_votes_than_anybody_else(counts: dict[str, int], silent: int, rule: Rule):
    winner = rule(counts, sum(counts.values()) + silent)

    assert winner is None or winner == leader(counts)


@pytest.mark.parametrize(("least", "miss", "alarm"), [(1, 0.008, 0.143), (2, 0.104, 0.007)])
def test_so_many_of_three_voters_miss_and_raise_false_alarms_as_binomials_say(
    least: int, miss: float, alarm: float
):
    """One voter misses harm in 20 of 100 cases, and sees it in 5 where there is none."""
    dice = random.Random(1)
    rule = levels("harmful", {"harmful": least}, otherwise="harmless")

    def share(harmful: float, decision: str, panels: int = 100_000) -> float:
        draw = dice.random
        seen = (sum([draw() < harmful, draw() < harmful, draw() < harmful]) for _ in range(panels))
        return sum(rule({"harmful": n}, 3) == decision for n in seen) / panels

    assert share(0.8, "harmless") == pytest.approx(miss, abs=0.01)
    assert share(0.05, "harmful") == pytest.approx(alarm, abs=0.01)
    assert miss == pytest.approx(at_most(least - 1, 0.8), abs=0.001)
    assert alarm == pytest.approx(1 - at_most(least - 1, 0.05), abs=0.001)


def at_most(votes: int, p: float, of: int = 3) -> float:
    return sum(comb(of, n) * p**n * (1 - p) ** (of - n) for n in range(votes + 1))
