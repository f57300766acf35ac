"""Runs, their events and answers: from values to rows and back."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.runs.model import Audience, Rated, Rating, Run, RunRequest, Status, Timed
from bot.runs.storage import Remembered
from bot.store.tables import MOST, AnswerRow, RatingRow, RunRow
from patterns.events import Event, Planned
from patterns.recipes import Result
from patterns.usage import Estimate, Usage

log = logging.getLogger(__name__)

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_RESULT: TypeAdapter[Result] = TypeAdapter(Result)
_ESTIMATE: TypeAdapter[Estimate] = TypeAdapter(Estimate)
#: The columns of an answer that add up.
COUNTS = ("calls", "input_tokens", "cached_tokens", "output_tokens", "cost")
#: What others paid for; what no model said is no answer.
_GIVEN = and_(AnswerRow.calls == 0, AnswerRow.body.is_not(None), AnswerRow.model != "")
_ERASED = "What was asked and found here has been deleted."
#: What the answers of one model cost: run, model, usage, and how many of them cost nothing.
Costs = tuple[str, str, Usage, int]


def from_run(run: Run) -> dict[str, object]:
    """A new one."""
    request = run.request
    return {
        "id": run.id,
        "recipe": request.recipe,
        "team": request.place.team,
        "enterprise": request.place.enterprise,
        "channel": request.place.channel,
        "asked_by": request.asked_by,
        "request": request.model_dump_json(),
        "question": request.question or None,
        "status": run.status.value,
        "model": run.model,
        "created_at": run.created_at,
        "opened_at": run.opened_at,
        "delivered": False,
    }


def from_event(run_id: str, event: Event, at: datetime) -> dict[str, object]:
    return {
        "run_id": run_id,
        "branch": None if isinstance(event, Planned) else event.branch,
        "kind": event.kind,
        "body": event.model_dump_json(),
        "at": at,
    }


def from_estimate(estimate: Estimate) -> str:
    return _ESTIMATE.dump_json(estimate).decode()


def from_usage(usage: Usage) -> dict[str, int]:
    return {name: max(0, min(getattr(usage, name), MOST)) for name in COUNTS}


async def to_runs(session: AsyncSession, found: Select[RunRow]) -> list[Run]:
    """In the order found, without their events."""
    rows = (await session.scalars(found)).all()
    costs = await costs_of(session, [row.id for row in rows])
    return [to_run(row, [cost for cost in costs if cost[0] == row.id]) for row in rows]


async def costs_of(session: AsyncSession, run_ids: Sequence[str]) -> Sequence[Costs]:
    """The model that answered first comes first."""
    found = await session.execute(
        select(
            AnswerRow.run_id,
            AnswerRow.model,
            func.sum(case((_GIVEN, 1), else_=0)),
            *(func.sum(getattr(AnswerRow, name)) for name in COUNTS),
        )
        .where(AnswerRow.run_id.in_(run_ids))
        .group_by(AnswerRow.run_id, AnswerRow.model)
        .order_by(func.min(AnswerRow.at))
    )
    # PostgreSQL sums whole numbers to decimals.
    rows: list[tuple[Any, ...]] = [tuple(row) for row in found]
    return [(row[0], row[1], _to_usage(map(int, row[3:])), int(row[2])) for row in rows]


def to_run(row: RunRow, costs: Iterable[Costs]) -> Run:
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
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        attempt=row.attempt,
        shared_by=row.shared_by,
        result=result,
        error=error,
        usage=usage,
        reused=reused,
        estimate=_ESTIMATE.validate_json(row.estimate) if row.estimate else None,
        model=row.model,
        models=tuple(models),
    )


def to_events(run_id: str, told: Iterable[tuple[datetime, str]]) -> tuple[Timed, ...]:
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


def to_answer(row: AnswerRow) -> Remembered:
    return Remembered(
        key=row.key,
        fingerprint=row.fingerprint,
        body=row.body or "",
        usage=_to_usage(getattr(row, name) for name in COUNTS),
        model=row.model,
        scope=row.scope,
    )


def _to_result(row: RunRow) -> tuple[Result | None, str | None]:
    if row.erased_at:
        return None, _ERASED
    if row.result is None:
        return None, row.error
    try:
        return _RESULT.validate_json(row.result), row.error
    except ValidationError:
        log.warning("run %s: its result is of a kind unknown to this version", row.id)
        return None, "This result was written by another version and cannot be shown."


def _to_usage(counts: Iterable[int]) -> Usage:
    return Usage(**dict(zip(COUNTS, counts, strict=True)))


def to_rated(row: RatingRow) -> Rated:
    return Rated(by=row.user, rating=Rating(row.rating), reason=row.reason, at=row.at)
