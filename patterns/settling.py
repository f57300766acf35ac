"""The list that a tree of merges comes to: the same, whatever order its parts came in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from patterns.clusters import Claims, clusters
from patterns.items import Point
from patterns.merging import Node, Pair, distinct, identity
from patterns.numbers import invented
from patterns.quotes import folded, weights
from patterns.similar import alike, near, words

Weigh = Callable[[Sequence[Point]], Sequence[float]]

#: Share of their words that two have in common of which code says by itself that they are the same.
_SAME = 0.75
#: Identities of points that say the same, sorted.
_Group = tuple[str, ...]
_Place = tuple[float, list[tuple[int, str]]]


def settled(node: Node, weigh: Weigh) -> tuple[Point, ...]:
    """
    Same points as one, that cites the messages of all; the weightiest first, and behind each
    what it superseded. The same for the same points, in whatever order and grouping they came.
    """
    points = distinct(node.points)
    claims = {key: _claims(point) for key, point in points.items()}
    same = _same(node, points)
    groups = clusters(sorted(points), same, apart=node.conflicts, claims=claims)
    made = {group: _one([points[key] for key in group]) for group in groups}
    later = _later(node.conflicts, groups, points)
    weighed = zip(weigh([made[group] for group in groups]), groups, strict=True)
    order = [group for _, group in sorted(weighed, key=lambda each: (-each[0], each[1]))]
    return tuple(_following(order, made, later))


def _claims(point: Point) -> Claims:
    """By whom, until when, and the numbers: what may be told by one alone, and not otherwise."""
    owner = frozenset(filter(None, [folded(point.owner)]))
    return owner, words(point.due), frozenset(invented(point.text, ()))


def _same(node: Node, points: Mapping[str, Point]) -> Sequence[Pair]:
    """What has the same words, and what models called the same; the likest first."""
    said = sorted(pair for pair in node.same if points.keys() >= set(pair))
    ranked = sorted(said, key=lambda pair: -alike(points[pair[0]].text, points[pair[1]].text))
    return [*_worded_alike(points), *ranked]


def _worded_alike(points: Mapping[str, Point]) -> Iterator[Pair]:
    """
    Equal words first, each with the next one, then words of which one says more.

    Of a message that a bot sent a thousand times there are a thousand points: words are compared
    once for all of them.
    """
    equal: dict[tuple[str, ...], list[str]] = {}
    for key in sorted(points):
        point = points[key]
        told = map(folded, (point.text, point.owner, point.due))
        equal.setdefault((point.kind, *told), []).append(key)
    for keys in equal.values():
        yield from pairwise(keys)
    sayings = [_Saying.of(points[keys[0]], keys[0]) for keys in equal.values()]
    for n, m in near([saying.text for saying in sayings], same=_SAME):
        if sayings[n].is_that_of(sayings[m]):
            one, other = sorted((sayings[n].key, sayings[m].key))
            yield one, other


@dataclass(frozen=True)
class _Saying:
    """What a point says, taken apart once; *key* is the first one that says it."""

    key: str
    kind: str
    text: str
    owner: str
    words: frozenset[str]
    weights: tuple[str, ...]

    @classmethod
    def of(cls, point: Point, key: str) -> _Saying:
        return cls(
            key=key,
            kind=point.kind,
            text=point.text,
            owner=folded(point.owner),
            words=words(point.text),
            weights=tuple(weights(point.text)),
        )

    def is_that_of(self, other: _Saying) -> bool:
        """Has nearly its words: one may say more, but nothing in the place of another."""
        more = self.words <= other.words or other.words <= self.words
        owners = {self.owner, other.owner} - {""}
        same = (self.kind, self.weights) == (other.kind, other.weights)
        return more and same and len(owners) <= 1


def _later(
    conflicts: Iterable[Pair], groups: Sequence[_Group], points: Mapping[str, Point]
) -> Mapping[_Group, _Group]:
    """What superseded a group, by it: of several the last one. One message supersedes nothing."""
    whole = {key: group for group in groups for key in group}
    last = {group: max(_when(points[key]) for key in group) for group in groups}
    found: dict[_Group, _Group] = {}
    for one, other in conflicts:
        if one not in whole or other not in whole:
            continue
        early, late = sorted((whole[one], whole[other]), key=lambda g: (last[g], g))
        if last[early] < last[late]:
            found[early] = max(found.get(early, late), late, key=lambda g: (last[g], g))
    return found


def _following(
    order: Sequence[_Group], made: Mapping[_Group, Point], later: Mapping[_Group, _Group]
) -> Iterator[Point]:
    """Time orders what superseded what, so there is no circle."""
    before: dict[_Group, list[_Group]] = {}
    for group in order:
        if group in later:
            before.setdefault(later[group], []).append(group)
    waiting = [group for group in reversed(order) if group not in later]
    while waiting:
        group = waiting.pop()
        links = made[later[group]].links if group in later else ()
        yield made[group].model_copy(update={"later": links})
        waiting.extend(reversed(before.get(group, ())))


def _one(points: Sequence[Point]) -> Point:
    """The best-worded, with the messages of all, and what only others know."""
    best, *others = sorted(points, key=lambda p: (-p.confidence, len(p.text), identity(p)))
    known = (best, *sorted(others, key=_when))
    counted = list(_apart(known))
    return best.model_copy(
        update={
            "owner": next((point.owner for point in known if point.owner), ""),
            "due": next((point.due for point in known if point.due), ""),
            "sources": _united(point.sources for point in known),
            "links": _united(point.links for point in known),
            "reactions": sum(point.reactions for point in counted),
            "replies": sum(point.replies for point in counted),
            "mentions": sum(point.mentions for point in counted),
        }
    )


def _apart(points: Iterable[Point]) -> Iterator[Point]:
    """Those that rest on no message of one before: what is counted is not counted twice."""
    seen: set[str] = set()
    for point in points:
        if seen.isdisjoint(point.sources):
            yield point
        seen.update(point.sources)


def _united(of: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for some in of for each in some))


def _when(point: Point) -> _Place:
    """By time, and where that is not known by the place: numbers in it count as numbers."""
    parts = re.split(r"(\d+)", point.sources[0] if point.sources else "")
    return point.at or 0.0, [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]
