"""What was run in a workspace, for people who look."""

from __future__ import annotations

from sqlalchemy import select

from bot.runs.model import Run
from bot.store.database import Database
from bot.store.rows import to_runs
from bot.store.tables import RunRow

#: Enough to see that a beginning is not the only one.
_TWO = 2


class SqlHistory:
    """Implements `bot.runs.lookup.History`. What is erased is not found."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, team: str, /, *, user: str = "", limit: int = 50) -> list[Run]:
        newest = select(RunRow).where(RunRow.team == team, RunRow.erased_at.is_(None))
        if user:
            newest = newest.where(RunRow.asked_by == user)
        newest = newest.order_by(RunRow.created_at.desc(), RunRow.id).limit(limit)
        async with self._database.read() as session:
            return await to_runs(session, newest)

    async def named(self, team: str, start: str, /) -> list[str]:
        statement = (
            select(RunRow.id)
            .where(
                RunRow.team == team,
                RunRow.erased_at.is_(None),
                RunRow.id.startswith(start, autoescape=True),
            )
            .limit(_TWO)
        )
        async with self._database.read() as session:
            return list(await session.scalars(statement))
