"""Runs in SQL."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Run, RunRequest, Status, Timed
from bot.runs.ports import Changed, Remembered
from bot.store.database import Database
from bot.store.tables import (
    AnswerRow,
    DeliveryRow,
    EventRow,
    RunRow,
    insert_or_replace,
    insert_unless,
)
from patterns.events import Event, Planned
from patterns.recipes import Result
from patterns.usage import Usage

log = logging.getLogger(__name__)

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_RESULT: TypeAdapter[Result] = TypeAdapter(Result)
_SPENT = frozenset({"calls", "input_tokens", "output_tokens"})
_ANSWER = frozenset({"fingerprint", "body", "model", "at"})
_INSERT_EVENT = insert(EventRow)
#: What the answers of one model cost: run, model, calls, input tokens, output tokens.
_Cost = tuple[str, str, int, int, int]


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

    async def get(self, run_id: str, /) -> Run:
        async with self._database.read() as session:
            row = await session.get(RunRow, run_id)
            if row is None:
                raise NoSuchRun("There is no such run.")
            told = await session.execute(
                select(EventRow.at, EventRow.body)
                .where(EventRow.run_id == run_id)
                .order_by(EventRow.seq)
            )
            costs = await _costs(session, [run_id])
        return _to_run(row, costs, _to_events(run_id, told))

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

    async def answers(self, run_id: str, /) -> Mapping[str, Remembered]:
        async with self._database.read() as session:
            found = await session.scalars(select(AnswerRow).where(AnswerRow.run_id == run_id))
            return {row.key: _to_answer(row, row.body) for row in found if row.body is not None}

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        """An answer to another question under the same key replaces the first; both were paid."""
        row = {
            "run_id": run_id,
            "key": answer.key,
            "fingerprint": answer.fingerprint,
            "body": answer.body,
            "model": answer.model,
            "calls": answer.usage.calls,
            "input_tokens": answer.usage.input_tokens,
            "output_tokens": answer.usage.output_tokens,
            "at": datetime.now(UTC),
        }
        await self._writer.insert(self._insert_answer, row, touches=run_id)

    async def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        row = {
            "run_id": run_id,
            "key": key,
            "fingerprint": "",
            "body": None,
            "model": "",
            "calls": usage.calls,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "at": datetime.now(UTC),
        }
        await self._writer.insert(self._add_cost, row, touches=run_id)


async def _costs(session: AsyncSession, run_ids: Sequence[str]) -> Sequence[_Cost]:
    """The model that answered first comes first."""
    found = await session.execute(
        select(
            AnswerRow.run_id,
            AnswerRow.model,
            func.sum(AnswerRow.calls),
            func.sum(AnswerRow.input_tokens),
            func.sum(AnswerRow.output_tokens),
        )
        .where(AnswerRow.run_id.in_(run_ids))
        .group_by(AnswerRow.run_id, AnswerRow.model)
        .order_by(func.min(AnswerRow.at))
    )
    # PostgreSQL sums whole numbers to decimals.
    return [(run, model, int(a), int(b), int(c)) for run, model, a, b, c in found]


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


def _to_run(row: RunRow, costs: Iterable[_Cost], events: tuple[Timed, ...] = ()) -> Run:
    result, error = _to_result(row)
    usage, models = Usage(), list[str]()
    for _, model, calls, input_tokens, output_tokens in costs:
        usage += Usage(calls=calls, input_tokens=input_tokens, output_tokens=output_tokens)
        if model:
            models.append(model)
    return Run(
        id=row.id,
        request=RunRequest.model_validate_json(row.request),
        status=Status(row.status),
        audience=Audience(row.audience) if row.audience else None,
        created_at=row.created_at,
        ended_at=row.ended_at,
        events=events,
        result=result,
        error=error,
        usage=usage,
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
        usage=Usage(
            calls=row.calls, input_tokens=row.input_tokens, output_tokens=row.output_tokens
        ),
        model=row.model,
    )
