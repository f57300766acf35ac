"""When is it useless to ask on? What is decided already, and what is all but sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, combinations_with_replacement
from math import ceil, comb, exp, lgamma, log, prod, sqrt
from operator import add, mul

from patterns.rules import Counts, Rule

#: Of more completions than this nothing is said to be settled: to ask on is never wrong.
MOST_COMPLETIONS = 1_500
_STEP = 0.015
_JEFFREYS = 0.5
_SMALL = 5  # seats of a panel that stops for nothing but a settled decision


def settled(
    rule: Rule, counts: Counts, left: Sequence[float], choices: Sequence[str], of: float
) -> bool:
    """
    Does every completion of the open seats, with weights *left*, give the same decision?

    A seat may also stay silent. Exact for every rule, as each completion is tried; seats of the
    same weight are told apart by nobody, so of eleven and four choices these are 1,365.
    """
    named = sorted(dict.fromkeys([*choices, *counts]), key=lambda choice: -counts.get(choice, 0))
    groups = list(Counter(left).items())
    if prod(comb(seats + len(named), seats) for _, seats in groups) > MOST_COMPLETIONS:
        return False
    decision = rule(counts, of)
    return all(rule(completed, of) == decision for completed in _completed(counts, groups, named))


def _completed(
    counts: Counts, groups: Sequence[tuple[float, int]], choices: Sequence[str]
) -> Iterator[Counts]:
    """*groups*: so many of a weight. All for the leading choice come first: that shows much."""
    if not groups:
        yield counts
        return
    (weight, seats), *others = groups
    for votes in combinations_with_replacement((*choices, None), seats):
        total = dict(counts)
        for choice, given in Counter(votes).items():
            if choice is not None:
                total[choice] = total.get(choice, 0) + weight * given
        yield from _completed(total, others, choices)


def posterior(counts: Sequence[float], prior: float = _JEFFREYS) -> float:
    """
    How probable it is that the choice with the most votes is the one most voters would give.

    Of voters without number, after these; *counts* names every choice, also those without votes.
    With g and G the density and the distribution of Gamma(count + *prior*) it is the integral of
    g(top) times the product of the others' G: P(Dirichlet component top is the greatest). The
    default is Jeffreys' prior; a smaller one is refused.
    """
    if prior < _JEFFREYS:
        raise ValueError("a prior below one half is not integrated here")
    return _posterior(tuple(sorted(counts, reverse=True)), prior)


@lru_cache(maxsize=4096)
def _posterior(counts: tuple[float, ...], prior: float) -> float:
    top, _ = _curves(counts[0] + prior)
    below = [1.0] * len(top)
    for count in counts[1:]:
        _, reached = _curves(count + prior)  # ends where it is 1
        below[: len(reached)] = [a * b for a, b in zip(below, reached, strict=False)]
    return min(1.0, _STEP * (sum(map(mul, top, below)) - top[0] * below[0] / 2))


@lru_cache(maxsize=1024)
def _curves(shape: float) -> tuple[Sequence[float], Sequence[float]]:
    """
    Density and distribution of √X, where X is Gamma-distributed with this *shape*.

    In t = √x also Gamma(½) is smooth at 0, so that the trapezoidal rule is good enough. Ten
    standard deviations above the middle nothing is left.
    """
    density = [2 / exp(lgamma(shape)) if shape == _JEFFREYS else 0.0]
    for n in range(1, ceil((sqrt(shape) + 5) / _STEP) + 1):
        t = n * _STEP
        density.append(2 * exp((2 * shape - 1) * log(t) - t * t - lgamma(shape)))
    steps = accumulate(map(add, density[1:], density), initial=0.0)
    return density, [reached * _STEP / 2 for reached in steps]


def waves(size: int) -> tuple[int, ...]:
    """
    How many seats of a panel were asked after each wave.

    Up to five: as many as can decide, then one by one. Larger ones: four, then two by two.
    """
    if size < 1:
        raise ValueError("a panel has at least one seat")
    if size <= _SMALL:
        return tuple(range(size // 2 + 1, size + 1))
    return (*range(4, size, 2), size)
