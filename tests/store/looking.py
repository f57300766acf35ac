"""The database as others see it: from a session of its own, from another program."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import EventRow


@contextmanager
def another_writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that holds the lock until the block ends or it commits."""
    with closing(sqlite3.connect(path / "quorum.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


async def events_of(database: Database, run_id: str) -> list[str | None]:
    async with database.read() as session:
        found = await session.scalars(
            select(EventRow.branch).where(EventRow.run_id == run_id).order_by(EventRow.seq)
        )
        return list(found)
