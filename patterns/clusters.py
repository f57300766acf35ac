"""What belongs together, by pairs: the same groups whatever the order in which they come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

Pair = tuple[str, str]
#: What one says, place by place: two contradict where neither says all that the other does.
Claims = tuple[frozenset[str], ...]


def clusters(
    keys: Sequence[str],
    pairs: Iterable[Pair],
    *,
    apart: Collection[Pair] = (),
    claims: Mapping[str, Claims] = MappingProxyType({}),
) -> list[tuple[str, ...]]:
    """
    Connected *keys*, each group sorted, in the order of their first ones.

    *pairs* are taken one after another; one that would put two of *apart* into one group is not,
    nor one that would put together two whose *claims* contradict.
    """
    group = {key: _Group({key}, set(), {claims.get(key, ())}) for key in keys}
    for one, other in apart:
        if one in group and other in group:
            group[one].enemies.add(other)
            group[other].enemies.add(one)
    for one, other in pairs:
        small, large = sorted((group[one], group[other]), key=lambda each: len(each.keys))
        if small is not large and small.fits(large):
            large.take(small)
            group.update(dict.fromkeys(small.keys, large))
    first = {id(group[key]): group[key] for key in sorted(group)}
    return [tuple(sorted(found.keys)) for found in first.values()]


@dataclass
class _Group:
    keys: set[str]
    enemies: set[str]
    claims: set[Claims]

    def fits(self, other: _Group) -> bool:
        return self.enemies.isdisjoint(other.keys) and all(
            nested(mine, theirs)
            for one in self.claims
            for another in other.claims
            for mine, theirs in zip(one, another, strict=True)
        )

    def take(self, other: _Group) -> None:
        self.keys |= other.keys
        self.enemies |= other.enemies
        self.claims |= other.claims


def nested(one: Set[str], other: Set[str]) -> bool:
    """Does one hold all of the other?"""
    return one <= other or other <= one
