"""Which short texts say the same? Grouped by their words, whatever their order."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Share of common words from which two texts count as one idea.
SAME = 0.6

_WORD = re.compile(r"\w+")
_STOP = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "into", "is", "it",
    "of", "on", "or", "our", "so", "that", "the", "to", "with",
})  # fmt: skip


def words(text: str) -> frozenset[str]:
    """The words that carry meaning; all words where none of them does."""
    found = frozenset(_WORD.findall(text.casefold()))
    return found - _STOP or found


def groups(texts: Sequence[str], *, same: float = SAME) -> list[list[int]]:
    """
    Indices of *texts* that say the same, each group and the groups in input order.

    Complete link: every member is similar (Jaccard of words >= *same*) to every other.
    """
    bags = [words(text) for text in texts]
    found: list[list[int]] = []
    for index, bag in enumerate(bags):
        home = next((g for g in found if all(_jaccard(bag, bags[i]) >= same for i in g)), None)
        if home is None:
            found.append([index])
        else:
            home.append(index)
    return found


def alike(one: str, other: str) -> float:
    """From 0 to 1: the share of their words that both have."""
    return _jaccard(words(one), words(other))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
