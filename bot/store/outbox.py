"""Which messages of a run stand in Slack, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from bot.runs.model import Run, Status
from bot.runs.storage import Posted
from bot.store.database import Database
from bot.store.statements import insert_or_replace
from bot.store.tables import MessageRow, OpinionRow, PollRow, RunRow


class SqlOutbox:
    """Implements `bot.runs.ports.Outbox`. Its writes touch no run: subscribers are not told."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = database.writer
        self._insert = insert_or_replace(database.dialect, MessageRow, adding=frozenset())

    async def posted(self, run_id: str, /) -> Mapping[str, Posted]:
        async with self._database.read() as session:
            found = await session.scalars(select(MessageRow).where(MessageRow.run_id == run_id))
            return {row.slot: _to_posted(row) for row in found}

    async def put(self, run_id: str, message: Posted, /) -> None:
        row = {
            "run_id": run_id,
            "slot": message.slot,
            "channel": message.channel,
            "ts": message.ts,
            "digest": message.digest,
            "at": datetime.now(UTC),
        }

        def work(connection: Connection) -> bool:
            connection.execute(self._insert, row)
            return True

        await self._writer.write(work)

    async def undelivered(self) -> list[str]:
        """Open runs too: what they show grows. The oldest first."""
        async with self._database.read() as session:
            found = await session.scalars(
                select(RunRow.id)
                .where(RunRow.delivered.is_(False), RunRow.team != "")
                .order_by(RunRow.created_at)
            )
            return list(found)

    async def delivered(self, run: Run, /) -> None:
        statement = (
            update(RunRow)
            .where(
                RunRow.id == run.id,
                RunRow.status != Status.OPEN.value,
                RunRow.attempt == run.attempt,
                RunRow.shared_by == run.shared_by,
                *_voted(run),
            )
            .values(delivered=True)
        )
        await self._writer.write(lambda connection: connection.execute(statement).rowcount > 0)


def _voted(run: Run) -> tuple[ColumnElement[bool], ...]:
    """Nobody has voted since, nor is it over since."""
    over = any(vote.closed for vote in run.people)
    voters = 0 if over else sum(vote.voters for vote in run.people)
    opinions = select(func.count()).where(OpinionRow.run_id == run.id).scalar_subquery()
    ended = select(func.count()).where(PollRow.run_id == run.id, PollRow.counts.is_not(None))
    return (opinions == voters, ended.scalar_subquery() == int(over))


def _to_posted(row: MessageRow) -> Posted:
    return Posted(slot=row.slot, channel=row.channel, ts=row.ts, digest=row.digest)
