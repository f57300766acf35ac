"""The deadline of a branch, which stands still while the branch waits for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar


class _Clock:
    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self._left = 0.0
        self._stopped = 0

    def stop(self) -> None:
        self._stopped += 1
        when = self._timeout.when()
        if self._stopped == 1 and when is not None and not self._timeout.expired():
            self._left = when - asyncio.get_running_loop().time()
            self._timeout.reschedule(None)

    def go_on(self) -> None:
        self._stopped -= 1
        if not self._stopped and self._timeout.when() is None:
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._left)


_clock: ContextVar[_Clock | None] = ContextVar("clock of the branch", default=None)


@asynccontextmanager
async def deadline(seconds: float) -> AsyncGenerator[None]:
    """Raises `TimeoutError` when the block has *seconds* of its own behind it."""
    async with asyncio.timeout(seconds) as timeout:
        token = _clock.set(_Clock(timeout))
        try:
            yield
        finally:
            _clock.reset(token)


@contextmanager
def off_the_clock() -> Generator[None]:
    """
    Time in this block does not count to the `deadline` around it, if there is one.

    For waits that are nobody's fault: a branch in a queue is not a slow branch.
    """
    clock = _clock.get()
    if clock is None:
        yield
        return
    clock.stop()
    try:
        yield
    finally:
        clock.go_on()
