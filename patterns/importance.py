"""What of a list matters most: by its kind, and by what people made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patterns.items import Point

_KIND, _REACTIONS, _REPLIES, _MENTIONS, _RECENCY = 0.4, 0.2, 0.2, 0.1, 0.1
_LONG_AGO = float("-inf")


def important(points: Sequence[Point], worth: Mapping[str, float]) -> list[float]:
    """
    For each of *points* how much it matters beside the others, from 0 to 1.

    .4 its kind, .2 reactions, .2 replies, .1 mentions, .1 recency: each its rank in this list.
    *worth* orders the kinds; one that it does not know is worth nothing, and what has no time is
    older than all.
    """
    shares: list[tuple[float, Sequence[float]]] = [
        (_KIND, [worth.get(point.kind, 0) for point in points]),
        (_REACTIONS, [point.reactions for point in points]),
        (_REPLIES, [point.replies for point in points]),
        (_MENTIONS, [point.mentions for point in points]),
        (_RECENCY, [_LONG_AGO if point.at is None else point.at for point in points]),
    ]
    ranked = [[share * rank for rank in _ranks(values)] for share, values in shares]
    return [sum(of_one) for of_one in zip(*ranked, strict=True)]


def _ranks(values: Sequence[float]) -> list[float]:
    """From 0 for the least to 1 for the most; equal ones share a rank."""
    places = {value: place for place, value in enumerate(sorted(set(values)))}
    last = max(1, len(places) - 1)
    return [places[value] / last for value in values]
