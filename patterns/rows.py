"""A text file or what was pasted as rows: of a table, of JSON, or a line each."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from patterns import tables
from patterns.errors import RunOver
from patterns.fence import one_line
from patterns.task import Document

#: Characters of a row that are read, and of a file that is one JSON value.
ROW_MOST, JSON_MOST = 6_000, 4_000_000
#: And of a line that is one JSON value.
JSON_LINE_MOST = 200_000
#: Lines by which it is known what a file is.
_SAMPLE = 50
_TABLES = (".csv", ".tsv", ".tab")
_CELLS_MOST, _NAME_MOST = 200, 100


@dataclass(frozen=True)
class Row:
    """
    *number* counts rows from 1. *columns* are the names of all *cells*; none of a mere line.

    *cut*: it has more than was read.
    """

    number: int
    cells: tuple[str, ...]
    columns: tuple[str, ...] = ()
    cut: bool = False

    @property
    def text(self) -> str:
        """A line for each cell that holds something, which can't begin another one."""
        if not self.columns:
            return self.words
        return "\n".join(
            f"{one_line(name)}: {one_line(cell)}"
            for name, cell in zip(self.columns, self.cells, strict=True)
            if cell
        )

    @property
    def source(self) -> str:
        """In one line, for people."""
        return " | ".join(map(one_line, self.cells))

    @property
    def words(self) -> str:
        """What a value must stand in: the cells without what the columns are called."""
        return one_line(" ".join(self.cells))


class _Reading(Protocol):
    """Makes rows of lines; their numbers are given later."""

    def feed(self, line: str) -> Iterator[Row]: ...

    def end(self) -> Iterator[Row]: ...


async def rows(document: Document) -> AsyncGenerator[Row]:
    """
    Those that hold something, one by one, in order.

    A table's first record names its columns where it looks like it, and is no row then; JSON is a
    value a line, or a list of up to `JSON_MOST` characters. Anything else: a line, a row.
    """
    number = 0
    async with aclosing(_read(document)) as found:
        async for row in found:
            if any(row.cells):
                number += 1
                yield _kept(replace(row, number=number))


async def _read(document: Document) -> AsyncGenerator[Row]:
    """Where the reading ends with an error, what was read is handed out before it is raised."""
    reading: _Reading | None = None
    waiting: list[str] = []
    over: RunOver | None = None
    async with aclosing(_bare(document)) as lines:
        try:
            async for line in lines:
                waiting.append(line)
                if reading is None and len(waiting) < _SAMPLE:
                    continue
                reading = reading or _reading_of(waiting, document.name)
                for row in _fed(reading, waiting):
                    yield row
                waiting = []
        except RunOver as err:
            over = err
    reading = reading or _reading_of(waiting, document.name)
    for row in (*_fed(reading, waiting), *reading.end()):
        yield row
    if over:
        raise over


async def _bare(document: Document) -> AsyncGenerator[str]:
    first = True
    async for line in document.lines():
        yield line.removeprefix("\ufeff").rstrip("\r\n") if first else line.rstrip("\r\n")
        first = False


def _fed(reading: _Reading, lines: Sequence[str]) -> Iterator[Row]:
    for line in lines:
        yield from reading.feed(line)


def _reading_of(sample: Sequence[str], name: str) -> _Reading:
    lines = [line for line in sample if line.strip()]
    if not lines or not lines[0].lstrip().startswith(("{", "[")):
        return _by_line(lines, name)
    by_line = len(lines) > 1 and _json(lines[0]) is not None
    return _JsonLines() if by_line else _Json(name)


def _by_line(lines: Sequence[str], name: str) -> _Reading:
    named = name.casefold().endswith(_TABLES)
    separator = tables.separator(lines, named=named)
    if separator is None:
        return _Lines()
    return _Table(separator, tables.header(lines, separator, named=named))


class _Lines:
    def feed(self, line: str) -> Iterator[Row]:
        yield Row(0, (line.strip(),))

    def end(self) -> Iterator[Row]:
        yield from ()


class _Table:
    def __init__(self, separator: str, header: Sequence[str] | None) -> None:
        self._records = tables.Records(separator)
        self._names = tuple(header or ())
        self._skip = header is not None

    def feed(self, line: str) -> Iterator[Row]:
        for record in self._records.feed(line):
            yield from self._row(record)

    def end(self) -> Iterator[Row]:
        for record in self._records.end():
            yield from self._row(record)

    def _row(self, record: Sequence[str]) -> Iterator[Row]:
        if self._skip and any(record):
            self._skip = False
        else:
            kept = record[: _CELLS_MOST + 1]  # one more, so that it is known to be cut
            names = (
                name or f"column {number}"
                for number, name in enumerate(_padded(self._names, len(kept)), 1)
            )
            yield Row(0, tuple(kept), tuple(names))


class _JsonLines:
    """A line that is no JSON is a row as it stands there."""

    def feed(self, line: str) -> Iterator[Row]:
        value = _json(line) if len(line) <= JSON_LINE_MOST else None
        yield _row_of(line.strip() if value is None else value)

    def end(self) -> Iterator[Row]:
        yield from ()


class _Json:
    """All of it at once; what turns out to be none, or too long, is read as anything else."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._held: list[str] = []
        self._size = 0
        self._other: _Reading | None = None

    def feed(self, line: str) -> Iterator[Row]:
        if self._other:
            yield from self._other.feed(line)
            return
        self._held.append(line)
        self._size += len(line)
        if self._size > JSON_MOST:
            self._other, held, self._held = self._instead(), self._held, []
            yield from _fed(self._other, held)

    def end(self) -> Iterator[Row]:
        value = None if self._other else _json("\n".join(self._held))
        if value is None:
            other = self._other or self._instead()
            yield from _fed(other, self._held)
            yield from other.end()
        else:
            yield from map(_row_of, _items(value))

    def _instead(self) -> _Reading:
        return _by_line([line for line in self._held[:_SAMPLE] if line.strip()], self._name)


def _items(value: Any) -> Sequence[Any]:
    """Of a list, or of the one list that an object holds; else the value is the only row."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).values()
        lists = [cast("list[Any]", member) for member in members if isinstance(member, list)]
        return lists[0] if len(lists) == 1 else [value]
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _row_of(value: Any) -> Row:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return Row(0, tuple(map(_cell, members.values())), tuple(members))
    return Row(0, (_cell(value),))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _json(text: str) -> Any:
    """None where it is no JSON, or says null."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _kept(row: Row) -> Row:
    """Cut, and without what no database and no JSON takes."""
    room, cells = ROW_MOST, list[str]()
    for cell in row.cells[:_CELLS_MOST]:
        cells.append(_clean(cell[:room]))
        room -= len(cells[-1])
    cut = sum(map(len, row.cells)) > ROW_MOST or len(row.cells) > _CELLS_MOST
    names = tuple(_clean(name[:_NAME_MOST]) for name in row.columns[:_CELLS_MOST])
    return replace(row, cells=tuple(cells), columns=names, cut=cut)


def _clean(text: str) -> str:
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def _padded(names: Sequence[str], width: int) -> Sequence[str]:
    return [*names[:width], *[""] * (width - len(names))]
