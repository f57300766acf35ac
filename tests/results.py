"""Results of fact-checks for tests, by as few words as they need."""

from __future__ import annotations

from collections import Counter
from typing import Any

from patterns.evidence import Passage
from patterns.recipes.factcheck import ClaimVerdict, FactCheck, Label, Outcome, SeatVote

CLAIM = "The moon is cheese"


def passage(number: int = 1, **fields: Any) -> Passage:
    given: dict[str, Any] = {
        "origin": "web",
        "text": f"Passage {number}.",
        "title": f"Page {number}",
        "link": f"https://pages.example/{number}",
        "date": "2026-11-03",
    }
    return Passage.model_validate(given | fields)


def vote(label: Label, number: int = 1, **fields: Any) -> SeatVote:
    given: dict[str, Any] = {
        "seat": f"Seat {number}",
        "label": label,
        "reason": f"Reason {number}.",
        "confidence": 0.5,
    }
    return SeatVote.model_validate(given | fields)


def claim_verdict(*votes: Label | SeatVote, **fields: Any) -> ClaimVerdict:
    """Every seat has voted or is missing, and a label with more than half of them has won."""
    cast = tuple(
        each if isinstance(each, SeatVote) else vote(each, number)
        for number, each in enumerate(votes, 1)
    )
    text = fields.get("claim", CLAIM)
    seats = fields.get("seats", len(cast) + len(fields.get("missing", ())))
    given: dict[str, Any] = {
        "claim": text,
        "start": 0,
        "end": len(text),
        "outcome": _outcome(cast, seats),
        "votes": cast,
        "seats": seats,
    }
    return ClaimVerdict.model_validate(given | fields)


def fact_check(*claims: ClaimVerdict, **fields: Any) -> FactCheck:
    text = " ".join(claim.claim for claim in claims) or CLAIM
    return FactCheck.model_validate({"text": text, "claims": claims, **fields})


def checked(*votes: Label | SeatVote, **fields: Any) -> FactCheck:
    """Of one claim."""
    return fact_check(claim_verdict(*votes, **fields))


def _outcome(votes: tuple[SeatVote, ...], seats: int) -> Outcome:
    counts = Counter(each.label for each in votes)
    for label, count in counts.items():
        if 2 * count > seats:
            return Outcome(label.value)
    both = min(counts[Label.SUPPORTED], counts[Label.REFUTED])
    return Outcome.CONFLICTING if both > 1 else Outcome.CONTESTED
