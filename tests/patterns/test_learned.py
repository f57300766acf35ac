"""What people's verdicts teach, and that it is used only where it was measured to help."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.learned import (
    ENOUGH,
    ENOUGH_TO_CALIBRATE,
    UNLEARNED,
    Cast,
    Learned,
    RatedClaim,
    correlation,
    independent,
    learn,
    reliability,
    sharpened,
)

SEATS = ("Skeptic", "Advocate", "Neutral reader", "Numbers and dates", "Second neutral reader")


def claim(
    votes: Sequence[bool], sure: Sequence[float] = (), named: bool = True, turn: int = 0
) -> RatedClaim:
    """*votes* that are right or not, of the seats in order; the first of them has role *turn*."""
    sure = sure or [0.5] * len(votes)
    cast = (
        Cast(seat, "true" if right else "false", c)
        for seat, right, c in zip(seated(turn), votes, sure, strict=False)
    )
    return RatedClaim(votes=tuple(cast), truth="true", named="true" if named else "false")


def seated(turn: int) -> Sequence[str]:
    return (*SEATS[turn % 5 :], *SEATS[: turn % 5])


def confident(dice: random.Random, votes: Sequence[bool], edge: float) -> list[float]:
    """Normal, with a spread of .1; those of right votes are *edge* higher."""
    return [min(1, max(0, dice.gauss(0.6 + edge * right, 0.1))) for right in votes]


#: An edge at which confidence tells right from wrong with an AUROC of .69.
EDGE = 0.07


def history(
    claims: int, right: Sequence[float] = (0.7,) * 5, edge: float = 0.0, seed: int = 1
) -> list[RatedClaim]:
    """*right* is by role; another role sits first on each claim."""
    dice = random.Random(seed)
    rated: list[RatedClaim] = []
    for turn in range(claims):
        able = [right[SEATS.index(seat)] for seat in seated(turn)]
        votes = [dice.random() < p for p in able]
        sure = confident(dice, votes, edge)
        rated.append(claim(votes, sure, named=sum(votes) > 2, turn=turn))
    return rated


def stopped(rated: RatedClaim) -> RatedClaim:
    """As it is kept of a panel that stopped once three agreed."""
    votes = rated.votes
    told = next(
        (n for n in (3, 4) if 3 in Counter(vote.choice for vote in votes[:n]).values()), len(votes)
    )
    return replace(rated, votes=votes[:told])


def mixed(claims: int, seed: int = 1) -> list[RatedClaim]:
    """Voters that are equals, on claims that are easy for all of them, or hard for all."""
    dice = random.Random(seed)
    rated: list[RatedClaim] = []
    for turn in range(claims):
        p = dice.choices((0.97, 0.7, 0.45), (7, 2, 1))[0]
        votes = [dice.random() < p for _ in SEATS]
        rated.append(stopped(claim(votes, named=sum(votes) > 2, turn=turn)))
    return rated


def accuracy(
    learned: Learned, right: Sequence[float] = (0.7,) * 5, edge: float = 0.0, panels: int = 20_000
) -> float:
    """How often more than half of the weight of five votes is on the right side."""
    dice = random.Random(2)
    won = 0
    for _ in range(panels):
        votes = [dice.random() < p for p in right]
        sure = confident(dice, votes, edge)
        weights = [learned.weight(seat, c) for seat, c in zip(SEATS, sure, strict=True)]
        for_it = sum(weight for weight, vote in zip(weights, votes, strict=True) if vote)
        won += for_it * 2 > sum(weights)
    return won / panels


def test_who_has_learned_nothing_counts_every_vote_once():
    assert learn([]) == UNLEARNED
    assert UNLEARNED.weight("Skeptic", 0.1) == UNLEARNED.weight("Advocate", 0.9) == 1


@pytest.mark.parametrize(("rated", "used"), [(ENOUGH - 1, False), (ENOUGH, True)])
def test_weights_are_used_from_fifty_rated_claims_on(rated: int, used: bool):
    learned = learn(history(rated))

    assert learned.rated == rated
    assert bool(learned.weights) is used
    assert (learned.effective is not None) is used
    assert set(learned.accuracy) == set(SEATS)
    assert sum(learned.votes.values()) == 3 * rated


def test_a_seat_starts_as_one_that_is_right_in_eight_of_ten():
    assert reliability(0, 0) == pytest.approx(1.386, abs=0.001)
    assert reliability(90, 10) > reliability(70, 30) > reliability(50, 50)


def test_no_record_makes_a_seat_count_nothing_or_everything():
    assert reliability(0, 1000) == 0.3
    assert reliability(1000, 0) == 3.0


def test_a_seat_without_a_history_is_taken_for_a_usual_one():
    learned = learn(history(60))

    assert learned.weight("Poet", 0.5) == learned.weight("Poet 2", 0.5) == reliability(0, 0)


def test_the_second_seat_of_a_role_is_taken_for_its_first():
    """It never sits in a first wave, so it has no record."""
    learned = learn(history(60, (0.9, 0.6, 0.7, 0.7, 0.7)))

    assert learned.weight("Skeptic 2", 0.5) == learned.weights["Skeptic"] != reliability(0, 0)


def test_a_good_voter_among_mediocre_ones_is_found_and_weighs_more():
    right = (0.9, 0.65, 0.65, 0.65, 0.65)
    learned = learn(history(300, right))

    assert accuracy(UNLEARNED, right) == pytest.approx(0.841, abs=0.006)
    assert accuracy(learned, right) >= 0.89


@pytest.mark.parametrize("seed", range(3))
def test_voters_that_are_equals_get_equal_weights_though_the_last_are_asked_of_disputed_claims(
    seed: int,
):
    learned = learn(mixed(2_000, seed))
    weights = learned.weights.values()

    assert set(learned.weights) == set(SEATS)
    assert max(weights) - min(weights) <= 0.35
    assert accuracy(learned) == pytest.approx(accuracy(UNLEARNED), abs=0.003)


def test_what_was_asked_because_others_disagreed_is_nobodys_record():
    rated = learn([claim([True, True, False, False, False])] * 60)

    assert rated.votes == dict.fromkeys(SEATS[:3], 60)
    assert rated.accuracy == dict(zip(SEATS, (1, 1, 0), strict=False))


def test_the_best_voter_is_found_in_panels_that_stopped_early():
    right = (0.65, 0.65, 0.65, 0.65, 0.9)
    learned = learn([stopped(each) for each in history(500, right)])

    assert max(learned.weights, key=learned.weights.__getitem__) == SEATS[4]
    assert accuracy(learned, right) >= 0.89


def test_confidence_that_tells_right_from_wrong_weighs():
    learned = learn(history(600, edge=EDGE, seed=3))

    assert learned.by_confidence
    assert learned.auroc == pytest.approx(0.69, abs=0.03)
    assert accuracy(UNLEARNED, edge=EDGE) == pytest.approx(0.84, abs=0.006)
    assert accuracy(Learned(by_confidence=True), edge=EDGE) >= 0.87
    assert accuracy(learned, edge=EDGE) >= 0.87


@pytest.mark.parametrize("seed", range(10))
def test_confidence_that_tells_nothing_never_weighs(seed: int):
    learned = learn(history(400, seed=seed))

    assert not learned.by_confidence
    assert learned.auroc == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("p", [0.95, 0.98])
def test_a_few_claims_on_which_voters_differ_never_open_the_gate(p: float):
    """Of sixty claims nearly all are of one mind: the rest can look like anything."""
    opened = sum(learn(history(60, (p,) * 5, seed=seed)).by_confidence for seed in range(200))

    assert opened == 0


def test_without_the_gate_such_confidence_would_cost_three_points_and_with_it_nothing():
    gated = Learned(by_confidence=learn(history(400)).by_confidence)

    assert accuracy(gated) == pytest.approx(accuracy(UNLEARNED), abs=0.003)
    assert accuracy(Learned(by_confidence=True)) < accuracy(UNLEARNED) - 0.02


def pairs(won: int, lost: int) -> list[RatedClaim]:
    """Claims of one right and one wrong voter each; in so many the right one was surer."""
    return [
        *[claim([True, False], [0.9, 0.5])] * won,
        *[claim([True, False], [0.5, 0.9])] * lost,
    ]


@pytest.mark.parametrize(
    ("claims", "on"),
    [
        (pairs(33, 17), True),  # .66
        (pairs(32, 18), False),  # .64: never on
        (pairs(49, 0), False),  # too few
        ([*pairs(33, 17), *pairs(0, 4)], True),  # .61: stays on
        ([*pairs(33, 17), *pairs(0, 6)], False),  # .59: off
        ([*pairs(33, 17), *pairs(0, 6), *pairs(4, 0)], False),  # .62: stays off
        ([*pairs(33, 17), *pairs(0, 6), *pairs(10, 0)], True),  # .65: on again
        ([claim([True, True])] * 80, False),  # nobody was wrong
        ([*[claim([True, True])] * 80, *pairs(49, 0)], False),  # too few of them say anything
        ([*[claim([True, True])] * 80, *pairs(50, 0)], True),
    ],
)
def test_the_gate_goes_on_late_and_off_late(claims: list[RatedClaim], on: bool):
    assert learn(claims).by_confidence is on


def together(rho: float, claims: int, seed: int = 1, p: float = 0.7) -> list[RatedClaim]:
    """Five voters a claim, right with a probability that is drawn anew for each (beta-binomial)."""
    dice = random.Random(seed)
    strength = 1 / rho - 1
    rated: list[RatedClaim] = []
    for _ in range(claims):
        chance = dice.betavariate(p * strength, (1 - p) * strength)
        rated.append(claim([dice.random() < chance for _ in SEATS]))
    return rated


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("rho", [0.1, 0.3, 0.45])
def test_what_voters_have_in_common_is_recovered(rho: float, seed: int):
    assert correlation(together(rho, 2_000, seed)) == pytest.approx(rho, abs=0.06)


def test_stopping_early_does_not_look_like_agreement():
    """Who was asked only because others disagreed is left out of it."""
    full = together(0.3, 2_000)

    assert correlation([stopped(each) for each in full]) == correlation(full)


def test_what_was_never_wrong_or_never_together_has_no_correlation():
    assert correlation([]) is None
    assert correlation([claim([True])] * 60) is None
    assert correlation([claim([True] * 3)] * 60) is None
    assert correlation([claim([True] * 3), claim([False] * 3)] * 30) == 1


def test_voters_that_err_together_are_worth_few():
    assert independent(9, 0.44) == pytest.approx(2, abs=0.01)
    assert independent(5, 0) == 5
    assert independent(5, 1) == 1
    assert learn(together(0.3, 2_000)).effective == pytest.approx(5 / 2.2, abs=0.25)


def test_there_is_no_percentage_before_two_hundred_claims_were_rated():
    claims = history(ENOUGH_TO_CALIBRATE)

    assert learn(claims[1:]).calibrated == {}
    assert learn(claims).calibrated


def test_a_share_that_came_up_a_few_times_has_no_percentage_either():
    claims = [*[claim([True] * 5)] * 190, *[claim([True, True, True, False, False])] * 10]

    assert learn(claims).calibrated == {10: 100}


def test_shares_are_of_all_seats_as_cards_show_them():
    """Three votes that agree decide a panel of five: its card says "3 of 5"."""
    assert learn([claim([True] * 3)] * 200).calibrated == {6: round(100 * 212 / 220)}


def test_twenty_claims_stand_behind_a_share_that_people_do_not_confirm():
    claims = [claim([False] * 4 + [True], named=False)] * 200

    assert learn(claims).calibrated == {8: round(100 * 16 / 220)}


def test_calibrated_shares_are_what_people_say():
    """Some claims are misconceptions that most voters share: shares alone promise too much."""
    dice = random.Random(3)

    def drawn(claims: int) -> list[RatedClaim]:
        rated: list[RatedClaim] = []
        for _ in range(claims):
            p = 0.25 if dice.random() < 0.15 else 0.85
            votes = [dice.random() < p for _ in SEATS]
            rated.append(claim(votes, named=sum(votes) > 2))
        return rated

    calibrated, fresh = learn(drawn(400)).calibrated, drawn(20_000)
    error = 0.0
    for tenths, percent in calibrated.items():
        shown = [c for c in fresh if tenths == _agreed(c)]
        agreed = sum(c.named == c.truth for c in shown) / len(shown)
        error += abs(agreed - percent / 100) * len(shown) / len(fresh)

    assert set(calibrated) == {6, 8, 10}
    assert error <= 0.05


def _agreed(rated: RatedClaim) -> int:
    return round(sum(v.choice == rated.named for v in rated.votes) / len(rated.votes) * 10)


def test_sharpened_confidence_is_a_softmax_but_for_its_sum():
    assert sharpened(1) == 1
    assert sharpened(0.8) == pytest.approx(sharpened(1) / 2.718, abs=0.001)


@given(
    st.lists(
        st.builds(
            claim,
            st.lists(st.booleans(), min_size=1, max_size=5),
            named=st.booleans(),
        ),
        max_size=260,
    )
)
def test_whatever_was_rated_weights_and_percentages_keep_their_bounds(claims: list[RatedClaim]):
    learned = learn(claims)

    assert all(0.3 <= weight <= 3 for weight in learned.weights.values())
    assert all(0 <= percent <= 100 for percent in learned.calibrated.values())
    assert learned.rho is None or 0 <= learned.rho <= 1
    assert learned.effective is None or 1 <= learned.effective <= 5
    for seat in SEATS:
        assert 0 < learned.weight(seat, 0.5) <= learned.most(seat)
