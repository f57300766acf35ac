"""What runs hold and have spent of the caps, in one place for all processes on the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    true,
    update,
)

from bot.runs.lookup import Spent
from bot.runs.model import Actor
from bot.runs.money import NO_CAP, Cap, Caps, Claim, Cost, Held, Others, grant
from bot.runs.purse import HELD_SECONDS
from bot.store.database import Database
from bot.store.statements import take_turn
from bot.store.tables import MOST, AnswerRow, RunRow

_LIMIT = Cap(tokens=MOST, micros=MOST)
_ALIVE = timedelta(seconds=HELD_SECONDS)


class SqlLedger:
    """Implements `bot.runs.purse.Ledger`."""

    def __init__(self, database: Database, caps: Caps) -> None:
        self._writer = database.writer
        self._caps = caps

    async def hold(self, run_id: str, claim: Claim, /) -> Held:
        now = datetime.now(UTC)
        held = Held(cost=claim.bound)

        def work(connection: Connection) -> bool:
            nonlocal held
            take_turn(connection)
            true_claim = claim.after(_said(connection, run_id))
            held = grant(true_claim, self._caps, *self._others(connection, run_id, now))
            _write(connection, run_id, held.cost, held.spent, now + _ALIVE)
            return True

        await self._writer.write(work)
        return held

    async def renew(self, run_id: str, /) -> bool:
        now = datetime.now(UTC)

        def work(connection: Connection) -> bool:
            renewed = connection.execute(
                update(RunRow)
                .where(RunRow.id == run_id, RunRow.held_until > now)
                .values(held_until=now + _ALIVE)
            )
            return renewed.rowcount > 0

        return await self._writer.write(work)

    async def close(self, run_id: str, spent: Cost, /) -> None:
        def work(connection: Connection) -> bool:
            known = spent.at_least(_said(connection, run_id))
            _write(connection, run_id, known, known, None)
            return True

        await self._writer.write(work)

    def _others(self, connection: Connection, run_id: str, now: datetime) -> tuple[Others, Others]:
        """Those of the person's day, and of the workspace's month: those the run was asked in."""
        if self._caps.person_day == self._caps.workspace_month == NO_CAP:
            return Others(), Others()
        run = connection.execute(
            select(RunRow.team, RunRow.asked_by, RunRow.created_at).where(RunRow.id == run_id)
        ).one()
        runs = _of_day_and_month(run.team, run.asked_by, run.created_at, now)
        return _counted(connection.execute(runs.where(RunRow.id != run_id)).one())


class SqlSpending:
    """Implements `bot.runs.lookup.Spending`."""

    def __init__(
        self, database: Database, *, now: Callable[[], datetime] = partial(datetime.now, UTC)
    ) -> None:
        self._database = database
        self._now = now

    async def of(self, actor: Actor, /) -> Spent:
        now = self._now()
        async with self._database.read() as session:
            runs = _of_day_and_month(actor.team, actor.user, now, now)
            day, month = _counted((await session.execute(runs)).one())
        return Spent(day=day.held, month=month.held)


def day_of(at: datetime) -> tuple[datetime, datetime]:
    """From its beginning to that of the next, in UTC."""
    begin = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return begin, begin + timedelta(days=1)


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """As `day_of`."""
    begin = day_of(at)[0].replace(day=1)
    return begin, (begin + timedelta(days=31)).replace(day=1)


def _of_day_and_month(team: str, user: str, at: datetime, now: datetime) -> Select[Any]:
    """Of the person's day and the workspace's month *at* that time, as they are *now*."""
    day, month = day_of(at), month_of(at)
    by_person = and_(
        RunRow.asked_by == user, RunRow.created_at >= day[0], RunRow.created_at < day[1]
    )
    return select(*_sums(by_person, now), *_sums(true(), now)).where(
        RunRow.team == team, RunRow.created_at >= month[0], RunRow.created_at < month[1]
    )


def _counted(found: Row[Any]) -> tuple[Others, Others]:
    """PostgreSQL sums whole numbers to decimals; of no rows the sum is nothing."""
    counts = [int(count or 0) for count in found]
    return _others(counts[:4]), _others(counts[4:])


def _others(counts: list[int]) -> Others:
    held_tokens, held_micros, idle_tokens, idle_micros = counts
    return Others(
        held=Cost(tokens=held_tokens, micros=held_micros),
        idle=Cost(tokens=idle_tokens, micros=idle_micros),
    )


def _sums(those: ColumnElement[bool], now: datetime) -> list[ColumnElement[Any]]:
    """Tokens and micros held, and tokens and micros idle."""
    alive = and_(RunRow.held_until.is_not(None), RunRow.held_until > now)
    tokens = AnswerRow.input_tokens + AnswerRow.output_tokens
    held = [
        case(
            (alive, RunRow.held_tokens),
            (RunRow.held_until.is_not(None), _found(RunRow.spent_tokens, tokens)),
            else_=RunRow.spent_tokens,
        ),
        case(
            (alive, RunRow.held_micros),
            (RunRow.held_until.is_not(None), _found(RunRow.spent_micros, AnswerRow.cost)),
            else_=RunRow.spent_micros,
        ),
    ]
    idle = [
        case((alive, RunRow.held_tokens - RunRow.spent_tokens), else_=0),
        case((alive, RunRow.held_micros - RunRow.spent_micros), else_=0),
    ]
    return [func.sum(case((those, column), else_=0)) for column in (*held, *idle)]


def _found(said: Any, paid: Any) -> ColumnElement[int]:
    """What a run had spent that came to no end: its answers tell what it could not say."""
    total = (
        select(cast(func.coalesce(func.sum(paid), literal(0)), BigInteger))
        .where(AnswerRow.run_id == RunRow.id)
        .correlate(RunRow)
        .scalar_subquery()
    )
    return case((total > said, total), else_=said)


def _said(connection: Connection, run_id: str) -> Cost:
    """What the run said last that it has spent; of one that was erased meanwhile nothing."""
    columns = RunRow.spent_tokens, RunRow.spent_micros
    row = connection.execute(select(*columns).where(RunRow.id == run_id)).first()
    return Cost(tokens=row[0], micros=row[1]) if row else Cost()


def _write(
    connection: Connection, run_id: str, held: Cost, spent: Cost, until: datetime | None
) -> None:
    held, spent = (Cost().at_least(_LIMIT.limit(each)) for each in (held, spent))
    connection.execute(
        update(RunRow)
        .where(RunRow.id == run_id)
        .values(
            held_tokens=held.tokens,
            held_micros=held.micros,
            spent_tokens=spent.tokens,
            spent_micros=spent.micros,
            held_until=until,
        )
    )
