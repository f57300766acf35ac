"""Runs in SQL."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, and_, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Run, RunRequest, Status, Timed
from bot.runs.ports import Changed, Remembered
from bot.store.database import Database
from bot.store.tables import (
    MOST,
    AnswerRow,
    DeliveryRow,
    EventRow,
    RunRow,
    insert_or_replace,
    insert_unless,
)
from patterns.events import Event, Planned
from patterns.recipes import Result
from patterns.usage import Estimate, Usage

log = logging.getLogger(__name__)

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_RESULT: TypeAdapter[Result] = TypeAdapter(Result)
_ESTIMATE: TypeAdapter[Estimate] = TypeAdapter(Estimate)
_COUNTS = ("calls", "input_tokens", "cached_tokens", "output_tokens", "cost")
_SPENT = frozenset(_COUNTS)
_ANSWER = frozenset({"fingerprint", "body", "model", "scope", "at"})
_INSERT_EVENT = insert(EventRow)
#: What the answers of one model cost: run, model, usage, and how many of them cost nothing.
_Cost = tuple[str, str, Usage, int]


class SqlRunStore:
    """Implements `bot.runs.ports.RunStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = database.writer
        self._insert_delivery = insert_unless(database.dialect, DeliveryRow).returning(
            DeliveryRow.key
        )
        self._insert_answer = insert_or_replace(database.dialect, AnswerRow, adding=_SPENT)
        self._add_cost = insert_or_replace(
            database.dialect, AnswerRow, adding=_SPENT, keeping=_ANSWER
        )

    def subscribe(self, changed: Changed) -> None:
        """*changed* is called, from now on, after each commit that touched a run."""
        self._writer.subscribe(changed)

    async def add(self, request: RunRequest, /) -> Run | None:
        run = Run(id=uuid4().hex, request=request, created_at=datetime.now(UTC))
        row = _to_row(run)
        delivery = {"key": request.dedupe, "run_id": run.id, "at": run.created_at}

        def work(connection: Connection) -> bool:
            connection.execute(insert(RunRow), row)
            if connection.execute(self._insert_delivery, delivery).first():
                return True
            # Seen before, or at this moment by another process: that one has the run.
            connection.execute(delete(RunRow).where(RunRow.id == run.id))
            return False

        return run if await self._writer.write(work, touches=run.id) else None

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        async with self._database.read() as session:
            row = await session.get(RunRow, run_id)
            if row is None:
                raise NoSuchRun("There is no such run.")
            told = await session.execute(
                select(EventRow.seq, EventRow.at, EventRow.body)
                .where(EventRow.run_id == run_id, EventRow.seq > after)
                .order_by(EventRow.seq)
                .limit(most)
            )
            rows = told.all()
            costs = await _costs(session, [run_id])
        events = _to_events(run_id, ((each.at, each.body) for each in rows))
        seen = rows[-1].seq if rows else after
        return _to_run(row, costs).model_copy(update={"events": events, "seen": seen})

    async def recent(self, limit: int, /) -> list[Run]:
        async with self._database.read() as session:
            found = await session.scalars(
                select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id).limit(limit)
            )
            rows = found.all()
            costs = await _costs(session, [row.id for row in rows])
        return [_to_run(row, [cost for cost in costs if cost[0] == row.id]) for row in rows]

    async def open_ids(self) -> list[str]:
        """Runs asked for in Slack that have no outcome yet, the oldest first."""
        async with self._database.read() as session:
            found = await session.scalars(
                select(RunRow.id)
                .where(RunRow.status == Status.OPEN, RunRow.team != "")
                .order_by(RunRow.created_at)
            )
            return list(found)

    async def admit(self, run_id: str, audience: Audience, /, *, model: str = "") -> None:
        values = {"audience": audience.value, "model": model}
        statement = update(RunRow).where(RunRow.id == run_id).values(values)
        await self._writer.write(
            lambda connection: connection.execute(statement).rowcount > 0, touches=run_id
        )

    def append(self, run_id: str, event: Event, /) -> None:
        row = {
            "run_id": run_id,
            "branch": None if isinstance(event, Planned) else event.branch,
            "kind": event.kind,
            "body": event.model_dump_json(),
            "at": datetime.now(UTC),
        }
        self._writer.insert_soon(_INSERT_EVENT, row, touches=run_id)

    async def close(
        self, run_id: str, status: Status, *, result: Result | None = None, error: str | None = None
    ) -> bool:
        statement = (
            update(RunRow)
            .where(RunRow.id == run_id, RunRow.status == Status.OPEN.value)
            .values(
                status=status.value,
                result=result.model_dump_json() if result else None,
                error=error,
                ended_at=datetime.now(UTC),
            )
        )
        return await self._writer.write(
            lambda connection: connection.execute(statement).rowcount > 0, touches=run_id
        )

    async def estimate(self, run_id: str, estimate: Estimate, /) -> None:
        values = {"estimate": _ESTIMATE.dump_json(estimate).decode()}
        statement = update(RunRow).where(RunRow.id == run_id).values(values)
        await self._writer.write(
            lambda connection: connection.execute(statement).rowcount > 0, touches=run_id
        )

    async def answers(self, run_id: str, /) -> Mapping[str, str]:
        async with self._database.read() as session:
            found = await session.execute(
                select(AnswerRow.key, AnswerRow.fingerprint).where(
                    AnswerRow.run_id == run_id, AnswerRow.body.is_not(None)
                )
            )
            return {row.key: row.fingerprint for row in found}

    async def answer(self, run_id: str, key: str, /) -> Remembered:
        async with self._database.read() as session:
            row = await session.get_one(AnswerRow, (run_id, key))
            return _to_answer(row, row.body or "")

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        """An answer to another question under the same key replaces the first; both were paid."""
        row = {
            "run_id": run_id,
            "key": answer.key,
            "fingerprint": answer.fingerprint,
            "body": answer.body,
            "model": answer.model,
            "scope": answer.scope,
            **_counts(answer.usage),
            "at": datetime.now(UTC),
        }
        await self._writer.insert(self._insert_answer, row, touches=run_id)

    def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        row = {
            "run_id": run_id,
            "key": key,
            "fingerprint": "",
            "body": None,
            "model": "",
            "scope": "",
            **_counts(usage),
            "at": datetime.now(UTC),
        }
        self._writer.insert_soon(self._add_cost, row, touches=run_id)


async def _costs(session: AsyncSession, run_ids: Sequence[str]) -> Sequence[_Cost]:
    """The model that answered first comes first."""
    found = await session.execute(
        select(
            AnswerRow.run_id,
            AnswerRow.model,
            func.sum(case((and_(AnswerRow.calls == 0, AnswerRow.body.is_not(None)), 1), else_=0)),
            *(func.sum(getattr(AnswerRow, name)) for name in _COUNTS),
        )
        .where(AnswerRow.run_id.in_(run_ids))
        .group_by(AnswerRow.run_id, AnswerRow.model)
        .order_by(func.min(AnswerRow.at))
    )
    # PostgreSQL sums whole numbers to decimals.
    rows: list[tuple[Any, ...]] = [tuple(row) for row in found]
    return [(row[0], row[1], _to_usage(map(int, row[3:])), int(row[2])) for row in rows]


def _to_usage(counts: Iterable[int]) -> Usage:
    return Usage(**dict(zip(_COUNTS, counts, strict=True)))


def _counts(usage: Usage) -> dict[str, int]:
    return {name: max(0, min(getattr(usage, name), MOST)) for name in _COUNTS}


def _to_row(run: Run) -> dict[str, object]:
    request = run.request
    return {
        "id": run.id,
        "recipe": request.recipe,
        "team": request.place.team,
        "channel": request.place.channel,
        "asked_by": request.asked_by,
        "request": request.model_dump_json(),
        "status": run.status.value,
        "model": run.model,
        "created_at": run.created_at,
        "delivered": False,
    }


def _to_run(row: RunRow, costs: Iterable[_Cost]) -> Run:
    result, error = _to_result(row)
    usage, reused, models = Usage(), 0, list[str]()
    for _, model, cost, free in costs:
        usage += cost
        reused += free
        if model:
            models.append(model)
    return Run(
        id=row.id,
        request=RunRequest.model_validate_json(row.request),
        status=Status(row.status),
        audience=Audience(row.audience) if row.audience else None,
        created_at=row.created_at,
        ended_at=row.ended_at,
        result=result,
        error=error,
        usage=usage,
        reused=reused,
        estimate=_ESTIMATE.validate_json(row.estimate) if row.estimate else None,
        model=row.model,
        models=tuple(models),
    )


def _to_result(row: RunRow) -> tuple[Result | None, str | None]:
    if row.result is None:
        return None, row.error
    try:
        return _RESULT.validate_json(row.result), row.error
    except ValidationError:
        log.warning("run %s: its result is of a kind unknown to this version", row.id)
        return None, "This result was written by another version and cannot be shown."


def _to_events(run_id: str, told: Iterable[tuple[datetime, str]]) -> tuple[Timed, ...]:
    events: list[Timed] = []
    unknown = 0
    for at, body in told:
        try:
            events.append(Timed(at=at, event=_EVENT.validate_json(body)))
        except ValidationError:
            unknown += 1
    if unknown:
        log.warning("run %s: %d events are of a kind unknown to this version", run_id, unknown)
    return tuple(events)


def _to_answer(row: AnswerRow, body: str) -> Remembered:
    return Remembered(
        key=row.key,
        fingerprint=row.fingerprint,
        body=body,
        usage=_to_usage(getattr(row, name) for name in _COUNTS),
        model=row.model,
        scope=row.scope,
    )
