"""What a minute may hold of requests, or of tokens, and how much of it is left."""

from __future__ import annotations

from collections import deque
from math import inf

MINUTE = 60.0
#: Of a minute's limit, what may be taken at once; the rest comes evenly. A twentieth is room
#: enough for a fan-out, and small enough for servers that count by the second.
_AT_ONCE = 0.05
#: After the server refused, this share of the limit is left, and so much comes back a second.
_SLOWER, _RECOVERY = 0.8, 0.02 / MINUTE
_SLOWEST = 0.1
#: A wait of less is none, in seconds: alarms of a loop ring a nanosecond early.
INSTANT = 1e-6


class Bucket:
    """
    Holds two promises at once, whatever is taken as soon as `wait` is 0.

    No sixty seconds see more than the limit (what was taken is counted by the second), and what
    comes at once is small (a token bucket), so that a server may count in either way. What is
    bigger than the bucket is let out when it is full, and leaves a debt.

    *limit* is of a minute; None: nobody knows of one. *now* is the loop's time, in seconds.
    A server may mistake its limits: where it is the server's alone, one goes every *patience*
    seconds whatever it says, and the answer may tell better.
    """

    def __init__(self, limit: float | None, patience: float = MINUTE) -> None:
        self._ceiling = limit
        self._limit = limit
        self._patience = patience
        self._share = 1.0
        self._at = 0.0
        self._last = -inf
        self._seconds: deque[list[float]] = deque()
        self._taken = 0.0
        self._pace()
        self._level = self._at_once

    def seconds(self, amount: float) -> float:
        """How long it takes until so much has come; 0 without a limit."""
        return 0 if self._limit is None else amount / self._rate

    def wait(self, amount: float, now: float) -> float:
        """Seconds until *amount* may be taken, if nobody takes anything before."""
        if self._limit is None:
            return 0
        self._refill(now)
        short = min(amount, self._at_once) - self._level
        wait = max(short / self._rate, self._until_gone(amount, now))
        if wait > INSTANT and self._limit != self._ceiling:
            wait = min(wait, self._last + self._patience - now)
        return wait if wait > INSTANT else 0

    def take(self, amount: float, now: float) -> None:
        self._last = now
        if self._limit is None:
            return
        self._refill(now)
        self._level -= amount
        self._taken += amount
        second = now // 1
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1][1] += amount
        else:
            self._seconds.append([second, amount])

    def correct(self, more: float, taken_at: float) -> None:
        """What was taken then has turned out to be *more*, or less where it is negative."""
        if self._limit is None:
            return
        self._level = min(self._at_once, self._level - more)
        for entry in reversed(self._seconds):
            if entry[0] <= taken_at:
                if entry[0] == taken_at // 1:
                    entry[1] += more
                    self._taken += more
                return

    def slow(self, now: float) -> None:
        """The server refused what we took to be allowed: there is less, and none of it left."""
        if self._limit is not None:
            self._refill(now)
            self._share = max(_SLOWEST, self._share * _SLOWER)
            self._pace()
            self._level = min(self._level, 0)

    def learn(self, limit: float | None, left: float | None, now: float) -> bool:
        """
        The server speaks of *limit*, of which so much is *left*; True if the limit changed.

        What we were told first stays the ceiling. Less left than we thought: somebody else
        uses the same key.
        """
        bounds = [bound for bound in (self._ceiling, limit) if bound is not None]
        known = min(bounds) if limit is not None else self._limit
        changed = known != self._limit
        self._refill(now)
        if changed:
            first = self._limit is None
            self._limit = known
            self._pace()
            self._level = self._at_once if first else min(self._at_once, self._level)
        if left is not None:
            self._level = min(self._level, left)
        return changed

    def _pace(self) -> None:
        self._most = (self._limit or 0) * self._share
        self._at_once = max(1.0, self._most * _AT_ONCE)
        self._rate = self._most * (1 - _AT_ONCE) / MINUTE

    def _refill(self, now: float) -> None:
        passed = now - self._at
        if passed <= 0:
            return
        self._at = now
        self._level = min(self._at_once, self._level + passed * self._rate)
        if self._share < 1:
            self._share = min(1.0, self._share + passed * _RECOVERY)
            self._pace()
        while self._seconds and _gone(self._seconds[0]) <= now:
            self._taken -= self._seconds.popleft()[1]

    def _until_gone(self, amount: float, now: float) -> float:
        """Until the last sixty seconds have room; for what no minute has room for, are empty."""
        over = self._taken + amount - self._most
        if over <= 0 or not self._seconds:
            return 0
        for entry in self._seconds:
            over -= entry[1]
            if over <= 0:
                return _gone(entry) - now
        return _gone(self._seconds[-1]) - now


def _gone(entry: list[float]) -> float:
    """When the last of this second is a minute old."""
    return entry[0] + 1 + MINUTE
