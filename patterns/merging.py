"""Items of many parts into one list: nothing that must be told can get lost on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pydantic import BaseModel, ConfigDict

from patterns.items import Point, Sentence
from patterns.numbers import invented
from patterns.packing import tokens
from patterns.ports import Answer
from patterns.quotes import denials, folded
from patterns.similar import alike

#: Identities of two points, the smaller first.
Pair = tuple[str, str]

#: Kinds of which one can decide other than the other did.
_OVERTURNED = frozenset({"decision", "action"})
#: What a model calls the same must share so many of its words, or a message.
_PLAUSIBLE = 0.25
#: Members of a group and sentences of an overview that are looked at; links of a sentence.
_GROUP_MOST, _SENTENCES_MOST, _LINKS_MOST = 50, 8, 12
#: Points that one question lists: a model that is shown more skims them.
_LISTED_MOST = 400
#: Tokens around the text of a point that is listed.
_AROUND = 8


class Digest(Answer):
    """
    What a model makes of items: *same* are groups of those that say the same, *conflicts* pairs
    of which one decides other than the other. It cannot leave any out.
    """

    overview: list[Sentence]
    same: list[list[int]]
    conflicts: list[list[int]]


class Told(BaseModel):
    """A sentence of an overview; *links* are those of the points that it rests on."""

    model_config = ConfigDict(frozen=True)

    text: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """
    Parts *first* to *last* as the tree of merges carries them: every point there was, and what
    merges said of them, by `identity`.
    """

    first: int
    last: int
    points: tuple[Point, ...]
    overview: tuple[Told, ...] = ()
    same: frozenset[Pair] = frozenset()
    conflicts: frozenset[Pair] = frozenset()


def identity(point: Point) -> str:
    """Equal for what says the same of the same messages: for whom and until when, too."""
    told = (point.text, point.owner, point.due)
    said = repr((str(point.kind), *map(folded, told), *sorted(set(point.sources))))
    return hashlib.sha256(said.encode(errors="replace")).hexdigest()[:24]


def distinct(points: Iterable[Point]) -> dict[str, Point]:
    """By `identity`; of equal ones the surest, whichever comes first."""
    found: dict[str, Point] = {}
    for point in points:
        key = identity(point)
        found[key] = min(found.get(key, point), point, key=_wording)
    return found


def _wording(point: Point) -> tuple[int, str, str, str]:
    return -point.confidence, point.text, point.quote, point.speaker


def shown(points: Sequence[Point], kept: Collection[str], most: int) -> Sequence[Point]:
    """
    Those that a question of *most* tokens can hold, in their order: first of all the *kept*
    kinds, and of one kind those that a model was surest of.
    """
    ranked = sorted(points, key=lambda p: (p.kind not in kept, -p.confidence, identity(p)))
    chosen: set[int] = set()
    for point in ranked[:_LISTED_MOST]:
        most -= tokens(point.text) + _AROUND
        if most < 0:
            break
        chosen.add(id(point))
    return [point for point in points if id(point) in chosen]


def joined(nodes: Sequence[Node], listed: Sequence[Point], digest: Digest | None) -> Node:
    """
    One node of neighbours; *listed* is what the model was shown, in its order.

    Without a *digest*, or where no sentence of it rests on points, what was said before stays.
    """
    points = distinct(point for node in nodes for point in node.points)
    same = frozenset[Pair]().union(*(node.same for node in nodes))
    conflicts = frozenset[Pair]().union(*(node.conflicts for node in nodes))
    overview: tuple[Told, ...] = ()
    if digest is not None:
        same |= _pairs(digest.same, listed, _plausible)
        conflicts |= _pairs(digest.conflicts, listed, _at_odds)
        overview = tuple(_sentences(digest.overview, listed))
    return Node(
        first=nodes[0].first,
        last=nodes[-1].last,
        points=tuple(points.values()),
        overview=overview or _former(nodes),
        same=same,
        conflicts=conflicts,
    )


def _former(nodes: Sequence[Node]) -> tuple[Told, ...]:
    """What was said of the parts, in their order; where that is too much, of each a little less."""
    told = [(place, told) for node in nodes for place, told in enumerate(node.overview)]
    numbered = sorted(range(len(told)), key=lambda number: (told[number][0], number))
    return tuple(told[number][1] for number in sorted(numbered[:_SENTENCES_MOST]))


def _two_owners(one: Point, other: Point) -> bool:
    """Are they to be done by different people?"""
    return bool(one.owner and other.owner) and folded(one.owner) != folded(other.owner)


def _pairs(
    groups: Sequence[Sequence[int]], listed: Sequence[Point], fit: Callable[[Point, Point], bool]
) -> frozenset[Pair]:
    """What a model put together by number, where code finds it possible."""
    found: set[Pair] = set()
    for group in groups:
        numbers = [n for n in dict.fromkeys(group) if 0 < n <= len(listed)][:_GROUP_MOST]
        for one, other in combinations((listed[n - 1] for n in numbers), 2):
            first, second = sorted((identity(one), identity(other)))
            if first != second and fit(one, other):
                found.add((first, second))
    return frozenset(found)


def _plausible(one: Point, other: Point) -> bool:
    """One may say more than the other, in numbers, too; but not the opposite."""
    if one.kind != other.kind or _two_owners(one, other):
        return False
    if denials(one.text) != denials(other.text):
        return False
    if invented(one.text, [other.text]) and invented(other.text, [one.text]):
        return False
    shares = not set(one.sources).isdisjoint(other.sources)
    return shares or alike(one.text, other.text) >= _PLAUSIBLE


def _at_odds(one: Point, other: Point) -> bool:
    return one.kind == other.kind and one.kind in _OVERTURNED


def _sentences(sentences: Sequence[Sentence], listed: Sequence[Point]) -> Iterator[Told]:
    """Those that rest on points, and hold no number that none of these holds."""
    for sentence in sentences[:_SENTENCES_MOST]:
        numbers = [n for n in dict.fromkeys(sentence.items) if 0 < n <= len(listed)]
        rests = [listed[n - 1] for n in numbers]
        known = [text for p in rests for text in (p.text, p.quote, p.speaker, p.owner)]
        if rests and sentence.text.strip() and not invented(sentence.text, known):
            links = dict.fromkeys(link for point in rests for link in point.links)
            yield Told(text=sentence.text.strip(), links=tuple(links)[:_LINKS_MOST])
