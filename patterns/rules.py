"""When does a choice win? Rules that turn counted votes into a decision, or into none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

#: Weight of the votes by choice; of votes that weigh the same: how many.
Counts = Mapping[str, float]

_HALF = 0.5
_SLIP = 1e-9  # sums of weights are not exact


class Rule(Protocol):
    def __call__(self, counts: Counts, of: float, /) -> str | None:
        """
        The decision, None where there is none. *of* is the weight of all seats of the panel.

        A seat that gave no vote counts in *of* alone: who is silent is on nobody's side.
        """
        ...


def majority(counts: Counts, of: float, /) -> str | None:
    """More than half of all seats."""
    return next((choice for choice, count in counts.items() if count * 2 > of + _SLIP), None)


def plurality(counts: Counts, _of: float = 0, /) -> str | None:
    """The most votes, however few; None for a tie, or when nobody voted."""
    return leader(counts)


def unanimous(counts: Counts, of: float, /) -> str | None:
    """Every seat, and none of them silent."""
    return next((choice for choice, count in counts.items() if 0 < of <= count + _SLIP), None)


def supermajority(share: float) -> Rule:
    """At least *share* of all seats, as ⅔; of half a panel and less two choices could win."""
    if not _HALF < share <= 1:
        raise ValueError("a supermajority is more than half and at most all")

    def rule(counts: Counts, of: float, /) -> str | None:
        reached = (c for c, count in counts.items() if count and count + _SLIP >= share * of)
        return next(reached, None)

    return rule


def threshold(least: Mapping[str, float], *, otherwise: str | None = None) -> Rule:
    """The first choice that has its *least* weight of votes: {"block": 2, "flag": 1}."""

    def rule(counts: Counts, _of: float, /) -> str | None:
        reached = (c for c, needed in least.items() if counts.get(c, 0) + _SLIP >= needed)
        return next(reached, otherwise)

    return rule


def levels(choice: str, least: Mapping[str, float], *, otherwise: str | None = None) -> Rule:
    """
    What so many votes for one *choice* mean, the most severe first.

    `levels("harmful", {"block": 2, "flag": 1}, otherwise="clear")` decides in words that nobody
    can vote for.
    """

    def rule(counts: Counts, _of: float, /) -> str | None:
        votes = counts.get(choice, 0) + _SLIP
        return next((word for word, needed in least.items() if votes >= needed), otherwise)

    return rule


def leader(counts: Counts) -> str | None:
    """The choice with the most votes; None for a tie, or when nobody voted."""
    most = max(counts.values(), default=0)
    leading = [choice for choice, count in counts.items() if count == most]
    return leading[0] if most and len(leading) == 1 else None
