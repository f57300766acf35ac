"""The last values of something measured, and how they are spread."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque


class Recent:
    """Keeps the last *size* values; adding one costs about a microsecond."""

    def __init__(self, size: int = 200) -> None:
        self._size = size
        self._in_order: deque[float] = deque()
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, value: float) -> None:
        if len(self._in_order) == self._size:
            del self._sorted[bisect_left(self._sorted, self._in_order.popleft())]
        self._in_order.append(value)
        insort(self._sorted, value)

    def percentile(self, share: float) -> float:
        """
        The value that one more will not exceed with a probability of *share*; there must be one.

        That is the rank of share × (n + 1): by the nearest rank of share × n, a 95th percentile
        of 200 would be exceeded by 5.5 %.
        """
        rank = math.ceil(share * (len(self._sorted) + 1))
        return self._sorted[min(max(rank, 1), len(self._sorted)) - 1]
