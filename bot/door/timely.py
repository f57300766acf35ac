"""
An answer before Slack gives up: within 2.4 s of its arrival, whatever the listeners do.

Who is late goes on all the same: what Slack sends again is known by then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = logging.getLogger(__name__)

ANSWER_SECONDS = 2.4  # Slack waits for 3, and for events counts what comes later as failed
LAST_SECONDS = 3.0  # for what is in work at the end
LATE = "This takes longer than it should: if nothing shows up in a minute, please try again."

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class Timely:
    """Carries deliveries out, each as a task that somebody owns."""

    def __init__(self, dispatch: Dispatch, group: asyncio.TaskGroup, *, seconds: float) -> None:
        self._dispatch = dispatch
        self._group = group
        self._seconds = seconds
        self._at_work: set[asyncio.Task[BoltResponse]] = set()

    async def answer(self, request: AsyncBoltRequest, *, arrived: float) -> BoltResponse:
        """
        The listener's answer; 503 if it broke, which makes Slack come again.

        *arrived* is in the loop's time. For who is late: 503 too, but a sentence for the person
        where it was a command, which Slack never sends again.
        """
        task = self._group.create_task(self._carried_out(request))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        left = arrived + self._seconds - asyncio.get_running_loop().time()
        done, _ = await asyncio.wait({task}, timeout=max(0.0, left))
        if done:
            return task.result()
        log.warning("a listener has not answered within %.1f s", self._seconds)
        if "command" in request.body:
            return BoltResponse(status=200, body=LATE)
        return BoltResponse(status=503)

    async def last(self) -> None:
        """Wait for what is in work, but not for long."""
        if self._at_work:
            await asyncio.wait(set(self._at_work), timeout=LAST_SECONDS)
        for task in set(self._at_work):
            task.cancel()

    async def _carried_out(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            return await self._dispatch(request)
        except Exception:  # the door: whatever broke behind it, Slack is asked to come again
            log.exception("a delivery broke")
            return BoltResponse(status=503)


@asynccontextmanager
async def timely(dispatch: Dispatch, *, seconds: float = ANSWER_SECONDS) -> AsyncGenerator[Timely]:
    """On exit, what is in work gets three seconds more."""
    async with asyncio.TaskGroup() as group:
        door = Timely(dispatch, group, seconds=seconds)
        try:
            yield door
        finally:
            await door.last()
