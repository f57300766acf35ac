"""Runs in memory, for a desk and an archive behind the listeners."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.runs.errors import NoSuchRun
from bot.runs.model import Actor, Audience, Rating, Run, RunRequest, Status
from bot.runs.storage import Remembered
from patterns.events import Event
from patterns.recipes import Result
from patterns.usage import Estimate, Usage


class Runs:
    """A `RunStore` and a `History` in one, as much as desk and archive need of them."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.rated: dict[tuple[str, str], tuple[Rating, str]] = {}
        self.broken: Exception | None = None
        self.slow: asyncio.Event | None = None

    def change(self, run_id: str, **fields: object) -> None:
        self.runs[run_id] = self.runs[run_id].model_copy(update=fields)

    async def add(self, request: RunRequest, /) -> Run | None:
        if self.slow:
            await self.slow.wait()
        self._works()
        if await self.known(request):
            return None
        now = datetime(2026, 11, 24, tzinfo=UTC)
        run = Run(id=f"run-{len(self.runs) + 1}", request=request, created_at=now)
        self.runs[run.id] = run
        return run

    async def known(self, request: RunRequest, /) -> Run | None:
        for run in self.runs.values():
            same = run.status is Status.OPEN and run.request.question == request.question != ""
            if same or run.request.dedupe == request.dedupe:
                return run
        return None

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        self._works()
        if run_id not in self.runs:
            raise NoSuchRun("There is no such run.")
        return self.runs[run_id]

    async def recent(self, limit: int, /) -> list[Run]:
        return list(self.runs.values())[:limit]

    async def latest(self, team: str, /, *, user: str = "", limit: int = 50) -> list[Run]:
        self._works()
        theirs = [
            run
            for run in reversed(self.runs.values())
            if run.request.place.team == team and user in {"", run.request.asked_by}
        ]
        return theirs[:limit]

    async def named(self, team: str, start: str, /) -> list[str]:
        found = [run.id for run in await self.latest(team) if run.id.startswith(start)]
        return found[:2]

    async def reopen(self, run_id: str, attempt: int, /) -> bool:
        run = self.runs[run_id]
        if run.status is Status.OPEN or run.attempt != attempt:
            return False
        self.change(run_id, status=Status.OPEN, attempt=attempt + 1)
        return True

    async def share(self, run_id: str, by: str, /) -> bool:
        if self.runs[run_id].shared_by:
            return False
        self.change(run_id, shared_by=by)
        return True

    async def rate(self, run_id: str, by: str, rating: Rating, /, *, reason: str = "") -> None:
        before = self.rated.get((run_id, by), (rating, ""))[1]
        self.rated[run_id, by] = rating, reason or before

    async def open_of(self, actor: Actor, channel: str, thread_ts: str | None, /) -> list[str]:
        self._works()
        return [
            run.id
            for run in self.runs.values()
            if run.status is Status.OPEN and run.request.asked_by == actor.user
            if run.request.place.channel == channel and run.request.place.thread_ts == thread_ts
        ]

    async def close(
        self, run_id: str, status: Status, *, result: Result | None = None, error: str | None = None
    ) -> bool:
        self._works()
        if self.runs[run_id].status is not Status.OPEN:
            return False
        self.change(run_id, status=status, result=result, error=error)
        return True

    def _works(self) -> None:
        if self.broken:
            raise self.broken

    async def admit(self, run_id: str, audience: Audience, /, *, model: str = "") -> None:
        raise NotImplementedError

    async def estimate(self, run_id: str, estimate: Estimate, /) -> None:
        raise NotImplementedError

    def append(self, run_id: str, event: Event, /) -> None:
        raise NotImplementedError

    async def answers(self, run_id: str, /) -> Mapping[str, str]:
        raise NotImplementedError

    async def answer(self, run_id: str, key: str, /) -> Remembered:
        raise NotImplementedError

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        raise NotImplementedError

    def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        raise NotImplementedError
