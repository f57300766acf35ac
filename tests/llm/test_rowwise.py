"""Simulated rows: every value stands in its row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.fanout import Limits
from patterns.ports import SILENT
from patterns.recipes.extract import Extraction, extract
from patterns.recipes.extract.extraction import RowStatus
from patterns.task import Document, Task
from tests.llm.test_findings import Simulated

FIELDS = "name, amount: number, pieces: integer, paid: yes/no, date: date, kind: toy|book"


async def table(rows: Sequence[str], fields: str = FIELDS, name: str = "a.csv") -> Extraction:
    async def lines() -> AsyncIterator[str]:
        for row in rows:
            yield row

    document = Document(name=name, lines=lines)
    return await extract(Task(text=fields, documents=(document,)), Simulated(), SILENT, Limits())


async def test_columns_are_found_by_their_names() -> None:
    found = await table(
        [
            "name,amount,pieces,paid,date,what",
            'Acme,"1,200.50",3,yes,2026-11-24,a toy',
            "Beta,,,no,,a book",
            "Cee,x,x,x,x,x",
        ]
    )

    assert [row.values for row in found.rows] == [
        ("Acme", 1200.5, 3, True, "2026-11-24", "toy"),
        ("Beta", None, None, False, None, "book"),
        ("Cee", None, None, None, "x", None),
    ]
    assert found.rows[0].status is RowStatus.OK


async def test_a_line_without_columns_is_looked_through() -> None:
    found = await table(["Acme owes 30 euros", "Beta owes 5"], "amount: number", "a.txt")

    assert [row.values for row in found.rows] == [(30,), (5,)]


@pytest.mark.parametrize("fields", ["name", "amount: number"])
@given(rows=st.lists(st.text("ab1, ", min_size=1).filter(str.isalnum), min_size=1, max_size=5))
async def test_every_row_is_answered(fields: str, rows: list[str]) -> None:
    found = await table(rows, fields, "a.txt")

    assert [row.row for row in found.rows] == list(range(1, len(found.rows) + 1))
