"""How far people have read channels, where chunks of them begin, and what open runs have read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, select

from bot.store.database import Database
from bot.store.statements import insert_or_replace
from bot.store.tables import PageRow
from bot.store.workspace_tables import BookmarkRow, CutsRow

#: Beginnings of chunks that are kept of a conversation, the newest ones.
CUTS_MOST = 5_000


class SqlBookmarks:
    """Implements `bot.runs.storage.Bookmarks`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._move = insert_or_replace(database.dialect, BookmarkRow, adding=frozenset())
        self._keep = insert_or_replace(database.dialect, CutsRow, adding=frozenset())

    async def read_until(self, team: str, channel: str, user: str, /) -> str | None:
        async with self._database.read() as session:
            row = await session.get(BookmarkRow, (team, channel, user))
        return row.ts if row else None

    async def move(self, team: str, channel: str, user: str, ts: str, /) -> None:
        known = select(BookmarkRow.ts).where(
            BookmarkRow.team == team, BookmarkRow.channel == channel, BookmarkRow.user == user
        )
        row = {"team": team, "channel": channel, "user": user, "ts": ts, "at": datetime.now(UTC)}

        def work(connection: Connection) -> bool:
            before = connection.scalar(known)
            if before is not None and float(before) >= float(ts):
                return False
            connection.execute(self._move, row)
            return True

        await self._database.writer.write(work)

    async def cuts(self, team: str, channel: str, depth: str, /) -> frozenset[str]:
        async with self._database.read() as session:
            row = await session.get(CutsRow, (team, channel, depth))
        return frozenset(json.loads(row.made)) if row else frozenset()

    async def keep_cuts(self, team: str, channel: str, depth: str, made: Sequence[str], /) -> None:
        key = {"team": team, "conversation": channel, "depth": depth}
        await self._database.writer.write(partial(self._replace, key, sorted(made)))

    def _replace(self, key: Mapping[str, str], made: Sequence[str], connection: Connection) -> bool:
        found = connection.scalar(
            select(CutsRow.made).where(*(getattr(CutsRow, name) == key[name] for name in key))
        )
        before = [cut for cut in json.loads(found or "[]") if made and cut < made[0]]
        kept = json.dumps([*before, *made][-CUTS_MOST:])
        connection.execute(self._keep, {**key, "made": kept, "at": datetime.now(UTC)})
        return True


class SqlPages:
    """Implements `bot.runs.storage.Pages`; who closes a run forgets them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keep = insert_or_replace(database.dialect, PageRow, adding=frozenset())

    async def kept(self, run_id: str, /) -> Mapping[str, str]:
        statement = select(PageRow.key, PageRow.body).where(PageRow.run_id == run_id)
        async with self._database.read() as session:
            return {row.key: row.body for row in await session.execute(statement)}

    async def keep(self, run_id: str, key: str, body: str, /) -> None:
        """Touches nothing that anybody is shown."""
        row = {"run_id": run_id, "key": key, "body": body}

        def work(connection: Connection) -> bool:
            connection.execute(self._keep, row)
            return True

        await self._database.writer.write(work)
