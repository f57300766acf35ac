"""What the admins of workspaces chose, in SQL."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection

from bot.runs.workspace import Preference, ResultShown
from bot.store.database import Database
from bot.store.statements import insert_or_replace
from bot.store.workspace_tables import PreferenceRow


class SqlPreferences:
    """Implements `bot.runs.workspace.Preferences` for the one process that writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = insert_or_replace(database.dialect, PreferenceRow, adding=frozenset())
        self._known: dict[str, Preference] = {}

    async def of(self, team: str, /) -> Preference:
        if (known := self._known.get(team)) is not None:
            return known
        async with self._database.read() as session:
            row = await session.get(PreferenceRow, team)
        # Who chose since has the last word.
        return self._known.setdefault(team, _to_preference(row) if row else Preference())

    async def choose(self, team: str, preference: Preference, /) -> None:
        row = {
            "team": team,
            "paused": preference.paused,
            "result": preference.result.value if preference.result else None,
            "keep_days": preference.keep_days,
            "at": datetime.now(UTC),
        }

        def work(connection: Connection) -> bool:
            connection.execute(self._insert, row)
            return True

        await self._database.writer.write(work)
        self._known[team] = preference

    def forget(self) -> None:
        """Ask the database again, which may have been erased."""
        self._known.clear()


def _to_preference(row: PreferenceRow) -> Preference:
    return Preference(
        paused=row.paused,
        result=ResultShown(row.result) if row.result else None,
        keep_days=row.keep_days,
    )
