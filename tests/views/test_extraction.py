"""An extraction on the card, as Markdown, and as files that no spreadsheet takes for orders."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runs.signs import clean
from bot.views import extraction
from bot.views.blocks import context, header, pages, sections
from bot.views.message import SlackMessage
from patterns.recipes.extract import Column, Extracted, Extraction, RowStatus, Wanted
from tests.views import slack_rules
from tests.views.samples import hostile

OK, UNSURE, FAILED = RowStatus.OK, RowStatus.UNSURE, RowStatus.FAILED
FIELDS = (
    Wanted(name="name"),
    Wanted(name="amount", column=Column.NUMBER),
    Wanted(name="paid", column=Column.YES_NO),
    Wanted(name="kind", column=Column.CHOICE, options=("a", "b")),
)
ANN = Extracted(row=1, source="Ann", values=("Ann", 12.0, True, "a"))


def row(number: int, status: RowStatus = OK, why: str = "", **changes: Any) -> Extracted:
    fields = {"values": (f"Ann {number}", number, number % 2 == 0, "a"), **changes}
    return Extracted(row=number, source="x", status=status, why=why, **fields)


def of(*rows: Extracted, **changes: Any) -> Extraction:
    return Extraction(**{"name": "a.csv", "fields": FIELDS, "rows": rows, **changes})


def parsed(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_the_headline_counts_what_is_good_and_what_is_not():
    many = [row(n, UNSURE if n < 38 else FAILED if n < 50 else OK) for n in range(5_000)]

    assert extraction.headline(of(*many)) == "5,000 rows: 4,950 ok, 38 unsure, 12 failed"
    assert extraction.headline(of(ANN)) == "1 row: 1 ok"
    stopped = of(ANN, ANN, stopped="the money is spent")
    assert extraction.tell(stopped).headline == "🗂️ The first 2 rows: 2 ok"
    assert "Not all is there: the money is spent" in extraction.tell(stopped).notes


def test_the_card_shows_the_first_rows_and_what_is_not_good_by_its_reason():
    rows = [ANN, *(row(n) for n in range(2, 12))]
    bad = [row(12, FAILED, "503", values=(None,) * 4), row(13, FAILED, "503")]
    unsure = [row(n, UNSURE, f"name: reason {n}") for n in range(14, 21)]
    told = extraction.tell(of(*rows, *bad, *unsure, asked_again=9, notes=("A note.",)))

    assert told.gist == "*a.csv*: name (text), amount (number), paid (yes/no), kind (a or b)"
    assert told.top[1] == "☑️ 1. name: Ann · amount: 12 · paid: yes · kind: a"
    assert told.top[2] == "☑️ 2. name: Ann 2 · amount: 2 · paid: yes · kind: a"
    assert told.top[11:14] == (
        "_10 more rows; all of them as a file in this thread._",
        "⚠️ 2 rows failed: 503",
        "❔ *Row 14*: name: reason 14",
    )
    assert told.top[-1] == "_and 2 more rows to look at._"
    assert told.notes == ("9 rows asked again, alone", "A note.")
    assert (told.more, told.rest) == ((), "")


def test_a_row_without_a_value_shows_a_dash_and_a_wide_one_says_how_much_more_it_has():
    wide = tuple(Wanted(name=f"field number {n}") for n in range(20))
    long = row(1, values=("x" * 70,) * 20)

    assert "name: –" in extraction.tell(of(row(1, values=(None,) * 4))).top[1]
    assert extraction.tell(of(long, fields=wide)).top[1].endswith("and 15 more fields")


def test_the_file_has_all_rows_with_status_and_why():
    text = extraction.csv_of(of(ANN, row(2, FAILED, "no line", values=(None,) * 4)))

    assert text == (
        "name,amount,paid,kind,status,why\r\nAnn,12,yes,a,ok,\r\n,,,,failed,no line\r\n"
    )


def test_a_field_called_status_keeps_its_name():
    fields = (Wanted(name="Status"), Wanted(name="row status"))

    [names] = parsed(extraction.csv_of(of(fields=fields)))

    assert names == ["Status", "row status", "row row status", "why"]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49 30 123", "-a", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", "-1-1", "+", "-1.2.3"],
)
def test_what_a_spreadsheet_would_reckon_stands_behind_an_apostrophe(text: str):
    made = of(row(1, UNSURE, f"{text}", values=(text, 1, True, "a")))

    [_, cells] = parsed(extraction.csv_of(made))

    assert cells[0] == cells[-1] == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("-5", "-5"), ("+5.25", "+5.25"), (-5, "-5"), (-1.5, "-1.5"), (True, "yes"), (False, "no"),
     (None, ""), (12.0, "12"), (12345678901234567891, "12345678901234567891"), ("a=b", "a=b")],
)  # fmt: skip
def test_numbers_stay_numbers(value: Any, cell: str):
    [_, cells] = parsed(extraction.csv_of(of(row(1, values=(value, 1, True, "a")))))

    assert cells[0] == cell


_values = st.one_of(hostile, st.integers(), st.floats(allow_nan=False, allow_infinity=False),
                    st.booleans(), st.none())  # fmt: skip


@given(st.lists(st.tuples(_values, _values, _values, hostile), max_size=6))
def test_the_file_read_back_has_the_values(values: list[tuple[Any, ...]]):
    rows = [row(n, values=each) for n, each in enumerate(values, 1)]

    [_, *cells] = parsed(extraction.csv_of(of(*rows)))

    assert [[cell.replace("'", "") for cell in line[:4]] for line in cells] == [
        [clean(extraction.said(value)).replace("'", "") for value in each] for each in values
    ]
    for line in cells:
        assert all(len(cell) < 2 or cell[0] not in "=@\t\r\n" for cell in line)


def test_nothing_in_the_file_hides_or_turns_around():
    made = of(row(1, UNSURE, "a\x00b", values=("\u202e\ud800=1\r", 1, True, "a")))

    [_, cells] = parsed(extraction.csv_of(made))

    assert (cells[0], cells[-1]) == ("'=1", "ab")


def test_json_has_a_line_a_row():
    text = extraction.json_lines_of(of(ANN, row(2, FAILED, "no\nline", values=(None,) * 4)))

    assert [json.loads(line) for line in text.splitlines()] == [
        {
            "row": 1,
            "values": {"name": "Ann", "amount": 12.0, "paid": True, "kind": "a"},
            "status": "ok",
            "why": "",
        },
        {
            "row": 2,
            "values": {"name": None, "amount": None, "paid": None, "kind": None},
            "status": "failed",
            "why": "no\nline",
        },
    ]


def test_the_markdown_is_a_table_with_what_failed_below_it():
    rows = [ANN, *(row(n, FAILED, "no line") for n in range(2, 103))]
    told = "\n".join(extraction.render(of(*rows, asked_again=2)))

    assert told.startswith("# 102 rows: 1 ok, 101 failed\n\nFrom a.csv.\n\n| # | name | amount |")
    assert "\n| ---: | --- | --- | --- | --- | --- | --- |\n" in told
    assert "\n| 1 | Ann | 12 | yes | a | ok |  |\n" in told
    assert "\n2 more rows: as CSV or JSON they are all there.\n" in told
    assert told.endswith("## Failed\n\n- 101 rows: no line\n\n- 2 rows asked again, alone")


def test_where_all_is_well_the_table_is_all():
    assert "".join(extraction.render(of(ANN))).endswith("| ok |  |")


extractions = st.builds(
    Extraction,
    name=hostile,
    link=hostile,
    fields=st.just(tuple(Wanted(name=f"f{n}", about="x") for n in range(3)))
    | st.tuples(*[st.builds(Wanted, name=hostile, column=st.sampled_from(Column),
                            options=st.lists(hostile, max_size=3).map(tuple))] * 3),
    rows=st.lists(
        st.builds(
            Extracted,
            row=st.integers(1, 99_999),
            source=hostile,
            values=st.tuples(_values, _values, _values),
            status=st.sampled_from(RowStatus),
            why=hostile,
        ),
        max_size=4,
    ).map(lambda rows: tuple(rows * 6)),
    asked_again=st.integers(0, 9),
    stopped=hostile,
    notes=st.lists(hostile, max_size=4).map(tuple),
)  # fmt: skip


@given(extractions)
def test_whatever_stands_in_a_row_slack_takes_it_and_does_nothing_else(made: Extraction):
    told = extraction.tell(made)
    notes = [context(*told.notes[:9])] if told.notes else []

    for page in (*pages(told.top), *pages(told.short)):
        blocks = (header(told.headline), *sections(page), *notes)
        message = SlackMessage(slot="card", text=f"{told.headline} {told.gist}", blocks=blocks)
        slack_rules.accepted(message)
        slack_rules.harmless(message)


@given(extractions)
def test_whatever_stands_in_a_row_markdown_shows_words(made: Extraction):
    lines = list(extraction.render(made))

    told = "\n".join(lines)
    assert not any(sign in told for sign in ("\x1b", "\x00", "\u202e"))
    assert "<" not in told.replace("\\<", "")
    width = len(made.fields) + 4
    for line in (line for line in lines if line.startswith("| ") and "---" not in line):
        assert line.replace("\\|", "").count("|") == width
