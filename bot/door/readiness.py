"""Whether the bot can work: asked by anybody, so looked up once a second at most."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from bot.runs.errors import StorageFailed

log = logging.getLogger(__name__)

READY_SECONDS = 2
READY_HOLDS = 1  # seconds; whoever asks more often gets the same answer

#: Raises `StorageFailed` where runs cannot be written or read, `NotReady` for other reasons.
Ready = Callable[[], Awaitable[None]]


class NotReady(Exception):
    """In one sentence, for the log."""


class Readiness:
    """The answer to `GET /readyz`."""

    def __init__(self, ready: Ready, clock: Callable[[], float]) -> None:
        self._ready = ready
        self._clock = clock
        self._lock = asyncio.Lock()
        self._asked = float("-inf")
        self._status = HTTPStatus.OK

    async def readyz(self, _: web.Request) -> web.Response:
        async with self._lock:
            if abs(self._clock() - self._asked) >= READY_HOLDS:
                self._status = await self._look()
                self._asked = self._clock()
        return web.Response(status=self._status, text=self._status.phrase)

    async def _look(self) -> HTTPStatus:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._ready()
        except (StorageFailed, NotReady, TimeoutError) as err:
            log.warning("not ready: %s", err or f"no answer in {READY_SECONDS} s")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK
