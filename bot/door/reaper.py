"""
Connections that cost and bring nothing are closed: who opens one and never ends a request, and
the longest idle where there are too many.

The server itself closes who idles after a request; half of a first one it would bear for long.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

SILENT_SECONDS = 10.0
CONNECTIONS_MOST = 2_000
SWEEP_SECONDS = 1.0


class Connections:
    """
    What is known of each connection: when it came, when it last ended a request, if one is on.

    A connection is whatever `request.protocol` is, and has a transport.
    """

    def __init__(self) -> None:
        self._since: dict[web.RequestHandler, float] = {}
        self._spoke: dict[web.RequestHandler, float] = {}
        self._at_work: set[web.RequestHandler] = set()

    def middleware(self) -> Middleware:
        """Notes every request of an application."""

        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            one = request.protocol
            self._at_work.add(one)
            try:
                return await handler(request)
            finally:
                self._at_work.discard(one)
                self._spoke[one] = asyncio.get_running_loop().time()

        return note

    def useless(
        self,
        open_now: Iterable[web.RequestHandler],
        *,
        now: float,
        most: int,
        silent_seconds: float = SILENT_SECONDS,
    ) -> list[web.RequestHandler]:
        """Those of *open_now* to close; none with a request that is being answered."""
        here = dict.fromkeys(open_now)
        self._since = {one: self._since.get(one, now) for one in here}
        self._spoke = {one: at for one, at in self._spoke.items() if one in here}
        idle = [one for one in here if one not in self._at_work]
        silent = [
            one
            for one in idle
            if one not in self._spoke and now - self._since[one] >= silent_seconds
        ]
        spare = len(here) - len(silent) - most
        if spare <= 0:
            return silent
        rest = sorted(set(idle) - set(silent), key=self._quiet_since)
        return silent + rest[:spare]

    def _quiet_since(self, one: web.RequestHandler) -> tuple[bool, float]:
        """Who never ended a request goes before who did."""
        return one in self._spoke, self._spoke.get(one, self._since[one])


CONNECTIONS = web.AppKey("connections", Connections)


@asynccontextmanager
async def reaping(
    runner: web.AppRunner,
    *,
    silent_seconds: float = SILENT_SECONDS,
    sweep_seconds: float = SWEEP_SECONDS,
) -> AsyncGenerator[None]:
    """Around the life of *runner*, which is set up and whose application is a front door."""

    async def sweep() -> None:
        connections, most, loop = runner.app[CONNECTIONS], bearable(), asyncio.get_running_loop()
        while (server := runner.server) is not None:
            for one in connections.useless(
                server.connections, now=loop.time(), most=most, silent_seconds=silent_seconds
            ):
                if one.transport is not None:
                    one.transport.abort()
            await asyncio.sleep(sweep_seconds)

    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(sweep(), name="reaper")
        yield
        sweeping.cancel()


def bearable(limits: Callable[[int], tuple[int, int]] = resource.getrlimit) -> int:
    """As many as leave half of the process's descriptors to everything else."""
    soft, _ = limits(resource.RLIMIT_NOFILE)
    half = soft // 2
    return CONNECTIONS_MOST if soft == resource.RLIM_INFINITY else min(CONNECTIONS_MOST, half)
