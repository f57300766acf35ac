"""Points to merge: a channel that says some things twice, decides, and decides again."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from patterns.items import Point, Sentence
from patterns.merging import Digest, Node, joined
from patterns.settling import settled

KINDS = ("decision", "action", "question", "fact")
KEPT = frozenset(KINDS[:3])
_SUBJECTS = (
    "the launch", "pricing", "the firmware", "onboarding", "the newsletter", "backups", "hiring",
    "the roadmap", "battery tests", "the website", "invoices", "support hours",
)  # fmt: skip
_VERBS = ("moves to the autumn", "needs a review", "stays as it is", "goes to Ann", "is unclear")


def point(text: str, source: str = "1", **changes: Any) -> Point:
    plain = Point(
        kind="decision",
        text=text,
        quote=text,
        speaker="Ann",
        at=float(source) if source.isdecimal() else None,
        sources=(source,),
        links=(f"https://acme.test/{source}",),
    )
    return plain.model_copy(update=changes)


def channel(seed: int, count: int = 120) -> list[Point]:
    """In time order; one in five repeats something that was said before."""
    random = Random(seed)
    made: list[Point] = []
    for number in range(count):
        if made and random.random() < 0.2:
            before = random.choice(made)
            made.append(point(before.text, f"{number}", kind=before.kind, confidence=2))
            continue
        text = f"{random.choice(_SUBJECTS)} {random.choice(_VERBS)} {random.randrange(90)}"
        kind = random.choice(KINDS)
        made.append(point(text, f"{number}", kind=kind, reactions=random.randrange(4)))
    return made


class Careless:
    """A model that leaves out, repeats, reorders and makes up numbers of items."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def digest(self, listed: Sequence[Point]) -> Digest:
        numbers = [n for n in range(1, len(listed) + 1) if self._random.random() > 0.15]
        self._random.shuffle(numbers)
        strange = [0, -1, len(listed) + 7]
        return Digest(
            overview=[Sentence(text="Much was said.", items=numbers[:3] + strange)],
            same=[numbers[:2] + strange, numbers[2:3] * 2, []],
            conflicts=[],
        )


class Knowing:
    """A model that sees what says the same, whatever stands beside it."""

    def digest(self, listed: Sequence[Point]) -> Digest:
        by_text: dict[str, list[int]] = {}
        for number, each in enumerate(listed, 1):
            by_text.setdefault(each.text, []).append(number)
        at_odds = [
            [n, m]
            for n, one in enumerate(listed, 1)
            for m, other in enumerate(listed, 1)
            if n < m and one.text.split()[:2] == other.text.split()[:2]
        ]
        return Digest(overview=[], same=list(by_text.values()), conflicts=at_odds)


def merged(nodes: Sequence[Node], width: int, model: Careless | Knowing) -> Node:
    """Neighbours, *width* at a time, to one."""
    level = list(nodes)
    while len(level) > 1:
        groups = [level[n : n + width] for n in range(0, len(level), width)]
        level = [_one(group, model) for group in groups]
    return level[0]


def _one(group: Sequence[Node], model: Careless | Knowing) -> Node:
    listed = [each for node in group for each in node.points]
    return joined(group, listed, model.digest(listed)) if len(group) > 1 else group[0]


def leaves(points: Sequence[Point], size: int = 5) -> list[Node]:
    parts = [points[n : n + size] for n in range(0, len(points), size)]
    return [Node(n, n, tuple(part)) for n, part in enumerate(parts, 1)]


def listed(node: Node) -> tuple[Point, ...]:
    return settled(node, lambda points: [point.reactions for point in points])
