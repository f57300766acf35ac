"""Independent voters by the dice, and whom the pure stopping rules ask of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from patterns.rules import leader, majority
from patterns.stopping import posterior, settled, waves

LABELS = ("true", "false", "unclear")


class Outcome(NamedTuple):
    winner: str | None
    calls: int
    rounds: int


def ballots(seed: int, size: int, p: float) -> list[str]:
    """Each is "true" with probability *p*; the other labels share the rest."""
    dice = random.Random(seed)
    return ["true" if dice.random() < p else dice.choice(LABELS[1:]) for _ in range(size)]


def adaptive(votes: Sequence[str], sure: float | None = None) -> Outcome:
    """Wave by wave, without a model."""
    size = len(votes)
    for rounds, goal in enumerate(waves(size), 1):
        counts = Counter(votes[:goal])
        if settled(majority, counts, [1] * (size - goal), LABELS, size):
            return Outcome(majority(counts, size), goal, rounds)
        if sure and posterior([counts[label] for label in LABELS]) >= sure:
            return Outcome(leader(counts), goal, rounds)
    raise AssertionError
