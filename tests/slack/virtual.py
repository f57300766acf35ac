"""Time that passes at once, for limits that are counted in seconds."""

from __future__ import annotations

import asyncio
import heapq
import itertools


class VirtualClock:
    """
    Sleepers wake in order of their time; nobody waits for the wall clock.

    *breath* real seconds pass before each jump, so that calls on the wire can end first.
    """

    def __init__(self, *, breath: float = 0.0) -> None:
        self._now = 0.0
        self._breath = breath
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.Handle | None = None

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float, /) -> None:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), future))
        if self._timer is None:
            self._timer = loop.call_later(self._breath, self._jump)
        await future

    def _jump(self) -> None:
        self._timer = None
        while self._sleepers:
            at, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._now = max(self._now, at)
                future.set_result(None)
                break
        if self._sleepers:
            self._timer = asyncio.get_running_loop().call_later(self._breath, self._jump)
