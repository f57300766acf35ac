"""What is done after an ack: small works of this process that nobody waits for."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

log = logging.getLogger(__name__)

#: Works at once; each of them is a call to Slack or two.
MOST = 1_000
#: Seconds that they are waited for at the end.
PATIENCE = 5.0


class Aside:
    """
    Takes works between entering and leaving the block; each has a task, and the task an owner.

    What must not be lost is no work for here: it is gone with the process.
    """

    def __init__(self, *, most: int = MOST, patience: float = PATIENCE) -> None:
        self._most = most
        self._patience = patience
        self._tasks: set[asyncio.Task[None]] = set()
        self._group = asyncio.TaskGroup()
        self._closing = False

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._closing = True
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=self._patience)
        finally:
            for task in self._tasks:
                task.cancel()
            # Not told of the error: it reaches the caller as itself, not inside a group.
            await self._group.__aexit__(None, None, None)

    def __call__(self, work: Coroutine[Any, Any, object], /) -> None:
        """Returns at once, and never raises: an error after an ack would take it back."""
        if self._closing or len(self._tasks) >= self._most:
            work.close()
            log.warning("not done: %s", "closing" if self._closing else "too much at once")
            return
        task = self._group.create_task(_carried_out(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # one that was cancelled before its first step would complain that it was never awaited
        task.add_done_callback(lambda _: work.close())


async def _carried_out(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except Exception as err:  # noqa: BLE001 - the door of a work: it must not end the others
        at = traceback.extract_tb(err.__traceback__)[-1]
        # without the error's own words, which may be people's
        log.error("broke after the ack: %s at %s:%s", type(err).__name__, at.filename, at.lineno)  # noqa: TRY400
