"""A store in memory, for runs in virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.runs.model import Actor, Audience, Rating, Run, RunRequest, Status, Timed
from bot.runs.storage import Remembered
from patterns.events import Event
from patterns.recipes import Result
from patterns.usage import Estimate, Usage


class MemoryStore:
    """Implements `bot.runs.ports.RunStore`."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.kept: dict[str, dict[str, Remembered]] = {}
        self.ratings: dict[tuple[str, str], tuple[Rating, str]] = {}

    async def add(self, request: RunRequest, /) -> Run | None:
        if await self.known(request):
            return None
        run = Run(id=f"run-{len(self.runs)}", request=request, created_at=datetime.now(UTC))
        self.runs[run.id] = run
        self.kept[run.id] = {}
        return run

    async def known(self, request: RunRequest, /) -> Run | None:
        for run in self.runs.values():
            asked = run.status is Status.OPEN and run.request.question
            if run.request.dedupe == request.dedupe or (asked and asked == request.question):
                return run
        return None

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        return self.runs[run_id]

    async def recent(self, limit: int, /) -> list[Run]:
        return list(self.runs.values())[:limit]

    async def reopen(self, run_id: str, attempt: int, /) -> bool:
        run = self.runs[run_id]
        if run.status is Status.OPEN or run.attempt != attempt:
            return False
        gone = {"result": None, "error": None, "ended_at": None}
        self._change(run_id, status=Status.OPEN, attempt=attempt + 1, **gone)
        return True

    async def share(self, run_id: str, by: str, /) -> bool:
        if self.runs[run_id].shared_by:
            return False
        self._change(run_id, shared_by=by)
        return True

    async def rate(self, run_id: str, by: str, rating: Rating, /, *, reason: str = "") -> None:
        before = self.ratings.get((run_id, by), (rating, ""))[1]
        self.ratings[run_id, by] = (rating, reason or before)

    async def open_of(self, actor: Actor, channel: str, thread_ts: str | None, /) -> list[str]:
        return [
            run.id
            for run in self.runs.values()
            if run.status is Status.OPEN
            and run.request.asked_by == actor.user
            and (run.request.place.team, run.request.place.channel) == (actor.team, channel)
            and run.request.place.thread_ts == thread_ts
        ]

    async def admit(self, run_id: str, audience: Audience, /, *, model: str = "") -> None:
        self._change(run_id, audience=audience, model=model)

    async def estimate(self, run_id: str, estimate: Estimate, /) -> None:
        self._change(run_id, estimate=estimate)

    def append(self, run_id: str, event: Event, /) -> None:
        told = Timed(at=datetime.now(UTC), event=event)
        self._change(run_id, events=(*self.runs[run_id].events, told))

    async def close(
        self, run_id: str, status: Status, *, result: Result | None = None, error: str | None = None
    ) -> bool:
        if self.runs[run_id].status is not Status.OPEN:
            return False
        self._change(run_id, status=status, result=result, error=error)
        return True

    async def answers(self, run_id: str, /) -> Mapping[str, str]:
        return {key: answer.fingerprint for key, answer in self.kept[run_id].items()}

    async def answer(self, run_id: str, key: str, /) -> Remembered:
        return self.kept[run_id][key]

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        self.kept[run_id][answer.key] = answer
        self.spend(run_id, answer.key, answer.usage)

    def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        self._change(run_id, usage=self.runs[run_id].usage + usage)

    def _change(self, run_id: str, **fields: object) -> None:
        self.runs[run_id] = self.runs[run_id].model_copy(update=fields)
