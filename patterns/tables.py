"""Tables as lines of text: what separates their cells, whether they name their columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

#: Tried in this order.
SEPARATORS: Final = (",", "\t", ";", "|")
#: Lines and characters that one record may have; where a quotation mark stays open for longer,
#: it is none, and no other is from there on.
_LINES_MOST, _RECORD_MOST = 1_000, 100_000
_HEAD_MOST = 60
#: Share of the records that are as wide as most, where the name of a file says that it is a table.
_ALIKE = 0.8

_CLOSING = re.compile(r'[^"]*(?:""[^"]*)*"(?!")')


class Records:
    """Cells, record by record, of lines that are fed one by one; a quoted cell may have several."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._opening = re.compile(f'(?:^|{re.escape(separator)})"')
        self._held: list[str] = []
        self._size = 0
        self._open = False
        self._unquoted = False

    def feed(self, line: str) -> Iterator[list[str]]:
        if not self._unquoted:
            self._open = self._open_after(line)
        self._held.append(line)
        self._size += len(line)
        if not self._open:
            yield self._cells(self._taken())
        elif len(self._held) >= _LINES_MOST or self._size >= _RECORD_MOST:
            yield from self.end()

    def end(self) -> Iterator[list[str]]:
        """What is held, a record a line: the mark that opened it was none."""
        self._unquoted, self._open = True, False
        for line in self._taken():
            yield self._cells([line])

    def _taken(self) -> list[str]:
        held, self._held, self._size = self._held, [], 0
        return held

    def _open_after(self, line: str) -> bool:
        """As csv reads it: a quotation mark opens a cell at its beginning only."""
        at, is_open = 0, self._open
        while True:
            found = (_CLOSING.match if is_open else self._opening.search)(line, at)
            if found is None:
                return is_open
            at, is_open = found.end(), not is_open

    def _cells(self, lines: Sequence[str]) -> list[str]:
        quoting = csv.QUOTE_NONE if self._unquoted else csv.QUOTE_MINIMAL
        if sum(map(len, lines)) > _RECORD_MOST:
            return ["\n".join(lines)]
        text = [*(f"{line}\n" for line in lines[:-1]), lines[-1]]
        try:
            cells = next(csv.reader(text, delimiter=self._separator, quoting=quoting), [""])
        except csv.Error:  # a cell of more than csv takes, or a line within a line
            return ["\n".join(lines)]
        return [cell.strip() for cell in cells]


def separator(lines: Sequence[str], *, named: bool) -> str | None:
    """
    What separates the cells of a table that begins with *lines*; None where they are no table.

    All records must have the same number of cells. *named*: its name says that it is a table, so
    it is enough if most have, and one column is a table as well.
    """
    if named:
        return max(SEPARATORS, key=lambda each: _alike(_records(lines, each)))
    for each in SEPARATORS:
        records = _records(lines, each)
        if len(records) > 1 and _alike(records) == 1:
            return each
    return None


def header(lines: Sequence[str], separated_by: str, *, named: bool) -> list[str] | None:
    """
    The names of columns in the first of *lines*; None where it is a row as the others.

    Where the name of the file does not say that it is a table, a column must tell: figures under
    a word.
    """
    records = _records(lines, separated_by)
    if len(lines) < 2 or not records or not _may_name(records[0]):  # noqa: PLR2004 - of what?
        return None
    names, *rows = records
    return names if named or any(_tells(column, rows) for column in range(len(names))) else None


def _records(lines: Iterable[str], separated_by: str) -> list[list[str]]:
    """Those that are whole."""
    reading = Records(separated_by)
    found = [record for line in lines if line.strip() for record in reading.feed(line)]
    return [record for record in found if any(record)]


def _alike(records: Sequence[Sequence[str]]) -> float:
    """The share of *records* that are as wide as most of them; 0 where that is one cell."""
    widths = Counter(map(len, records))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    share = count / len(records) if records else 0
    return share if width > 1 and share >= _ALIKE else 0


def _may_name(cells: Sequence[str]) -> bool:
    names = [cell.casefold() for cell in cells if cell]
    return (
        2 * len(names) >= len(cells)
        and len(set(names)) == len(names)
        and all(len(name) <= _HEAD_MOST and not _is_figure(name) for name in names)
    )


def _tells(column: int, rows: Sequence[Sequence[str]]) -> bool:
    cells = [row[column] for row in rows if len(row) > column and row[column]]
    return bool(cells) and all(map(_is_figure, cells))


def _is_figure(cell: str) -> bool:
    """A number, a date, a sum: no name of a column looks like that."""
    return any(sign.isdigit() for sign in cell) and not any(sign.isalpha() for sign in cell)
