"""
Spaces what we say to Slack, and lets the most important speak first.

Sources of the numbers: Slack allows one post a second and channel and 50 edits a minute, and
advises against more frequent edits of one message; we stay a little below.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

POST_GAP = 1.0
UPDATE_GAP = 1.5
MINUTE = 60.0
REMEMBERED = 1_000  # spaced things, before those that are free again are forgotten
UPDATES_A_MINUTE = 45
UPDATES_OF_PROGRESS = 36  # the rest is kept for outcomes, which must not wait a minute


class Priority(IntEnum):
    """The smaller, the sooner."""

    FINAL = 0
    OUTCOME = 1
    PROGRESS = 2


class Clock(Protocol):
    """Time, and waiting for it, in seconds."""

    def now(self) -> float: ...

    async def sleep(self, seconds: float, /) -> None: ...


class WallClock:
    """The clock of this machine."""

    def now(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float, /) -> None:
        await asyncio.sleep(seconds)


@dataclass(frozen=True, kw_only=True)
class Call:
    """*spaced* names what needs *gap* seconds between two calls; empty: nothing does."""

    method: str
    priority: Priority = Priority.OUTCOME
    spaced: str = ""
    gap: float = 0


def posting(channel: str, priority: Priority) -> Call:
    return Call(method="chat.postMessage", priority=priority, spaced=channel, gap=POST_GAP)


def updating(channel: str, ts: str, priority: Priority) -> Call:
    return Call(method="chat.update", priority=priority, spaced=f"{channel} {ts}", gap=UPDATE_GAP)


@dataclass
class _State:
    """What was granted for one method: when each spaced thing is free, and the last minute."""

    free: dict[str, float] = field(default_factory=dict[str, float])
    granted: deque[float] = field(default_factory=deque[float])
    paused: float = float("-inf")

    def earliest(self, call: Call, now: float) -> float:
        at = max(now, self.paused, self.free.get(call.spaced, now))
        most = _most_a_minute(call)
        if most and len(self.granted) >= most:
            at = max(at, self.granted[-most] + MINUTE)
        return at

    def take(self, call: Call, at: float) -> None:
        if call.spaced:
            self.free[call.spaced] = at + call.gap
        if _most_a_minute(call):
            insort(self.granted, at)

    def tidy(self, now: float) -> None:
        while self.granted and self.granted[0] + MINUTE <= now:
            self.granted.popleft()
        if len(self.free) > REMEMBERED:
            self.free = {name: at for name, at in self.free.items() if at > now}

    def copy(self) -> _State:
        return _State(dict(self.free), deque(self.granted), self.paused)


@dataclass(frozen=True, order=True)
class _Waiter:
    priority: Priority
    ticket: int
    call: Call = field(compare=False)


class Limiter:
    """Every call takes its `turn` first; a method that Slack is tired of gets a `pause`."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or WallClock()
        self._states: dict[str, _State] = {}
        self._waiting: dict[str, list[_Waiter]] = {}
        self._tickets = itertools.count()

    def ticket(self) -> int:
        """A place in the queue, for who gives up a turn and takes it up again."""
        return next(self._tickets)

    async def turn(self, call: Call, *, ticket: int | None = None, until: float = math.inf) -> bool:
        """
        True when *call* may be made, False when that was not so before *until* on the clock.

        Given up so or by cancellation, nothing is used up.
        """
        waiter = _Waiter(call.priority, self.ticket() if ticket is None else ticket, call)
        queue = self._waiting.setdefault(call.method, [])
        insort(queue, waiter)
        try:
            while (at := self._at(waiter)) > (now := self.clock.now()):
                if now >= until:
                    return False
                await self.clock.sleep(min(at, until) - now)
            self._state(call.method).take(call, now)
            return True
        finally:
            queue.remove(waiter)

    def delay(self, call: Call) -> float:
        """Seconds until *call* could be made if it were asked for now."""
        waiter = _Waiter(call.priority, next(self._tickets), call)
        return self._at(waiter) - self.clock.now()

    def pause(self, method: str, seconds: float) -> None:
        """Nothing of *method* for that long: Slack said so."""
        state = self._state(method)
        state.paused = max(state.paused, self.clock.now() + seconds)

    def _at(self, waiter: _Waiter) -> float:
        """When its turn comes if nobody more important arrives: those ahead go first."""
        now = self.clock.now()
        plan = self._state(waiter.call.method)
        plan.tidy(now)
        ahead = [w for w in self._waiting.get(waiter.call.method, []) if w < waiter]
        if ahead:
            plan = plan.copy()
        for other in ahead:
            plan.take(other.call, plan.earliest(other.call, now))
        return plan.earliest(waiter.call, now)

    def _state(self, method: str) -> _State:
        return self._states.setdefault(method, _State())


def _most_a_minute(call: Call) -> int:
    if call.method != "chat.update":
        return 0
    return UPDATES_OF_PROGRESS if call.priority is Priority.PROGRESS else UPDATES_A_MINUTE
