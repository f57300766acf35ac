"""Shapes of a log's lines, and which lines are alike enough to have one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import add

from patterns.masks import WILD

#: Equal parts of the log, at most, in which is counted when lines came.
PARTS_MOST = 24
#: Shapes of one group, words of a place that are told apart in them, and how often each shape has
#: to come on average.
WORDINGS_MOST = 6
_WORDS_MOST, _OFTEN = 3, 5


class Shape:
    """
    Lines of one shape: what they have in common, how many there are, and which.

    *first*, *middle* and *last* are (number, line); the middle one differs from the first.
    """

    __slots__ = ("count", "first", "first_at", "history", "into", "last", "last_at", "level",
                 "middle", "source", "tokens")  # fmt: skip

    def __init__(self, tokens: Sequence[str], level: str, source: str) -> None:
        self.tokens = list(tokens)
        self.level, self.source = level, source
        self.count = 0
        self.first: tuple[int, str] = (0, "")
        self.last: tuple[int, str] = (0, "")
        self.middle: tuple[int, str] | None = None
        self.first_at = self.last_at = ""
        self.history = [0] * PARTS_MOST
        self.into: Shape | None = None

    @property
    def now(self) -> Shape:
        """Itself, or the one that it has become a part of."""
        shape = self
        while shape.into:
            shape = shape.into
        return shape

    @property
    def text(self) -> str:
        return " ".join(self.tokens)

    @property
    def examples(self) -> tuple[tuple[int, str], ...]:
        """The first line, one of the later half and the last one, each text once."""
        lines = {line: number for number, line in (self.last, self.middle or self.last, self.first)}
        return tuple(sorted((number, line) for line, number in lines.items()))

    def widen(self, tokens: Sequence[str]) -> None:
        self.tokens = common(self.tokens, tokens)

    def take(self, other: Shape) -> None:
        """All lines of *other*, too."""
        self.widen(other.tokens)
        if other.count > self.count:
            self.middle = other.middle or other.first
        self.count += other.count
        self.history = list(map(add, self.history, other.history))
        if not self.first[0] or other.first[0] < self.first[0]:
            self.first, self.first_at = other.first, other.first_at
        if other.last[0] > self.last[0]:
            self.last, self.last_at = other.last, other.last_at


class Group:
    """
    Like lines, as shapes. A place that has had few words stands for one in each of them; a place
    that has had more, or words with something masked and others, varies.
    """

    __slots__ = ("_places", "_varying", "shapes", "tokens")

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = list(tokens)
        self.shapes: dict[tuple[str, ...], Shape] = {}
        self._places: list[set[str] | None] = [set() for _ in tokens]
        self._varying: set[int] = set()

    def within(self, tokens: Sequence[str], level: str, source: str) -> Shape:
        """The shape of *tokens*; others may have become one by it."""
        self.tokens = common(self.tokens, tokens)
        self._see(tokens)
        wording = self._wording(tokens)
        if wording not in self.shapes:
            self.shapes[wording] = Shape(tokens, level, source)
            while len(self.shapes) > WORDINGS_MOST:
                sizes = [len(place or ()) for place in self._places]
                self._vary([sizes.index(max(sizes))])
                wording = self._wording(tokens)
        shape = self.shapes[wording]
        shape.widen(tokens)
        return shape

    def unite(self) -> Shape:
        """All of them are one from now on."""
        self._vary(range(len(self._places)))
        [shape] = self.shapes.values()
        return shape

    def settled(self) -> list[Shape]:
        """Its shapes, or one where they come too seldom to be told apart."""
        seldom = sum(shape.count for shape in self.shapes.values()) < _OFTEN * len(self.shapes)
        return [self.unite()] if seldom and len(self.shapes) > 1 else list(self.shapes.values())

    def _see(self, tokens: Sequence[str]) -> None:
        varying: list[int] = []
        for number, (place, token) in enumerate(zip(self._places, tokens, strict=True)):
            if place is None or token in place:
                continue
            place.add(token)
            masked = len(place) > 1 and any(WILD in word for word in place)
            if masked or len(place) > _WORDS_MOST:
                varying.append(number)
        if varying:
            self._vary(varying)

    def _vary(self, places: Iterable[int]) -> None:
        for number in places:
            self._places[number] = None
            self._varying.add(number)
        one: dict[tuple[str, ...], list[Shape]] = {}
        for wording, shape in self.shapes.items():
            one.setdefault(self._wording(wording), []).append(shape)
        self.shapes = {
            wording: shapes[0] if len(shapes) == 1 else _merged(shapes)
            for wording, shapes in one.items()
        }

    def _wording(self, tokens: Sequence[str]) -> tuple[str, ...]:
        words = list(tokens)
        for number in self._varying:
            words[number] = WILD
        return tuple(words)


def _merged(shapes: Sequence[Shape]) -> Shape:
    """One for all, which themselves lead to it from now on."""
    whole = Shape(shapes[0].tokens, shapes[0].level, shapes[0].source)
    for shape in shapes:
        if shape.count:
            whole.take(shape)
        whole.widen(shape.tokens)
        shape.into = whole
    return whole


def common(tokens: Sequence[str], others: Sequence[str]) -> list[str]:
    """What both have; of two values of one key, the key."""
    return [
        one if one == other else _wild(one, other)
        for one, other in zip(tokens, others, strict=True)
    ]


def _wild(one: str, other: str) -> str:
    key, sign, _ = one.partition("=")
    return f"{key}={WILD}" if sign and other.startswith(f"{key}=") else WILD
