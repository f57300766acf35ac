"""Which short texts say the same? Grouped by their words, whatever their order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import ceil

#: Share of common words from which two texts count as one idea.
SAME = 0.6
#: Texts with the same word that one more text is compared with.
_CROWD = 20

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
        home = next((g for g in found if all(share(bag, bags[i]) >= same for i in g)), None)
        if home is None:
            found.append([index])
        else:
            home.append(index)
    return found


def alike(one: str, other: str) -> float:
    """From 0 to 1: the share of their words that both have."""
    return share(words(one), words(other))


def share(one: frozenset[str], other: frozenset[str]) -> float:
    """`alike` of texts with these `words`."""
    return len(one & other) / (len(one | other) or 1)


def near(texts: Sequence[str], *, same: float = SAME) -> list[tuple[int, int]]:
    """
    Pairs of indices, the smaller first, of *texts* that share at least *same* of their words.

    Of two such texts, the rarest words of one hold one of the other's (prefix filtering, Chaudhuri
    et al., ICDE 2006): so thousands need not all be compared with each other. Of those that have
    a word of many, the last ones are compared: copies chain.
    """
    bags = [words(text) for text in texts]
    often = Counter(word for bag in bags for word in bag)
    seen: dict[str, list[int]] = {}
    found: list[tuple[int, int]] = []
    for index, bag in enumerate(bags):
        rarest = sorted(bag, key=lambda word: (often[word], word))
        prefix = rarest[: len(bag) - ceil(same * len(bag)) + 1]
        others = {other for word in prefix for other in seen.get(word, ())[-_CROWD:]}
        found += [(other, index) for other in sorted(others) if share(bag, bags[other]) >= same]
        for word in prefix:
            seen.setdefault(word, []).append(index)
    return found
