"""
Spaces what we say to Slack, and lets the most important speak first.

Sources of the numbers: Slack's tiers (20, 50 or 100 calls a minute of one method, for one app in
one workspace), one post a second and channel, a few hundred posts a minute and workspace, and its
advice against more frequent edits of one message. We stay a little below.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from bisect import insort
from collections import deque
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol

POST_GAP = 1.0
UPDATE_GAP = 1.5
MINUTE = 60.0
REMEMBERED = 1_000  # spaced things, before those that are free again are forgotten
_TIER_2, _TIER_3, _TIER_4 = 18, 45, 90
#: Calls a minute; of other methods there are so few that they need no count.
A_MINUTE = {
    "agents.sessions.setStatus": _TIER_3,
    "chat.delete": _TIER_3,
    "chat.postEphemeral": _TIER_4,
    "chat.postMessage": 240,
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.info": _TIER_3,
    "conversations.members": _TIER_4,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_2,
    "files.getUploadURLExternal": _TIER_2,
    "users.info": _TIER_4,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
}
#: Of these; the rest is kept for outcomes, which must not wait a minute.
PROGRESS_SHARE = 0.8
#: However long Slack said to wait: after so many seconds an outcome is tried. A wait that was
#: meant for something else, or misread, must not hold it back for an hour.
OUTCOMES_WAIT_MOST = 60.0


class Priority(IntEnum):
    """
    The smaller, the sooner.

    START is a new card, and whatever a run has to ask for; LOOKUP is what people look at.
    """

    FINAL = 0
    CANCELLED = 1
    FAILED = 2
    START = 3
    PROGRESS = 4
    LOOKUP = 5


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
    priority: Priority = Priority.START
    spaced: str = ""
    gap: float = 0


def posting(channel: str, priority: Priority) -> Call:
    return Call(method="chat.postMessage", priority=priority, spaced=channel, gap=POST_GAP)


def updating(channel: str, ts: str, priority: Priority) -> Call:
    return Call(method="chat.update", priority=priority, spaced=f"{channel} {ts}", gap=UPDATE_GAP)


@dataclass
class _State:
    """
    What was granted for one method: when each spaced thing is free, and the last minute.

    *paused* is the end of a wait that Slack asked for, *patient* its end for outcomes. *pace* is
    how many times the usual calls a minute are made.
    """

    pace: float = 1
    free: dict[str, float] = field(default_factory=dict[str, float])
    granted: deque[float] = field(default_factory=deque[float])
    paused: float = float("-inf")
    patient: float = float("-inf")

    def earliest(self, call: Call, now: float) -> float:
        paused = self.patient if call.priority <= Priority.FAILED else self.paused
        at = max(now, paused, self.free.get(call.spaced, now))
        most = _most_a_minute(call, self.pace)
        if most and len(self.granted) >= most:
            at = max(at, self.granted[-most] + MINUTE)
        return at

    def take(self, call: Call, at: float) -> None:
        if call.spaced:
            self.free[call.spaced] = at + call.gap
        if _most_a_minute(call, self.pace):
            insort(self.granted, at)

    def tidy(self, now: float) -> None:
        while self.granted and self.granted[0] + MINUTE <= now:
            self.granted.popleft()
        if len(self.free) > REMEMBERED:
            self.free = {name: at for name, at in self.free.items() if at > now}

    def pause(self, now: float, seconds: float) -> None:
        self.paused = max(self.paused, now + seconds)
        self.patient = max(self.patient, now + min(seconds, OUTCOMES_WAIT_MOST))

    def copy(self) -> _State:
        return replace(self, free=dict(self.free), granted=deque(self.granted))


@dataclass(frozen=True, order=True)
class _Waiter:
    priority: Priority
    ticket: int
    call: Call = field(compare=False)


class Limiter:
    """
    For one workspace, as Slack counts.

    Every call takes its `turn` first; a method that Slack is tired of gets a `pause`. A server
    that is not Slack's may bear *pace* times as many calls a minute.
    """

    def __init__(self, clock: Clock | None = None, *, pace: float = 1) -> None:
        self._pace = pace
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
            while (at := self._at(waiter, now := self.clock.now())) > now:
                if now >= until:
                    return False
                await self.clock.sleep(min(at, until) - now)
            self._state(call.method).take(call, now)
            return True
        finally:
            queue.remove(waiter)

    def delay(self, call: Call, now: float | None = None) -> float:
        """Seconds until *call* could be made if asked for *now*: one for all that are compared."""
        now = self.clock.now() if now is None else now
        return self._at(_Waiter(call.priority, next(self._tickets), call), now) - now

    def pause(self, method: str, seconds: float) -> None:
        """Nothing of *method* for that long: Slack said so."""
        self._state(method).pause(self.clock.now(), seconds)

    def _at(self, waiter: _Waiter, now: float) -> float:
        """When its turn comes if nobody more important arrives: those ahead go first."""
        plan = self._state(waiter.call.method)
        plan.tidy(now)
        ahead = [w for w in self._waiting.get(waiter.call.method, []) if w < waiter]
        if ahead:
            plan = plan.copy()
        for other in ahead:
            plan.take(other.call, plan.earliest(other.call, now))
        return plan.earliest(waiter.call, now)

    def _state(self, method: str) -> _State:
        return self._states.setdefault(method, _State(self._pace))


def _most_a_minute(call: Call, pace: float) -> int:
    most = int(A_MINUTE.get(call.method, 0) * pace)
    return int(most * PROGRESS_SHARE) if call.priority >= Priority.PROGRESS else most
