"""What was spent, added up for people who look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Text, and_, distinct, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.store.database import Database
from bot.store.rows import COUNTS
from bot.store.tables import AnswerRow, RunRow
from patterns.usage import Usage


class By(StrEnum):
    """What spendings may be told apart by."""

    WORKSPACE = "workspace"
    PERSON = "person"
    RECIPE = "recipe"
    MODEL = "model"


_Column = ColumnElement[str] | InstrumentedAttribute[str]
_COLUMNS: dict[By, _Column] = {
    By.WORKSPACE: RunRow.team,
    By.PERSON: RunRow.asked_by,
    By.RECIPE: RunRow.recipe,
    # Attempts that brought no answer do not say who was asked; the run does.
    By.MODEL: func.coalesce(func.nullif(AnswerRow.model, ""), RunRow.model, type_=Text()),
}
#: Evidence is kept among the answers, and no model was asked for it.
_ASKED = or_(AnswerRow.model != "", AnswerRow.calls > 0)


@dataclass(frozen=True, kw_only=True)
class Spent:
    """*names* are those of what it was asked to be told apart by, in that order."""

    names: tuple[str, ...]
    runs: int
    usage: Usage


class Spending:
    """Reads only; raises `StorageFailed`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(self, since: datetime, until: datetime, *by: By) -> Sequence[Spent]:
        """Of the runs asked for in that time, those that spent most first."""
        columns = [_COLUMNS[each].label(each) for each in by]
        sums = [func.coalesce(func.sum(getattr(AnswerRow, name)), 0) for name in COUNTS]
        statement = (
            select(*columns, func.count(distinct(RunRow.id)), *sums)
            .select_from(RunRow)
            .outerjoin(AnswerRow, and_(AnswerRow.run_id == RunRow.id, _ASKED))
            .where(RunRow.created_at >= since, RunRow.created_at < until)
            .group_by(*(_COLUMNS[each] for each in by))
        )
        async with self._database.read() as session:
            found = (await session.execute(statement)).all()
        # PostgreSQL sums whole numbers to decimals.
        spent = [
            Spent(
                names=tuple(row[: len(by)]),
                runs=row[len(by)],
                usage=Usage(**dict(zip(COUNTS, map(int, row[len(by) + 1 :]), strict=True))),
            )
            for row in found
        ]
        return sorted(spent, key=lambda each: (-each.usage.tokens, each.names))
