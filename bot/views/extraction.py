"""What was taken of rows: in paragraphs of mrkdwn, as Markdown, and as files for other programs."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.runs.signs import clean
from bot.views.escaping import escaped
from bot.views.mrkdwn import bold, line
from bot.views.told import Told
from bot.views.words import counted
from patterns.recipes.extract import (
    Extracted,
    Extraction,
    RowStatus,
    Value,
    Wanted,
)

#: Rows that stand on the card, with the conclusion, and as Markdown; the file has all.
TOP, _SHORT, _MARKDOWN_MOST = 10, 3, 100
#: Reasons that are told with their counts, and rows in doubt that are named.
_REASONS, _NAMED = 5, 5
_NAME_MOST, _VALUE_MOST, _WHY_MOST, _NOTE_MOST = 80, 80, 200, 300
_ROW_MOST = 500
_MARKS = {RowStatus.OK: "☑️", RowStatus.UNSURE: "❔", RowStatus.FAILED: "⚠️"}
#: What a spreadsheet may take for the beginning of a formula.
_FORMULA = frozenset("=+-@\t\r\n")
#: Where semicolons separate cells, what stands behind one begins another.
_NEXT_CELL = re.compile(r"(?<!^)([;\t|]\s*)(?=[=+@＝＋＠-])")
#: Signs in front of a cell that may hide what it begins with.
_FRONT = 64
_NOTHING = "–"


def tell(extraction: Extraction) -> Told:
    """The whole table is for a file: nothing follows in the thread."""
    name = f"*{line(extraction.name, _NAME_MOST)}*: {_listed(extraction.fields)}"
    rows = [_row(each, extraction.fields) for each in extraction.rows[:TOP]]
    hidden = len(extraction.rows) - len(rows)
    file = "_All of them as a file in this thread._"
    more = (f"_{counted(hidden, 'more row')}; all of them as a file in this thread._",)
    below = len(extraction.rows) - _SHORT
    fewer = (f"_{counted(below, 'more row')}; all of them as a file in this thread._",)
    doubts = tuple(_doubts(extraction))
    return Told(
        headline=f"🗂️ {headline(extraction)}",
        gist=name,
        short=(name, *rows[:_SHORT], *(fewer if below > 0 else (file,)), *doubts),
        top=(name, *rows, *(more if hidden else (file,)), *doubts),
        notes=tuple(filter(None, (line(note, _NOTE_MOST) for note in _notes(extraction)))),
    )


def render(extraction: Extraction) -> Iterator[str]:
    yield from (f"# {headline(extraction)}", "", f"From {escaped(extraction.name)}.", "")
    names = [escaped(field.name) for field in extraction.fields]
    yield f"| # | {' | '.join(names)} | status | why |"
    yield f"| ---: |{' --- |' * (len(names) + 2)}"
    for each in extraction.rows[:_MARKDOWN_MOST]:
        cells = [*map(said, each.values), each.status.value, each.why]
        yield f"| {each.row} | {' | '.join(map(escaped, cells))} |"
    hidden = len(extraction.rows) - _MARKDOWN_MOST
    if hidden > 0:
        yield from ("", f"{counted(hidden, 'more row')}: as CSV or JSON they are all there.")
    failed = _reasons(extraction)
    if failed:
        yield from ("", "## Failed", "")
        yield from (f"- {counted(count, 'row')}: {escaped(why)}" for why, count in failed)
    notes = [*_notes(extraction)]
    if notes:
        yield ""
        yield from (f"- {escaped(note)}" for note in notes)


def headline(extraction: Extraction) -> str:
    """ "5,000 rows: 4,950 ok, 38 unsure, 12 failed"."""
    counts = [(status, extraction.count(status)) for status in RowStatus]
    told = [f"{count:,} {status}" for status, count in counts if count]
    first = "the first " if extraction.stopped else ""
    return f"{first}{counted(len(extraction.rows), 'row')}: {', '.join(told)}".capitalize()


def csv_of(extraction: Extraction) -> str:
    """
    As RFC 4180 has it: a header, then all rows: the fields, status and why.

    A text that a spreadsheet might take for a formula has an apostrophe in front of it.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = [_cell(field.name) for field in extraction.fields]
    writer.writerow([*names, *_own(extraction.fields)])
    for each in extraction.rows:
        writer.writerow([*map(_cell, each.values), each.status.value, _cell(each.why)])
    return text.getvalue()


def json_lines_of(extraction: Extraction) -> str:
    """An object a row: row, values by name of field, status, why."""
    names = [field.name for field in extraction.fields]
    return "".join(
        json.dumps(
            {
                "row": each.row,
                "values": dict(zip(names, each.values, strict=True)),
                "status": each.status.value,
                "why": each.why,
            },
            ensure_ascii=False,
        )
        + "\n"
        for each in extraction.rows
    )


def said(value: Value) -> str:
    """As people write it; empty where there is none."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return f"{value:.0f}"
        case _:
            return f"{value}"


def _own(fields: Iterable[Wanted]) -> list[str]:
    """Our own columns; where a field has the name of one, that of our own is longer."""
    names = {field.name.casefold() for field in fields}
    return [_free(name, names) for name in ("status", "why")]


def _free(name: str, taken: set[str]) -> str:
    return _free(f"row {name}", taken) if name in taken else name


def _cell(value: Value) -> str:
    if not isinstance(value, str):
        return said(value)
    shown = clean(value)
    shown = _NEXT_CELL.sub(r"\1'", shown)
    return f"'{shown}" if _may_be_formula(shown) else shown


def _may_be_formula(text: str) -> bool:
    """Blanks and signs that are not seen are passed over, and wide signs are the same."""
    seen = "".join(sign for sign in text[:_FRONT] if unicodedata.category(sign) != "Cf")
    start = unicodedata.normalize("NFKC", seen[:1] + seen.lstrip()[:1])
    return bool(_FORMULA & set(start)) and not _is_number(text)


def _is_number(text: str) -> bool:
    sign, digits = text[:1], text[1:]
    return sign in {"+", "-"} and digits.replace(".", "", 1).isdecimal() and digits.isascii()


def _row(each: Extracted, fields: Sequence[Wanted]) -> str:
    """ "☑️ 1. name: Ann · amount: 12"."""
    pairs = zip(fields, each.values, strict=True)
    told = [
        f"{line(field.name, _NAME_MOST)}: {line(said(value), _VALUE_MOST) or _NOTHING}"
        for field, value in pairs
    ]
    shown, room = list[str](), _ROW_MOST
    for part in told:
        room -= len(part)
        if shown and room < 0:
            break
        shown.append(part)
    left = len(told) - len(shown)
    rest = [f"and {counted(left, 'more field')}"] if left else []
    return f"{_MARKS[each.status]} {each.row:,}. {' · '.join([*shown, *rest])}"


def _doubts(extraction: Extraction) -> Iterator[str]:
    """What failed by its reason, and the first rows that are unsure."""
    for why, count in _reasons(extraction):
        yield f"⚠️ {counted(count, 'row')} failed: {line(why, _WHY_MOST)}"
    unsure = [each for each in extraction.rows if each.status is RowStatus.UNSURE]
    for each in unsure[:_NAMED]:
        yield f"❔ {bold(f'Row {each.row:,}', _NAME_MOST)}: {line(each.why, _WHY_MOST)}"
    if len(unsure) > _NAMED:
        yield f"_and {counted(len(unsure) - _NAMED, 'more row')} to look at._"


def _reasons(extraction: Extraction) -> list[tuple[str, int]]:
    """The most frequent, first."""
    failed = (each.why for each in extraction.rows if each.status is RowStatus.FAILED)
    return Counter(failed).most_common(_REASONS)


def _listed(fields: Sequence[Wanted]) -> str:
    told = (
        f"{field.name} ({' or '.join(field.options) or field.column.value})" for field in fields
    )
    return line(", ".join(told), _ROW_MOST)


def _notes(extraction: Extraction) -> Iterator[str]:
    if extraction.stopped:
        yield f"Not all is there: {extraction.stopped}"
    if extraction.asked_again:
        yield f"{counted(extraction.asked_again, 'row')} asked again, alone"
    yield from extraction.notes
