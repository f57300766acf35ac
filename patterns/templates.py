"""
Lines of a log by their shape, counted exactly: Drain (He et al., ICWS 2017) with bounded memory.

What plainly varies (numbers, addresses, hashes) is masked first. A tree of fixed depth leads a
line by its length and its first word to a few groups of like lines, and it joins the nearest one.
Two things are ours. Words of alarm ("failed", "timeout") are never what varies: lines that differ
in them differ in shape. And what is in a place by turns, from few words that are all frequent, is
not blurred into one: "link up" and "link down" stay two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import add, eq

from patterns.log_headers import Header
from patterns.masks import WILD, Alarms, Masks
from patterns.shapes import PARTS_MOST, Group, Shape

#: Characters of a line that are looked at, of its message, and of what is kept of it.
LINE_MOST, MESSAGE_MOST, KEPT_MOST = 20_000, 2_000, 500
#: Shapes that are told apart; lines of yet others are counted together, as rare.
SHAPES_MOST = 5_000
#: Characters of masked lines whose shape is remembered.
REMEMBERED_MOST = 4_000_000

_DEPTH, _SIMILAR, _CHILDREN_MOST, _GROUPS_MOST = 1, 0.4, 100, 64

#: Digits of what a web server answers.
_STATUS = 3
_Key = tuple[str | int, ...]


def _unrepeated(tokens: list[str]) -> list[str]:
    """A list of any length has one shape: of equal neighbours that vary one stays."""
    if not any(map(eq, tokens, tokens[1:])):
        return tokens
    pairs = zip(tokens, ["", *tokens], strict=False)
    return [token for token, before in pairs if token != before or WILD not in token]


class Drain:
    """
    Counts *lines*, of which *empty* were blank and *rare* found no shape.

    Its memory depends on no number of lines: all that it keeps has a limit.
    """

    def __init__(
        self, *, shapes_most: int = SHAPES_MOST, remembered_most: int = REMEMBERED_MOST
    ) -> None:
        self.lines = self.empty = self.rare = 0
        self._shapes_most, self._remembered_most = shapes_most, remembered_most
        self._leaves: dict[_Key, list[Group]] = {}
        self._children: dict[_Key, set[str]] = {}
        self._known: dict[tuple[str, ...], Shape] = {}
        self._masks, self._alarms = Masks(), Alarms()
        self._remembered = self._count = 0
        self._width = 1

    def read(self, lines: Iterable[str], header: Header) -> None:
        """The next *lines* of the log, without their ends."""
        known = self._known
        for line in lines:
            self.lines += 1
            said = line[:LINE_MOST].strip()
            if not said:
                self.empty += 1
                continue
            message, at, level, source = header(said)
            words = message[:MESSAGE_MOST].split() or said[:MESSAGE_MOST].split()
            masked = (level, source, *self._masked(words))
            shape = known.get(masked) or self._placed(masked)
            if shape is None:
                self.rare += 1
            else:
                self._note(shape.now if shape.into else shape, at, said[:KEPT_MOST])

    def _masked(self, words: Sequence[str]) -> Iterable[str]:
        if words[0][0] != '"':
            return map(self._masks.__getitem__, words)
        # A request, and the status of its answer, which is no number like others.
        pairs = zip(words, ["", *words], strict=False)
        return [
            word if before.endswith('"') and len(word) == _STATUS else self._masks[word]
            for word, before in pairs
        ]

    @property
    def parts(self) -> int:
        """Of equal length, in which lines came; the last one may be shorter."""
        return -(-self.lines // self._width)

    def shapes(self) -> list[Shape]:
        """In the order of their first lines; counts after that are lost."""
        groups = (group for leaf in self._leaves.values() for group in leaf)
        found = [shape for group in groups for shape in group.settled()]
        return sorted(found, key=lambda shape: shape.first[0])

    def _note(self, shape: Shape, at: str, line: str) -> None:
        number = self.lines
        while number > PARTS_MOST * self._width:
            self._rescale()
        if not shape.count:
            shape.first, shape.first_at = (number, line), at
        shape.history[(number - 1) // self._width] += 1
        shape.count = count = shape.count + 1
        shape.last = (number, line)
        shape.last_at = at
        if not count & (count - 1) and line != shape.first[1]:
            shape.middle = shape.last

    def _rescale(self) -> None:
        self._width *= 2
        for leaf in self._leaves.values():
            for group in leaf:
                for shape in group.shapes.values():
                    pairs = map(add, shape.history[::2], shape.history[1::2])
                    shape.history = [*pairs, *[0] * (PARTS_MOST // 2)]

    def _placed(self, masked: tuple[str, ...]) -> Shape | None:
        level, source, *tokens = masked
        tokens = _unrepeated(tokens)
        group = self._group(level, source, tokens)
        if group is None:
            return None
        self._remembered += sum(map(len, masked))
        if self._remembered > self._remembered_most:
            self._known.clear()
            self._remembered = 0
        self._known[masked] = shape = self._within(group, tokens, level, source)
        return shape

    def _group(self, level: str, source: str, tokens: Sequence[str]) -> Group | None:
        """The most similar one, or a new one while there is room."""
        key = self._way(level, source, tokens)
        leaf = self._leaves.get(key, [])
        best, most = None, _SIMILAR * len(tokens)
        for group in leaf:
            like = sum(map(eq, group.tokens, tokens))
            if like > most or (best is None and like == most):
                best, most = group, like
        if best:
            return best
        if len(leaf) >= _GROUPS_MOST or self._count >= self._shapes_most:
            return None
        group = Group(tokens)
        self._leaves.setdefault(key, []).append(group)
        return group

    def _way(self, level: str, source: str, tokens: Sequence[str]) -> _Key:
        """Through the tree: what never varies, the length, the first word."""
        alarms = filter(None, map(self._alarms.__getitem__, tokens))
        key: _Key = (level, self._masks[source], len(tokens), *alarms)
        for token in tokens[:_DEPTH]:
            children = self._children.get(key)
            if children is None:
                children = set[str]()
                if self._count < self._shapes_most:
                    self._children[key] = children
            varies = WILD in token or any(map(str.isdigit, token))
            if varies or (token not in children and len(children) >= _CHILDREN_MOST):
                key = (*key, WILD)
            else:
                children.add(token)
                key = (*key, token)
        return key

    def _within(self, group: Group, tokens: Sequence[str], level: str, source: str) -> Shape:
        before = len(group.shapes)
        shape = group.within(tokens, level, source)
        if self._count + len(group.shapes) - before > self._shapes_most:
            shape = group.unite()
        self._count += len(group.shapes) - before
        return shape
