"""A store in memory, for runs in virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.runs.model import Audience, Run, RunRequest, Status, Timed
from bot.runs.ports import Remembered
from patterns.events import Event
from patterns.recipes import Result
from patterns.usage import Estimate, Usage


class MemoryStore:
    """Implements `bot.runs.ports.RunStore`."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.kept: dict[str, dict[str, Remembered]] = {}

    async def add(self, request: RunRequest, /) -> Run:
        run = Run(id=f"run-{len(self.runs)}", request=request, created_at=datetime.now(UTC))
        self.runs[run.id] = run
        self.kept[run.id] = {}
        return run

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        return self.runs[run_id]

    async def recent(self, limit: int, /) -> list[Run]:
        return list(self.runs.values())[:limit]

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
