"""People's votes in SQL."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import select

from bot.runs.desk import Did
from bot.runs.errors import NoSuchRun, StorageFailed
from bot.runs.model import Opinion
from bot.runs.polling import Voted
from bot.store.ballots import Casting, Ending
from bot.store.database import Database
from bot.store.tables import PollRow

log = logging.getLogger(__name__)


class SqlPolls:
    """Implements `bot.runs.polling.Polls`. Subscribers hear of what a card shows otherwise."""

    def __init__(
        self, database: Database, *, now: Callable[[], datetime] = partial(datetime.now, UTC)
    ) -> None:
        self._database = database
        self._writer = database.writer
        self._now = now

    async def cast(
        self, run_id: str, attempt: int, claim: int, user: str, opinion: Opinion, /
    ) -> Voted:
        casting = Casting(run_id, attempt, claim, user, opinion, self._now())
        await self._writer.write(casting, touches=run_id)
        if casting.voted is None:
            raise NoSuchRun("There is no such claim.")
        return casting.voted

    async def end(self, run_id: str, attempt: int, /) -> Did:
        ending = Ending(run_id, self._now(), attempt)
        await self._writer.write(ending, touches=run_id)
        if ending.did is None:
            raise NoSuchRun("There is no such run.")
        return ending.did

    async def end_due(self) -> int:
        """All whose time is over; how many. One that cannot be ended keeps no other open."""
        now = self._now()
        due = select(PollRow.run_id).where(PollRow.counts.is_(None), PollRow.closes_at <= now)
        async with self._database.read() as session:
            found = list(await session.scalars(due.order_by(PollRow.closes_at)))
        return sum([await self._try_to_end(each, now) for each in found])

    async def _try_to_end(self, run_id: str, now: datetime) -> bool:
        try:
            return await self._writer.write(Ending(run_id, now), touches=run_id)
        except StorageFailed:
            raise
        except Exception:  # the door of one vote: those on other runs end all the same
            log.exception("the vote on run %s is not ended", run_id)
            return False
