"""What a panel's verdict comes to, in our own words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import decisions
from patterns.evidence import Earlier, Origin
from patterns.recipes.factcheck import ClaimKind, Label, NotVoted, Outcome
from tests.results import claim_verdict, fact_check, passage, vote

S, R, N = Label.SUPPORTED, Label.REFUTED, Label.NOT_ENOUGH


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", "3 Nov 2026"),
        ("2026-02-30", "2026-02-30"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_a_day_is_said_as_people_say_it(text: str, day: str) -> None:
    assert decisions.day(text, str) == day


@given(st.text())
def test_a_day_that_is_none_is_made_safe(text: str) -> None:
    assert decisions.day(f"{text}!", lambda _: "safe") == "safe"


def test_the_strongest_quote_is_of_the_passage_that_most_votes_rest_on() -> None:
    claim = claim_verdict(
        vote(S, 1, quote="sure", passage=2, confidence=1),
        vote(S, 2, quote="less", passage=1, confidence=0.2),
        vote(S, 3, quote="more", passage=1, confidence=0.3),
        vote(R, 4, quote="no", passage=1, confidence=1),
        passages=(passage(1), passage(2)),
    )
    found = decisions.strongest(claim, S)

    assert found == decisions.Citation("more", passage(1), 2)
    assert decisions.strongest(claim, N) is None


def test_an_earlier_check_is_told_with_its_day_and_its_votes() -> None:
    earlier = Earlier(claim="x", outcome="contested", agreed=0, voters=5, date="2026-11-03")

    assert decisions.before(earlier, str) == "3 Nov 2026: No majority"
    other = earlier.model_copy(update={"outcome": "unheard of", "agreed": 4, "date": ""})
    assert decisions.before(other, str) == "unheard of, 4 of 5 voters"


@pytest.mark.parametrize(
    ("missing", "replaced", "words"),
    [
        (1, 0, "1 did not answer"),
        (1, 1, "1 did not answer and was replaced"),
        (2, 2, "2 did not answer and were replaced"),
        (3, 2, "3 did not answer, 2 replaced"),
    ],
)
def test_who_is_missing_is_counted(missing: int, replaced: int, words: str) -> None:
    claim = claim_verdict(
        S, S, S, seats=5, missing=tuple(f"Seat {n}: late" for n in range(missing)),
        replaced=replaced,
    )  # fmt: skip

    assert decisions.votes(claim, str)[1] == words


def test_an_earlier_check_that_weights_decided_is_told_without_its_votes() -> None:
    earlier = Earlier(claim="x", outcome="refuted", agreed=1, voters=5, date="2026-11-03")

    assert decisions.before(earlier, str) == "3 Nov 2026: Refuted"


def test_several_claims_are_counted_by_their_outcome() -> None:
    claims = [claim_verdict(S), claim_verdict(S), claim_verdict(outcome=Outcome.CONFLICTING)]

    assert decisions.decisions(claims) == "3 claims: 2 supported, 1 conflicting"


def test_what_was_not_voted_on_is_counted_by_its_kind() -> None:
    others = [NotVoted(text=kind, start=0, end=1, kind=kind) for kind in [*ClaimKind][1:]]

    assert decisions.nothing([*others, others[0]]) == (
        "Nothing here can be checked: 2 opinions, 1 prediction, 1 question, 1 ambiguous part"
    )
    assert decisions.left_out(fact_check()) == ""


def test_how_a_tie_came_about_names_the_rule_that_nobody_met() -> None:
    tie = " ".join(decisions.how(claim_verdict(S, S, N, N, R), str))
    torn = " ".join(decisions.how(claim_verdict(S, S, R, R, N), str))

    assert "more than half of all 5 seats give it; none did." in tie
    assert "none did, and two or more voters stand on each side." in torn
    assert "The panel was shown no passages." in tie


def test_how_weighed_votes_were_decided_tells_what_each_counted() -> None:
    votes = (vote(R, 1, weight=3.0, model="gpt-5-mini"), vote(S, 2, weight=0.3), vote(S, 3))
    weighed = claim_verdict(*votes, outcome=Outcome.REFUTED, weighed=True)
    told = " ".join(decisions.how(weighed, str))

    assert "where more than half of the weight of all 3 seats give it." in told
    assert "Votes weigh by what people's verdicts on earlier claims said of their seats." in told
    assert "Seat 1 refuted (weight 3.00; gpt-5-mini); Seat 2 supported (weight 0.30);" in told
    plain = " ".join(decisions.how(weighed.model_copy(update={"weighed": False}), str))
    assert "weigh" not in plain


def test_a_large_panel_that_stopped_before_half_was_reached_says_by_which_rule() -> None:
    rule = "Before that asking may stop, where hardly anything could change it any more: as here"
    four = claim_verdict(S, S, S, S, seats=9, outcome=Outcome.SUPPORTED)

    assert f"{rule}, with all 4 voters asked, of 9." in " ".join(decisions.how(four, str))
    for whole in (claim_verdict(S, S, S, S, S, S, seats=9), claim_verdict(S, S, S, seats=5)):
        assert "Before that" not in " ".join(decisions.how(whole, str))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"origin": Origin.CONVERSATION}, "Ben Carter"),
        ({"origin": Origin.FILE}, "file “Ben Carter”"),
        ({"origin": Origin.FILE, "title": "x”, Ben Carter"}, "file “x', Ben Carter”"),
        ({"origin": Origin.WEB, "link": "https://a.test/b"}, "Ben Carter, a.test"),
        ({"origin": Origin.WEB, "link": ""}, "page “Ben Carter”"),
    ],
)
def test_no_title_looks_like_somebody_who_said_it(fields: dict[str, Any], told: str) -> None:
    titled = passage(1).model_copy(update={"title": "Ben Carter", "date": "", "link": "", **fields})

    assert decisions.from_(titled, str) == told
