"""What people's verdicts have taught of the panel, from what is kept of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from bot.store.database import Database
from bot.store.tables import OutcomeRow
from patterns.learned import Cast, Learned, RatedClaim, learn
from patterns.recipes.factcheck import Label

#: Newest claims that are learned from.
MOST = 2_000
#: What people say of a claim, as the label that it has then. That they can't tell, either, says
#: nothing of who was right: nothing is learned from it.
_TRUTH = {
    "agree": Label.SUPPORTED.value,
    "disagree": Label.REFUTED.value,
}
#: How many there are, and the newest: while both are the same, nothing new can be learned.
_Mark = tuple[int, datetime | None]


class SqlLearnings:
    """
    Implements `bot.runs.ports.Learnings`.

    To learn from two thousand claims takes a tenth of a second, so it is done anew only where one
    has come or gone since.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[_Mark, Learned]] = {}

    async def of(self, team: str, /) -> Learned:
        mark = await self._mark(team)
        known = self._known.get(team)
        if known is None or known[0] != mark:
            known = self._known[team] = mark, learn(await self.rated(team))
        return known[1]

    async def rated(self, team: str) -> Sequence[RatedClaim]:
        """The newest ones, the oldest of them first."""
        newest = (
            select(OutcomeRow.votes, OutcomeRow.truth, OutcomeRow.named, OutcomeRow.seats)
            .where(_told(team))
            .order_by(OutcomeRow.at.desc(), OutcomeRow.run_id.desc(), OutcomeRow.claim.desc())
            .limit(MOST)
        )
        async with self._database.read() as session:
            found = (await session.execute(newest)).all()
        return [_to_claim(row.votes, row.truth, row.named, row.seats) for row in reversed(found)]

    async def teams(self) -> list[str]:
        """Those that have settled a claim."""
        async with self._database.read() as session:
            found = select(OutcomeRow.team).distinct().order_by(OutcomeRow.team)
            return list(await session.scalars(found))

    async def _mark(self, team: str) -> _Mark:
        statement = select(func.count(), func.max(OutcomeRow.at)).where(_told(team))
        async with self._database.read() as session:
            count, newest = (await session.execute(statement)).one()
        return count, newest


def _told(team: str) -> ColumnElement[bool]:
    """The claims of which people know the truth."""
    return and_(OutcomeRow.team == team, OutcomeRow.truth.in_(_TRUTH))


def _to_claim(votes: str, truth: str, named: str, seats: int) -> RatedClaim:
    cast = tuple(
        Cast(seat=vote["seat"], choice=vote["label"], confidence=vote["confidence"])
        for vote in json.loads(votes)
    )
    return RatedClaim(votes=cast, truth=_TRUTH[truth], named=named, seats=seats)
