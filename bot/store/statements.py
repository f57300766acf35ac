"""What standard SQL has no words for, in those of the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Insert, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.columns import Base

#: On PostgreSQL: the lock of this number, which a transaction holds to its end.
_TURN = text("SELECT pg_advisory_xact_lock(7166183)")


def take_turn(connection: Connection) -> None:
    """
    From here to the end of the transaction nobody else reads what they are about to change.

    On SQLite every transaction that writes is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN)


def insert_or_replace(
    dialect: Dialect,
    table: type[Base],
    *,
    adding: frozenset[str],
    keeping: frozenset[str] = frozenset(),
) -> Insert:
    """
    An insert that overwrites a row with the same primary key.

    Columns in *adding* sum up, those in *keeping* stay as they were.
    """
    insert = _insert(dialect, table)
    columns = {column.name: column for column in table.__mapper__.columns}
    keys = {column.name for column in table.__mapper__.primary_key}
    changes: dict[str, ColumnElement[Any]] = {
        name: columns[name] + insert.excluded[name] if name in adding else insert.excluded[name]
        for name in columns
        if name not in keys | keeping
    }
    return insert.on_conflict_do_update(index_elements=sorted(keys), set_=changes)


def _insert(dialect: Dialect, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """What standard SQL has no words for, in those of the database."""
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(table)
