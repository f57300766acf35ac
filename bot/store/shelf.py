"""Answers that were paid for, for others who ask the same within the next days."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, select

from bot.runs.storage import Remembered
from bot.store.database import Database
from bot.store.rows import to_answer
from bot.store.tables import AnswerRow

#: Fingerprints that a run is told of at its start. They are held in memory, 120 bytes each.
_MOST = 20_000


class SqlShelf:
    """Implements `bot.runs.ports.Shelf`; an answer is kept for *days*, 0: none is."""

    def __init__(
        self,
        database: Database,
        *,
        days: float,
        now: Callable[[], datetime] = partial(datetime.now, UTC),
    ) -> None:
        self._database = database
        self._age = timedelta(days=days)
        self._now = now

    async def known(self, scope: str, /) -> Collection[str]:
        """Of a scope with more than it can tell, some are left out."""
        if not self._age:
            return frozenset()
        statement = select(AnswerRow.fingerprint).where(*self._given(scope)).distinct()
        async with self._database.read() as session:
            return frozenset(await session.scalars(statement.limit(_MOST)))

    async def find(self, scope: str, fingerprint: str, /) -> Remembered | None:
        statement = (
            select(AnswerRow)
            .where(AnswerRow.fingerprint == fingerprint, *self._given(scope))
            .order_by(AnswerRow.at.desc())
            .limit(1)
        )
        async with self._database.read() as session:
            row = await session.scalar(statement)
        return None if row is None else to_answer(row)

    def _given(self, scope: str) -> tuple[ColumnElement[bool], ...]:
        young = AnswerRow.at > self._now() - self._age
        return (AnswerRow.scope == scope, AnswerRow.body.is_not(None), young)
