"""Time that passes at once, for limits that are counted in seconds."""

from __future__ import annotations

import asyncio
import heapq
import itertools

from aiohttp import TraceConfig

from bot.slack.client import SlackClient

#: Rounds of the event loop before a jump, in which those who were just served can go on.
SETTLING = 20


class VirtualClock:
    """
    Sleepers wake in order of their time; nobody waits for the wall clock.

    With a *breath*, so many real seconds and some rounds of the event loop pass before each
    jump, and none is made while a client that the clock was told to `heed` waits for Slack.
    """

    def __init__(self, *, breath: float = 0.0) -> None:
        self._now = 0.0
        self._breath = breath
        self._calls = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.Handle | None = None

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float, /) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._numbers), future))
        if self._timer is None:
            self._breathe()
        await future

    def heed(self, client: SlackClient) -> None:
        """No time passes between a call of *client* and its answer, however slow the machine."""
        trace = TraceConfig()
        trace.on_request_start.append(self._begun)
        trace.on_request_end.append(self._ended)
        trace.on_request_exception.append(self._ended)
        trace.freeze()
        assert client.web.session is not None
        client.web.session.trace_configs.append(trace)

    async def _begun(self, *_: object) -> None:
        self._calls += 1

    async def _ended(self, *_: object) -> None:
        self._calls -= 1

    def _breathe(self) -> None:
        rounds = SETTLING if self._breath else 0
        self._timer = asyncio.get_running_loop().call_later(self._breath, self._settle, rounds)

    def _settle(self, rounds: int) -> None:
        if self._calls:
            self._breathe()
        elif rounds:
            self._timer = asyncio.get_running_loop().call_soon(self._settle, rounds - 1)
        else:
            self._jump()

    def _jump(self) -> None:
        self._timer = None
        while self._sleepers:
            at, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._now = max(self._now, at)
                future.set_result(None)
                break
        if self._sleepers:
            self._breathe()
