"""What was let in lately, so that the same thing counts once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

REMEMBERED_SECONDS = 600  # longer than any signature is good for, and than Slack's second retry
REMEMBERED_MOST = 200_000


class Remembered:
    """Names, the latest *most* of them, each for ten minutes."""

    def __init__(self, clock: Callable[[], float], *, most: int = REMEMBERED_MOST) -> None:
        self._clock = clock
        self._most = most
        self._seen: OrderedDict[str, float] = OrderedDict()

    def first(self, name: str) -> bool:
        """True the first time, and from then on False."""
        self._forget_old()
        if name in self._seen:
            return False
        self._seen[name] = self._clock() + REMEMBERED_SECONDS
        return True

    def forget(self, name: str) -> None:
        """It was not carried out: should the same come again, it is welcome."""
        self._seen.pop(name, None)

    def _forget_old(self) -> None:
        now = self._clock()
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > now and len(self._seen) < self._most:
                return
            del self._seen[oldest]
