"""What separates cells, and which quotation marks are some, is told by the lines themselves."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.tables import SEPARATORS, Records, header, separator

_CELL = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from('",;\t|\n'), max_size=12
).map(str.strip)


def written(records: list[list[str]], delimiter: str) -> list[str]:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(records)
    return [line.removesuffix("\r") for line in text.getvalue().split("\n")[:-1]]


def read(lines: list[str], delimiter: str) -> list[list[str]]:
    records = Records(delimiter)
    return [*(found for line in lines for found in records.feed(line)), *records.end()]


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(_CELL, min_size=width, max_size=width), min_size=1)
    ),
    st.sampled_from(SEPARATORS),
)
def test_what_was_written_as_a_table_is_read_as_it_was(records: list[list[str]], delimiter: str):
    assert read(written(records, delimiter), delimiter) == records


@given(st.lists(st.text(st.sampled_from('ab",\r'), max_size=8), max_size=12))
def test_any_lines_give_records_and_nothing_of_them_is_lost(lines: list[str]):
    cells = [cell for record in read(lines, ",") for cell in record]

    assert "".join(cells).count("a") == "".join(lines).count("a")
    assert "".join(cells).count("b") == "".join(lines).count("b")


def test_a_quotation_mark_that_is_never_closed_holds_back_nothing():
    lines = ["a,b", '"open,1', *(f"x{n},{n}" for n in range(3_000))]

    assert read(lines, ",") == [
        ["a", "b"],
        ['"open', "1"],
        *([f"x{n}", f"{n}"] for n in range(3_000)),
    ]


def test_after_one_such_mark_others_are_letters_too():
    lines = ['"' + "x" * 100_000, 'y,"z"']

    assert read(lines, ",") == [['"' + "x" * 100_000], ["y", '"z"']]


@pytest.mark.parametrize("line", ["x" * 200_000, "a\rb,c"])
def test_what_csv_does_not_take_is_one_cell(line: str):
    assert read([line], ",") == [[line]]


@pytest.mark.parametrize("delimiter", SEPARATORS)
def test_lines_of_as_many_cells_are_a_table(delimiter: str):
    lines = [delimiter.join(cells) for cells in (["a", "b c", "d"], ["1", "2, x", "3"])]

    assert separator([line.replace(", ", " ") for line in lines], named=False) == delimiter


@pytest.mark.parametrize(
    "lines", [[], ["a,b"], ["buy milk, eggs", "sleep"], ["one", "two"], ["a,b", "a,b,c"]]
)
def test_other_lines_are_none(lines: list[str]):
    assert separator(lines, named=False) is None


def test_a_file_that_is_called_a_table_may_have_a_ragged_line_or_one_column():
    ragged = ["a;b", "1,5;2", "1;2", "1;2", "1;2;3", "1;2"]

    assert separator(ragged, named=True) == ";"
    assert separator(["mail", "a@b.example"], named=True) == ","
    assert separator([], named=True) == ","


@pytest.mark.parametrize(
    ("lines", "named", "names"),
    [
        (["name,amount", "Ann,12", "Bob,"], False, ["name", "amount"]),
        (["name,city", "Ann,Berlin"], True, ["name", "city"]),
        (["name,city", "Ann,Berlin"], False, None),
        ([",name,", "0,Ann,x"], True, None),
        ([",name", "0,Ann"], True, ["", "name"]),
        (["Ann,12", "Bob,13"], True, None),
        (["2024-01-02,x", "y,z"], True, None),
        (["a,a", "1,2"], True, None),
        ([f"{'x' * 61},a", "1,2"], True, None),
        (["name,amount"], True, None),
        (["name,amount", '"Ann,12'], True, ["name", "amount"]),
        (['"name,amount', "Ann"], True, None),
    ],
)
def test_the_first_record_names_columns_only_where_it_looks_like_it(
    lines: list[str], named: bool, names: list[str] | None
):
    assert header(lines, ",", named=named) == names
