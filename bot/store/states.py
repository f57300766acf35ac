"""The states of OAuth, in SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import Connection, delete, insert

from bot.store.database import Database
from bot.store.workspace_tables import StateRow

_BYTES = 32
_GOOD_FOR = timedelta(minutes=10)


class SqlStates:
    """
    Implements `bot.runs.workspace.States`.

    The database holds digests only: who reads it cannot finish what somebody else began.
    """

    def __init__(
        self, database: Database, *, now: Callable[[], datetime] = partial(datetime.now, UTC)
    ) -> None:
        self._writer = database.writer
        self._now = now

    async def begin(self, browser: str, /) -> str:
        """*browser* is the value of a cookie that only this browser has."""
        state, now = token_urlsafe(_BYTES), self._now()
        row = {"digest": _digest(state), "browser": _digest(browser), "until": now + _GOOD_FOR}

        def work(connection: Connection) -> bool:
            connection.execute(delete(StateRow).where(StateRow.until <= now))
            connection.execute(insert(StateRow), row)
            return True

        await self._writer.write(work)
        return state

    async def used(self, state: str, browser: str, /) -> bool:
        """One statement finds and deletes it: of two at once one was first."""
        statement = (
            delete(StateRow)
            .where(
                StateRow.digest == _digest(state),
                StateRow.browser == _digest(browser),
                StateRow.until > self._now(),
            )
            .returning(StateRow.digest)
        )
        return await self._writer.write(
            lambda connection: connection.execute(statement).first() is not None
        )


def _digest(value: str) -> str:
    return sha256(value.encode(errors="replace")).hexdigest()
