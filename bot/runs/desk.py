"""What people can do with a run."""

from __future__ import annotations

from enum import StrEnum

from bot.runs.errors import NoSuchRun
from bot.runs.model import Run, RunRequest, Status
from bot.runs.ports import Engine, RunStore


class Cancelled(StrEnum):
    """What became of the wish to cancel."""

    YES = "yes"
    OVER = "over"
    NOT_YOURS = "not yours"


class Desk:
    """The only door to runs for listeners and the console."""

    def __init__(self, store: RunStore, engine: Engine) -> None:
        self._store = store
        self._engine = engine

    async def submit(self, request: RunRequest) -> Run | None:
        """Write the run down, then start it. None: this delivery was seen before."""
        run = await self._store.add(request)
        if run is not None:
            await self._engine.start(run.id)
        return run

    async def cancel(self, run_id: str, *, by: str, team: str) -> Cancelled:
        """
        Write first, stop second: a run stopped by a deploy stays open and is resumed.

        Raises `NoSuchRun`, also for runs of another workspace.
        """
        run = await self._store.get(run_id, most=0)
        if run.request.place.team != team:
            raise NoSuchRun("There is no such run.")
        if run.request.asked_by != by:
            return Cancelled.NOT_YOURS
        closed = await self._store.close(run_id, Status.CANCELLED)
        if closed:
            await self._engine.cancel(run_id)
        return Cancelled.YES if closed else Cancelled.OVER

    async def abandon(self, run_id: str, sentence: str) -> None:
        """End a run that cannot go on, with *sentence* for the person who asked."""
        if await self._store.close(run_id, Status.FAILED, error=sentence):
            await self._engine.cancel(run_id)
