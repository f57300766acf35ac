"""Costs, caps as people write them, and how what is left is divided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runs.money import (
    NO_CAP,
    Cap,
    Caps,
    Claim,
    Cost,
    Held,
    Others,
    Span,
    dollars,
    grant,
    read_cap,
)
from patterns.recipes.factcheck import foresee
from patterns.task import Depth, Task
from patterns.usage import Usage
from tests.runs.fakes import request


def claim(bound: int, least: int, wanted: int) -> Claim:
    return Claim(
        spent=Cost(),
        bound=Cost(tokens=bound),
        least=Cost(tokens=least),
        wanted=Cost(tokens=wanted),
    )


def others(held: int, idle: int = 0) -> Others:
    return Others(held=Cost(tokens=held), idle=Cost(tokens=idle))


def day(tokens: int) -> Caps:
    return Caps(run=NO_CAP, person_day=Cap(tokens=tokens), workspace_month=NO_CAP)


def test_costs_are_compared_and_limited_in_tokens_and_dollars_each():
    one, other = Cost(tokens=5, micros=1), Cost(tokens=2, micros=7)

    assert one.at_least(other) == Cost(tokens=5, micros=7)
    assert Cap(tokens=3).limit(one) == Cost(tokens=3, micros=1)
    assert Cap(micros=3).limit(other) == Cost(tokens=2, micros=3)
    assert NO_CAP.limit(one) == one


def test_a_claim_is_more_by_what_its_run_forgot_and_never_less():
    asked = claim(bound=10, least=20, wanted=30)

    more = asked.after(Cost(tokens=7))

    assert (more.spent.tokens, more.bound.tokens) == (7, 17)
    assert (more.least.tokens, more.wanted.tokens) == (27, 37)
    assert more.after(Cost(tokens=6)) == more


def test_a_usage_has_its_cost():
    assert Cost.of(Usage(calls=1, input_tokens=3, output_tokens=4, cost=5)) == Cost(
        tokens=7, micros=5
    )


@pytest.mark.parametrize(
    ("text", "cap"),
    [
        ("off", NO_CAP),
        (" OFF ", NO_CAP),
        ("400000", Cap(tokens=400_000)),
        ("400k", Cap(tokens=400_000)),
        ("1.5M", Cap(tokens=1_500_000)),
        ("$2.50", Cap(micros=2_500_000)),
        ("$5 2M", Cap(tokens=2_000_000, micros=5_000_000)),
        ("2M,$5", Cap(tokens=2_000_000, micros=5_000_000)),
        ("2M, $5", Cap(tokens=2_000_000, micros=5_000_000)),
    ],
)
def test_a_cap_is_written_in_tokens_in_dollars_or_in_both(text: str, cap: Cap):
    assert read_cap(text) == cap


@pytest.mark.parametrize(
    "text", ["", "0", "$0", "0 $5", "5 euros", "-5", "400,000", "2M 3M", "$1 $2", "1e6", "nan"]
)
def test_what_is_no_cap_is_refused_rather_than_taken_for_another(text: str):
    with pytest.raises(ValueError, match='must be "off", tokens'):
        read_cap(text)


def test_a_cap_says_what_it_is():
    said = [str(cap) for cap in (NO_CAP, Cap(tokens=60_000), Cap(micros=5_000_000))]

    assert said == ["no limit", "60,000 tokens", "$5.00"]
    assert str(Cap(tokens=5, micros=12_000)) == "5 tokens or $0.012"


@pytest.mark.parametrize(
    ("micros", "said"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (1_234, "$0.0012"),
        (10_000, "$0.01"),
        (12_345, "$0.012"),
        (123_456, "$0.12"),
        (500_000, "$0.50"),
        (999_999, "$1.00"),
        (1_234_567, "$1.23"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_dollars_keep_two_digits_that_tell_something(micros: int, said: str):
    assert dollars(micros) == said


def test_a_run_has_the_cap_of_its_recipe_and_more_for_more_work():
    caps = Caps()

    assert caps.of_run(request(recipe="factcheck")) == Cap(tokens=1_000_000)
    assert caps.of_run(request(recipe="summarize")) == Cap(tokens=1_500_000)
    assert caps.of_run(request(recipe="brainstorm", depth=Depth.DEEP)) == Cap(tokens=240_000)
    assert caps.of_run(request(recipe="factcheck", voters=3)) == Cap(tokens=1_000_000)
    many = request(recipe="factcheck", voters=15, depth=Depth.DEEP)
    assert caps.of_run(many) == Cap(tokens=6_000_000)
    assert caps.of_run(request(recipe="of tomorrow")) == Cap(tokens=120_000)
    assert Caps(run=NO_CAP).of_run(request()) == NO_CAP


@pytest.mark.parametrize("depth", Depth)
def test_a_fact_check_of_eight_claims_with_the_web_is_within_its_cap(depth: Depth):
    text = " ".join(f"The bridge number {n} was built in 19{n}0 by the city." for n in range(1, 9))

    foreseen = foresee(Task(text=text, depth=depth, web=True))

    assert foreseen
    assert foreseen.high.calls > 8 * (3 + 3)
    assert Caps().of_run(request(recipe="factcheck", depth=depth)).holds(Cost.of(foreseen.high))


def test_caps_in_dollars_are_known_as_such():
    assert not Caps().in_dollars
    assert not Caps(run=NO_CAP).in_dollars
    assert Caps(run=Cap(micros=1)).in_dollars
    assert Caps(workspace_month=Cap(tokens=1, micros=1)).in_dollars


def test_where_there_is_plenty_a_run_gets_what_it_wants():
    assert grant(claim(0, 10, 80), day(10_000), others(0), others(0)) == Held(cost=Cost(tokens=80))
    assert grant(claim(0, 10, 80), Caps(person_day=NO_CAP), others(0), others(0)).short is None


def test_while_little_is_left_a_run_gets_what_it_needs():
    held = grant(claim(20, 30, 900), day(1_000), others(880), others(0))

    assert held == Held(cost=Cost(tokens=32))  # of 100 that nobody uses, an eighth


def test_who_gets_too_little_keeps_what_it_may_be_spending_and_learns_why():
    held = grant(claim(20, 30, 900), day(1_000), others(980), others(0))

    assert held == Held(cost=Cost(tokens=20), short=Span.DAY, hopeful=False)


@pytest.mark.parametrize(("idle", "hopeful"), [(9, False), (10, True)])
def test_there_is_hope_if_what_others_do_not_use_is_enough(idle: int, hopeful: bool):
    held = grant(claim(20, 30, 900), day(1_000), others(980, idle), others(0))

    assert held.hopeful is hopeful


def test_the_month_counts_as_the_day_does():
    caps = Caps(person_day=NO_CAP, workspace_month=Cap(tokens=100))

    assert grant(claim(0, 10, 10), caps, others(0), others(91)).short is Span.MONTH
    assert grant(claim(0, 10, 10), caps, others(0), others(90)).short is None


@given(
    cap=st.integers(0, 1_000),
    held=st.integers(0, 1_000),
    bound=st.integers(0, 100),
    more=st.integers(0, 100),
    wish=st.integers(0, 1_000),
)
def test_what_is_granted_fits_and_is_enough(cap: int, held: int, bound: int, more: int, wish: int):
    least = bound + more
    asked = claim(bound, least, least + wish)

    granted = grant(asked, day(cap), others(held), others(held))

    if granted.short:
        assert held + least > cap
        assert granted.cost == asked.bound
    else:
        assert held + granted.cost.tokens <= cap
        assert least <= granted.cost.tokens <= least + wish
