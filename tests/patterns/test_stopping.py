"""Stopping early changes nothing, and saves what was promised."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.rules import Rule, levels, majority, plurality, supermajority, unanimous
from patterns.stopping import MOST_COMPLETIONS, posterior, settled, waves
from tests.patterns.panels import LABELS, Outcome, adaptive, ballots

SAFETY = levels("true", {"block": 2, "flag": 1}, otherwise="clear")


def two_sided(counts: Mapping[str, float], of: float, /) -> str | None:
    """A rule with a word for a split, as panels on claims have."""
    split = min(counts.get("true", 0), counts.get("false", 0)) >= 2
    return majority(counts, of) or ("split" if split else None)


RULES: Sequence[Rule] = (
    majority,
    plurality,
    unanimous,
    supermajority(2 / 3),
    SAFETY,
    two_sided,
)


@pytest.mark.parametrize(
    ("counts", "probability"),
    [((4, 0, 0), 0.971), ((3, 0, 0), 0.938), ((5, 1, 0), 0.947), ((4, 1, 0), 0.902)],
)
def test_the_posterior_is_the_integral_from_the_literature(
    counts: tuple[int, ...], probability: float
):
    assert posterior(counts) == pytest.approx(probability, abs=0.0005)


def test_with_a_flat_prior_four_of_four_are_not_sure():
    assert posterior((4, 0, 0), prior=1) == pytest.approx(0.942, abs=0.001)


@pytest.mark.parametrize(("top", "second"), [(0, 0), (1, 0), (3, 1), (5, 2), (9, 6), (40, 30)])
def test_of_two_choices_the_posterior_is_a_beta_tail(top: int, second: int):
    """P(X > Y) of two Gammas, by drawing them."""
    dice = random.Random(7)
    drawn = [
        dice.gammavariate(top + 0.5, 1) > dice.gammavariate(second + 0.5, 1) for _ in range(20_000)
    ]

    assert posterior((top, second)) == pytest.approx(sum(drawn) / len(drawn), abs=0.011)


def test_equal_choices_share_the_posterior():
    for choices in range(2, 7):
        assert posterior([3] * choices) == pytest.approx(1 / choices, abs=1e-4)


def test_a_prior_that_is_not_integrated_is_refused():
    with pytest.raises(ValueError, match="prior"):
        posterior((3, 1), prior=0.4)


@given(st.integers(0, 20), st.lists(st.integers(0, 20), min_size=1, max_size=5))
def test_one_more_vote_for_the_top_makes_it_surer(more: int, others: list[int]):
    top = max(others) + more

    assert posterior([top + 1, *others]) > posterior([top, *others]) - 1e-9
    assert posterior([*others, top]) == posterior([top, *others])
    assert 0 < posterior([top, *others]) <= 1


@pytest.mark.parametrize(
    ("size", "asked"),
    [
        (1, (1,)),
        (2, (2,)),
        (3, (2, 3)),
        (4, (3, 4)),
        (5, (3, 4, 5)),
        (6, (4, 6)),
        (9, (4, 6, 8, 9)),
        (15, (4, 6, 8, 10, 12, 14, 15)),
    ],
)
def test_waves_are_what_can_decide_and_then_a_few_at_a_time(size: int, asked: tuple[int, ...]):
    assert waves(size) == asked


def test_a_panel_without_seats_has_no_waves():
    with pytest.raises(ValueError, match="at least one seat"):
        waves(0)


@pytest.mark.parametrize(
    ("rule", "counts", "left", "over"),
    [
        (majority, {"true": 3}, 2, True),
        (majority, {"true": 2}, 3, False),
        (majority, {"true": 2, "false": 1}, 2, False),
        (majority, {"true": 1, "false": 1, "unclear": 1}, 2, False),
        (majority, {"true": 1, "false": 1, "unclear": 1, "other": 1}, 1, True),
        (two_sided, {"true": 2, "false": 1, "unclear": 1}, 1, False),
        (plurality, {"true": 2, "false": 1}, 1, False),
        (plurality, {"true": 3, "false": 1}, 1, True),
        (unanimous, {"true": 1, "false": 1}, 3, True),
        (SAFETY, {"true": 2}, 1, True),
        (SAFETY, {"true": 1}, 1, False),
    ],
)
def test_settled_is_what_nobody_can_change(
    rule: Rule, counts: Mapping[str, float], left: int, over: bool
):
    of = sum(counts.values()) + left

    assert settled(rule, counts, [1] * left, LABELS, of) is over


def test_weights_of_open_seats_count():
    counts = {"true": 2.0, "false": 0.5}

    assert settled(majority, counts, [0.7, 0.7], LABELS, 3.9)
    assert not settled(majority, counts, [0.7, 0.9], LABELS, 4.1)


def test_eleven_open_seats_are_not_too_many_but_what_is_too_much_is_not_settled():
    weights = [1 + n / 100 for n in range(6)]

    assert settled(majority, {"true": 12}, [1] * 11, (*LABELS, "other"), 23)
    assert MOST_COMPLETIONS < 4**6
    assert not settled(majority, {"true": 99}, weights, LABELS, 99 + sum(weights))


def every(counts: Mapping[str, float], left: Sequence[float]) -> list[Mapping[str, float]]:
    """All completions, one by one; a seat may stay silent."""
    completed: list[Mapping[str, float]] = []
    for votes in product((*LABELS, None), repeat=len(left)):
        total = dict(counts)
        for vote, weight in zip(votes, left, strict=True):
            if vote:
                total[vote] = total.get(vote, 0) + weight
        completed.append(total)
    return completed


@given(
    st.dictionaries(st.sampled_from(LABELS), st.integers(0, 5)),
    st.lists(st.sampled_from([0.5, 1.0, 2.0]), max_size=4),
    st.sampled_from(RULES),
)
def test_what_is_settled_no_completion_changes_and_what_is_not_some_does(
    counts: dict[str, int], left: list[float], rule: Rule
):
    of = sum(counts.values()) + sum(left)
    decisions = {rule(completed, of) for completed in every(counts, left)}

    assert settled(rule, counts, left, LABELS, of) == (len(decisions) == 1)


def test_five_voters_are_asked_less_than_four_times_and_say_the_same_as_five():
    seeds = range(10_000)
    panels = [ballots(seed, 5, 0.8) for seed in seeds]
    asked = [adaptive(votes) for votes in panels]

    assert sum(outcome.calls for outcome in asked) / len(seeds) <= 3.75
    assert [o.winner for o in asked] == [majority(Counter(votes), 5) for votes in panels]


@pytest.mark.parametrize(("p", "calls", "rounds"), [(0.8, 6.0, 2.05), (0.95, 4.6, 1.3)])
def test_nine_voters_are_asked_six_times_in_two_rounds_and_err_no_more(
    p: float, calls: float, rounds: float
):
    panels = [ballots(seed, 9, p) for seed in range(4_000)]
    asked = [adaptive(votes, sure=0.95) for votes in panels]
    fixed = [majority(Counter(votes), 9) for votes in panels]
    right, right_fixed = (
        sum(winner == "true" for winner in winners) / len(panels)
        for winners in ([outcome.winner for outcome in asked], fixed)
    )

    assert sum(outcome.calls for outcome in asked) / len(panels) <= calls
    assert sum(outcome.rounds for outcome in asked) / len(panels) <= rounds
    assert right >= right_fixed - 0.003


def test_a_panel_that_may_abstain_is_right_when_it_speaks():
    """Seven voters, each right in 70 of 100 cases, that keep silent below P(top) = .75."""
    said: list[bool] = []
    seeds = range(4_000)
    for seed in seeds:
        votes = ballots(seed, 7, 0.7)
        outcome = adaptive(votes, sure=0.95)
        counts = Counter(votes[: outcome.calls])
        if outcome.winner and posterior([counts[label] for label in LABELS]) >= 0.75:
            said.append(outcome.winner == "true")

    assert sum(said) / len(said) >= 0.975
    assert len(said) / len(seeds) >= 0.72


def test_a_split_of_two_two_and_one_names_nobody():
    votes = ["true", "false", "unclear", "true", "false"]

    assert adaptive(votes) == Outcome(None, 5, 3)
