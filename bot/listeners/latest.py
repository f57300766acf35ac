"""What is remembered in memory, the newest of it: lost with the process, so a courtesy."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

MOST = 10_000

K = TypeVar("K")
V = TypeVar("V")


class Latest(Generic[K, V]):
    def __init__(self, *, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def get(self, key: K, default: V) -> V:
        return self._kept.get(key, default)

    def put(self, key: K, value: V) -> None:
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, key: K) -> None:
        self._kept.pop(key, None)
