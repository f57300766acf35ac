"""Erasing what was asked, read and found: of a workspace, of a person, of what is old."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    bindparam,
    delete,
    func,
    select,
    union,
    update,
)

from bot.runs.model import Status
from bot.store.ballots import Ending, forget_polls, show_again
from bot.store.database import Database
from bot.store.preferences import SqlPreferences
from bot.store.statements import take_turn
from bot.store.tables import (
    AnswerRow,
    EventRow,
    MessageRow,
    OpinionRow,
    PageRow,
    RatingRow,
    RunRow,
)
from bot.store.workspace_tables import BookmarkRow, CutsRow, InstallationRow, PreferenceRow

log = logging.getLogger(__name__)

#: Runs whose rows go in one transaction; others write in between.
_AT_ONCE = 20
_OPEN = RunRow.status == Status.OPEN.value
_WHOLE = RunRow.erased_at.is_(None)
_EMPTIED = (
    update(RunRow.__table__)  # type: ignore[arg-type] - of one class that is one table
    .where(RunRow.id == bindparam("of"))
    .values(
        request=bindparam("rest"),
        question=None,
        result=None,
        error=None,
        delivered=True,
        erased_at=bindparam("now"),
    )
)


async def _nobody(run_id: str) -> None: ...


class SqlEraser:
    """
    Implements `bot.runs.workspace.Eraser`.

    *stop* is told each open run once its end is written down, before its rows go. *preferences*
    are those that the process has in memory.
    """

    def __init__(
        self,
        database: Database,
        *,
        stop: Callable[[str], Awaitable[None]] = _nobody,
        preferences: SqlPreferences | None = None,
    ) -> None:
        self._database = database
        self._writer = database.writer
        self._stop = stop
        self._preferences = preferences

    async def workspace(
        self, team: str, enterprise: str = "", /, *, until: datetime | None = None
    ) -> list[str]:
        if not (team or enterprise):
            raise ValueError("runs of the console belong to no workspace")
        those = RunRow.team == team if team else RunRow.enterprise == enterprise
        if until is not None:
            those &= RunRow.created_at <= until
        await self._writer.write(partial(_let_go, team, enterprise, until))
        if self._preferences:
            self._preferences.forget()
        cancelled = await self._cancel(those)
        while ids := await self._some(those):
            await self._delete(delete(RunRow).where(RunRow.id.in_(ids)))
        await self._database.forget()
        return cancelled

    async def count(self, team: str, enterprise: str = "", /) -> int:
        """Runs that `workspace` would erase."""
        those = RunRow.team == team if team else RunRow.enterprise == enterprise
        async with self._database.read() as session:
            return await session.scalar(select(func.count()).select_from(RunRow).where(those)) or 0

    async def person(self, team: str, user: str, /) -> int:
        """What *user* asked for there, how they rated and voted; of how many runs."""
        those = (RunRow.team == team) & (RunRow.asked_by == user)
        await self._cancel(those)
        of_team = select(RunRow.id).where(RunRow.team == team)
        rated = delete(RatingRow).where(RatingRow.user == user, RatingRow.run_id.in_(of_team))
        await self._delete(rated)
        theirs = (BookmarkRow.team == team) & (BookmarkRow.user == user)
        await self._delete(delete(BookmarkRow).where(theirs))
        voted = select(OpinionRow.run_id).where(OpinionRow.user == user).distinct()
        async with self._database.read() as session:
            found = list(await session.scalars(voted.where(OpinionRow.run_id.in_(of_team))))
        for run_id in found:
            await self._writer.write(partial(_take_back, run_id, user), touches=run_id)
        return await self._empty(those)

    async def old(self, now: datetime, days: int, /) -> int:
        """
        What of closed runs is older than *days*, or than their workspace keeps it, which may be
        shorter; of how many. What they cost, when they were and what they were stays.
        """
        async with self._database.read() as session:
            chosen = await session.execute(
                select(PreferenceRow.team, PreferenceRow.keep_days).where(
                    PreferenceRow.keep_days < days
                )
            )
            shorter = [(team, kept) for team, kept in chosen if kept is not None]
        for table in (BookmarkRow, CutsRow):
            await self._delete(delete(table).where(table.at < now - timedelta(days=days)))
        count = await self._empty(RunRow.ended_at < now - timedelta(days=days))
        for team, kept in shorter:
            ended = RunRow.ended_at < now - timedelta(days=kept)
            count += await self._empty((RunRow.team == team) & ended)
        return count

    async def _cancel(self, those: ColumnElement[bool]) -> list[str]:
        async with self._database.read() as session:
            found = list(await session.scalars(select(RunRow.id).where(those, _OPEN)))
        async with asyncio.TaskGroup() as group:  # their ends share transactions
            closed = {run_id: group.create_task(self._close(run_id)) for run_id in found}
        cancelled = [run_id for run_id in found if closed[run_id].result()]
        for run_id in cancelled:
            await self._stop(run_id)
        return cancelled

    async def _close(self, run_id: str) -> bool:
        values = {"status": Status.CANCELLED.value, "ended_at": datetime.now(UTC)}
        statement = update(RunRow).where(RunRow.id == run_id, _OPEN).values(values)
        return await self._writer.write(
            lambda connection: connection.execute(statement).rowcount > 0, touches=run_id
        )

    async def _empty(self, those: ColumnElement[bool]) -> int:
        count = 0
        while ids := await self._some(those & ~_OPEN & _WHOLE):
            await self._writer.write(partial(_empty, ids, datetime.now(UTC)))
            count += len(ids)
        if count:
            await self._database.forget()
        return count

    async def _some(self, those: ColumnElement[bool]) -> list[str]:
        async with self._database.read() as session:
            return list(await session.scalars(select(RunRow.id).where(those).limit(_AT_ONCE)))

    async def _delete(self, statement: Delete) -> None:
        await self._writer.write(lambda connection: connection.execute(statement).rowcount > 0)


def _let_go(team: str, enterprise: str, until: datetime | None, connection: Connection) -> bool:
    """Of what stands for the workspace itself: the tokens first of all. Unless it came back."""
    teams = [team]
    those = InstallationRow.id == team
    since = those if team else InstallationRow.id == enterprise
    if until is not None and connection.scalar(
        select(InstallationRow.id).where(since, InstallationRow.at > until)
    ):
        return False
    if not team:
        those = InstallationRow.enterprise == enterprise
        known = union(
            select(RunRow.team).where(RunRow.enterprise == enterprise),
            select(InstallationRow.team).where(those),
        )
        teams = list(connection.scalars(known))
    connection.execute(delete(InstallationRow).where(those))
    for table in (PreferenceRow, BookmarkRow, CutsRow):
        connection.execute(delete(table).where(table.team.in_(teams)))
    return True


def _take_back(run_id: str, user: str, connection: Connection) -> bool:
    """What *user* voted there; the card has other counts then."""
    theirs = delete(OpinionRow).where(OpinionRow.run_id == run_id, OpinionRow.user == user)
    found = connection.execute(theirs).rowcount > 0
    if found:
        show_again(connection, run_id)
    return found


def _empty(ids: Sequence[str], now: datetime, connection: Connection) -> bool:
    """Of those that are still closed: who opened one again since wants it whole."""
    take_turn(connection)
    found = connection.execute(
        select(RunRow.id, RunRow.request).where(RunRow.id.in_(ids), ~_OPEN)
    ).all()
    if not found:
        return False
    closed = [row.id for row in found]
    for run_id in closed:  # of a vote that goes on, what people said so far is all they will
        _end_vote(connection, run_id, now)
    connection.execute(_EMPTIED, [_emptied(row.id, row.request, now) for row in found])
    forget_polls(connection, closed)
    for table in (EventRow, MessageRow, PageRow):
        connection.execute(delete(table).where(table.run_id.in_(closed)))
    emptied = {"body": None, "fingerprint": "", "scope": ""}
    connection.execute(update(AnswerRow).where(AnswerRow.run_id.in_(closed)).values(emptied))
    connection.execute(update(RatingRow).where(RatingRow.run_id.in_(closed)).values(reason=""))
    return True


def _end_vote(connection: Connection, run_id: str, now: datetime) -> None:
    """What cannot be read of a vote is not learned from, and erased as all else is."""
    try:
        Ending(run_id, now)(connection)
    except (ValueError, TypeError, LookupError):
        log.exception("nothing is learned from the vote on run %s", run_id)


def _emptied(run_id: str, request: str, now: datetime) -> dict[str, object]:
    """Read as JSON, not as a request: an older version's goes, too."""
    rest = json.loads(request) | {"text": "", "source": None, "question": ""}
    return {"of": run_id, "rest": json.dumps(rest), "now": now}
