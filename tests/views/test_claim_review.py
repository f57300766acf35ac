"""A fact-check for other programs, in schema.org's words."""

from __future__ import annotations

import pytest

from bot.runs.model import SIMULATED_MODEL, Opinion, PeoplesVote
from bot.views.claim_review import fields
from patterns.recipes.factcheck import Label, Outcome
from tests.results import checked, claim_verdict, fact_check
from tests.views.samples import NOON, done, point, run, summary


def test_a_claim_becomes_a_claim_review() -> None:
    assert fields(done(checked(Label.SUPPORTED, Label.SUPPORTED, Label.REFUTED))) == {
        "claim_review": [
            {
                "@context": "https://schema.org",
                "@type": "ClaimReview",
                "datePublished": "2026-11-24",
                "claimReviewed": "The moon is cheese",
                "itemReviewed": {"@type": "Claim", "text": "The moon is cheese"},
                "author": {"@type": "Organization", "name": "Quorum"},
                "reviewRating": {
                    "@type": "Rating",
                    "alternateName": "Supported",
                    "ratingValue": 5,
                    "bestRating": 5,
                    "worstRating": 1,
                },
                "reviewBody": "Supported: 2 of 3 voters. AI-generated: check before you rely on "
                "it.",
            }
        ]
    }


@pytest.mark.parametrize(
    ("outcome", "value", "name"),
    [
        (Outcome.SUPPORTED, 5, "Supported"),
        (Outcome.REFUTED, 1, "Refuted"),
        (Outcome.CONFLICTING, 3, "Conflicting"),
        (Outcome.NOT_ENOUGH, None, "Not enough evidence"),
        (Outcome.NOT_CHECKABLE, None, "Not checkable"),
        (Outcome.CONTESTED, None, "No majority"),
    ],
)
def test_only_what_was_decided_has_a_number(outcome: Outcome, value: int | None, name: str) -> None:
    [review] = fields(done(checked(Label.SUPPORTED, outcome=outcome)))["claim_review"]

    assert review["reviewRating"].get("ratingValue") == value
    assert review["reviewRating"]["alternateName"] == name
    assert "url" not in review


def test_every_claim_has_one_in_order() -> None:
    claims = [claim_verdict(Label.REFUTED, claim=f"Claim {n}") for n in range(3)]
    reviews = fields(done(fact_check(*claims)))["claim_review"]

    assert [review["claimReviewed"] for review in reviews] == ["Claim 0", "Claim 1", "Claim 2"]


def test_a_stand_in_for_a_model_is_named() -> None:
    [review] = fields(done(checked(Label.REFUTED), models=(SIMULATED_MODEL,)))["claim_review"]

    assert review["reviewBody"].endswith("Simulated model: no real model was asked.")


def test_other_results_have_none() -> None:
    assert fields(done(summary(point(1)))) == fields(run()) == {}


def test_what_people_said_is_told_once_their_vote_is_over() -> None:
    vote = PeoplesVote(claim=0, closes_at=NOON, closed=False, counts={Opinion.AGREE: 3})
    over = vote.model_copy(update={"closed": True, "settled": Opinion.AGREE})

    assert "people" not in fields(done(checked(Label.REFUTED), people=(vote,)))
    [told] = fields(done(checked(Label.REFUTED), people=(over,)))["people"]
    assert (told["claim"], told["counts"], told["settled"]) == (0, {"agree": 3}, "agree")
