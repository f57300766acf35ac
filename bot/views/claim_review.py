"""A fact-check in schema.org's words, for other programs: one ClaimReview a claim."""

from __future__ import annotations

from typing import Any

from bot.runs.model import Run
from bot.views import decisions
from bot.views.words import DISCLAIMER, SIMULATED, simulated
from patterns.recipes.factcheck import ClaimVerdict, FactCheck, Outcome

_BEST, _WORST = 5, 1
#: Where nothing could be decided there is no number: a low one would read as "false".
_RATINGS = {Outcome.SUPPORTED: _BEST, Outcome.REFUTED: _WORST, Outcome.CONFLICTING: 3}


def fields(run: Run) -> dict[str, Any]:
    """
    For the JSON of a run: `claim_review` of a fact-check, one for each claim in order, and what
    `people` said where their vote is over.
    """
    if not isinstance(run.result, FactCheck):
        return {}
    over = [vote.model_dump(mode="json") for vote in run.people if vote.closed]
    reviews = [_review(run, claim) for claim in run.result.claims]
    return {"claim_review": reviews, **({"people": over} if over else {})}


def _review(run: Run, claim: ClaimVerdict) -> dict[str, Any]:
    published = {"datePublished": run.ended_at.date().isoformat()} if run.ended_at else {}
    origin = SIMULATED if simulated(run) else DISCLAIMER
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        **published,
        "claimReviewed": claim.claim,
        "itemReviewed": {"@type": "Claim", "text": claim.claim},
        "author": {"@type": "Organization", "name": "Quorum"},
        "reviewRating": _rating(claim.outcome),
        "reviewBody": f"{decisions.decision(claim)}. {origin}.",
    }


def _rating(outcome: Outcome) -> dict[str, Any]:
    named = {"@type": "Rating", "alternateName": decisions.OUTCOMES[outcome][1]}
    value = _RATINGS.get(outcome)
    if value is None:
        return named
    return {**named, "ratingValue": value, "bestRating": _BEST, "worstRating": _WORST}
