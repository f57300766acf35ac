"""Runs as asyncio tasks of this process. Open runs are resumed at the next start."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from bot.runs.errors import StorageFailed
from bot.runs.ports import Execute

log = logging.getLogger(__name__)

#: Seconds before a run is entered again, from one failure of the database to the next.
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
#: Seconds that a run which is stopped has to put its things away; nothing it holds is lost.
_LAST_WORDS = 3.0


class TaskEngine:
    """
    Implements `bot.runs.ports.Engine` between entering and leaving the block.

    Leaving stops what is running and writes nothing: those runs stay open; `drain` before it
    lets them end. A run that met a failing database is entered again until that works; *sleep*
    takes seconds.
    """

    def __init__(
        self,
        execute: Execute,
        open_ids: Callable[[], Awaitable[list[str]]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._execute = execute
        self._open_ids = open_ids
        self._sleep = sleep
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._closing = False
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        left_open = await self._open_ids()
        await self._group.__aenter__()
        for run_id in left_open:
            await self.start(run_id)
        if left_open:
            log.info("resumed %d runs", len(left_open))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._closing = True
        for task in self._running.values():
            task.cancel()
        # Not told of the error: it reaches the caller as itself, not inside a group.
        await self._group.__aexit__(None, None, None)

    async def drain(self, seconds: float) -> None:
        """
        Start nothing from now on; what is still running after *seconds* is stopped, stays open
        and goes on at the next start.
        """
        self._closing = True
        running = list(self._running.values())
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            log.info("%d runs go on at the next start", len(late))
            await asyncio.wait(late, timeout=_LAST_WORDS)

    async def start(self, run_id: str, /) -> None:
        """Once the engine is being left, nothing: the run is written down and comes next time."""
        if run_id in self._running:
            self._again.add(run_id)  # opened again, it may still be on its way out of the last time
        else:
            self._begin(run_id)

    def _begin(self, run_id: str) -> None:
        if self._closing:
            return
        task = self._group.create_task(self._carry_out(run_id), name=f"run {run_id}")
        self._running[run_id] = task
        task.add_done_callback(lambda _: self._over(run_id))

    def _over(self, run_id: str) -> None:
        """Entered once more, a run that is closed does nothing."""
        del self._running[run_id]
        if run_id in self._again:
            self._again.remove(run_id)
            self._begin(run_id)

    async def cancel(self, run_id: str, /) -> None:
        if task := self._running.get(run_id):
            task.cancel()

    async def _carry_out(self, run_id: str) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._execute(run_id)
            except StorageFailed as err:
                log.error("run %s: %s; entering it again in %g s", run_id, err, pause)  # noqa: TRY400 - the same traceback every time
            except Exception:  # the door of a run: what breaks it must not end the others
                log.exception("run %s broke and stays open", run_id)
                return
            else:
                return
            await self._sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
