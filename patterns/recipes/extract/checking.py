"""What was said of a row, held against the row: a value that does not stand in it is in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from patterns.fence import one_line
from patterns.fields import Column, Wanted, keys_of
from patterns.ports import Answer
from patterns.quotes import folded, found
from patterns.recipes.extract.extraction import Value
from patterns.recipes.extract.figures import has_date, has_number
from patterns.rows import Row

#: Of 5: below, a row is asked again.
SURE = 3
_QUOTED_MOST = 60


@dataclass(frozen=True)
class Told:
    """*values* in the order of the fields, and for each what is wrong with it, in words or ""."""

    values: tuple[Value, ...]
    faults: tuple[str, ...]
    confidence: int

    @property
    def holds(self) -> bool:
        return self.confidence >= SURE and not any(self.faults)


def checked(answer: Answer, rows: Sequence[Row], fields: tuple[Wanted, ...]) -> dict[int, Told]:
    """By row number, the first that was said of each of *rows*; what is said of others is noise."""
    asked = {row.number: row for row in rows}
    said: Iterable[Any] = getattr(answer, "rows", ())
    told: dict[int, Told] = {}
    for each in said:
        if each.row in asked and each.row not in told:
            told[each.row] = _told(each, asked[each.row], fields)
    return told


def _told(said: Any, row: Row, fields: tuple[Wanted, ...]) -> Told:
    values = [_value(getattr(said, key)) for key in keys_of(fields)]
    pairs = [_held(value, field, row) for value, field in zip(values, fields, strict=True)]
    return Told(
        values=tuple(value for value, _ in pairs),
        faults=tuple(fault for _, fault in pairs),
        confidence=said.confidence,
    )


def _value(value: Value) -> Value:
    """A text in one line, without what no database takes; None where it is empty."""
    if not isinstance(value, str):
        return value
    clean = value.replace("\0", "\ufffd").encode(errors="replace").decode()
    return one_line(clean) or None


def _held(value: Value, field: Wanted, row: Row) -> tuple[Value, str]:
    """*value*, or the row's own words for it, and what is wrong with it."""
    if value is None:
        return None, "it was not found" if field.required else ""
    if isinstance(value, bool) or field.column is Column.CHOICE:
        return value, ""  # a judgement, which stands nowhere
    if isinstance(value, str):
        date = field.column is Column.DATE
        own = _own(value, row.words, date=date)
        return (value, _missing(value, row.words if date else "")) if own is None else (own, "")
    there = any(has_number(value, cell) for cell in row.cells)  # no number goes over two cells
    return value, "" if there else _missing(f"{value}")


def _own(value: str, words: str, *, date: bool) -> str | None:
    """The words of the row; a model may have mended a slip in them, or left out a mark."""
    if date and (there := has_date(value, words)) is not None:
        return value if there else None
    span = found(value, words)
    if span is None:
        return None
    return value if folded(value) in folded(words) else words[span[0] : span[1]]


def _missing(value: str, words: str = "") -> str:
    """Of a date that does stand there, that it is none."""
    why = "is no date" if folded(value) in folded(words) else "does not stand in the row"
    return f"“{shown(value)}” {why}"


def shown(value: Value) -> str:
    """In a sentence."""
    text = "nothing" if value is None else f"{value}"
    return f"{text[:_QUOTED_MOST]}…" if len(text) > _QUOTED_MOST else text
