"""Statements that differ between databases."""

from __future__ import annotations

from typing import cast

import pytest
from sqlalchemy import Connection, Dialect, TextClause
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.statements import insert_or_replace, take_turn
from bot.store.tables import AnswerRow

SQLITE, POSTGRES = sqlite.dialect(), postgresql.dialect()


class _Connection:
    """Takes note of what is said to a database of this kind."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.said: list[str] = []

    def execute(self, statement: TextClause) -> None:
        self.said.append(str(statement.compile(dialect=self.dialect)))


@pytest.mark.parametrize(
    ("dialect", "said"),
    [(SQLITE, []), (POSTGRES, ["SELECT pg_advisory_xact_lock(7166183)"])],
)
def test_postgresql_takes_a_lock_for_each_decision(dialect: Dialect, said: list[str]) -> None:
    connection = _Connection(dialect)

    take_turn(cast("Connection", connection))

    assert connection.said == said


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES])
def test_both_databases_know_a_careful_insert(dialect: sqlite.dialect):
    replace = str(
        insert_or_replace(dialect, AnswerRow, adding=frozenset({"calls"})).compile(dialect=dialect)
    )

    assert "DO UPDATE SET fingerprint = excluded.fingerprint" in replace
    assert "calls = (answers.calls + excluded.calls)" in replace
