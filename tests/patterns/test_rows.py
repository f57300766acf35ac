"""Any text is rows: of a table, of JSON, or a line each; none is lost, and none comes twice."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.errors import RunOver, TimeUp
from patterns.rows import JSON_MOST, ROW_MOST, Row, rows
from patterns.task import Document

_LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=20)


def document(text: str, name: str = "list.txt", over: RunOver | None = None) -> Document:
    async def lines() -> AsyncGenerator[str]:
        for line in text.split("\n"):
            yield line
        if over:
            raise over

    return Document(name=name, lines=lines)


async def read(text: str, name: str = "list.txt") -> list[Row]:
    return [row async for row in rows(document(text, name))]


async def texts(text: str, name: str = "list.txt") -> list[str]:
    return [row.text for row in await read(text, name)]


async def test_a_line_that_holds_something_is_a_row():
    found = await read("\ufeffbuy milk, eggs\r\n\n  sleep\t\n")

    assert found == [Row(1, ("buy milk, eggs",)), Row(2, ("sleep",))]
    assert [row.source for row in found] == ["buy milk, eggs", "sleep"]


async def test_a_row_of_a_table_is_told_with_the_names_of_its_columns():
    [first, second, third] = await read(
        'name,amount,\n"Ann, B.",12,x\n,,\n"two\nlines: 3",,\nBob,1,2,3', "a.csv"
    )

    assert first.text == "name: Ann, B.\namount: 12\ncolumn 3: x"
    assert first.source == "Ann, B. | 12 | x"
    assert first.words == "Ann, B. 12 x"
    assert second.text == "name: two lines: 3"
    assert third.text.endswith("column 4: 3")


async def test_a_table_without_names_has_numbered_columns():
    assert await texts("Ann;Berlin\nBob;Paris") == [
        "column 1: Ann\ncolumn 2: Berlin",
        "column 1: Bob\ncolumn 2: Paris",
    ]


async def test_a_value_of_json_a_line_is_a_row_and_a_broken_line_as_it_stands_there():
    assert await texts('{"a": 1, "b": null, "c": ["x"]}\n"word"\n\n{"a": \n[]') == [
        'a: 1\nc: ["x"]', "word", '{"a":', "[]"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"a": 1},\n {"a": "x\\ny"},\n null, 3]', ["a: 1", "a: x y", "3"]),
        ('{"total": 2,\n "items": ["x", "y"]}', ["x", "y"]),
        ('{"a": 1,\n "b": 2}', ["a: 1\nb: 2"]),
        ('{"a": 1}', ["a: 1"]),
        ('{"a": [1], "b": [2]}', ["a: [1]\nb: [2]"]),
        ("[1] one\n[2] two", ["[1] one", "[2] two"]),
        ("[" * 100_000, ["[" * ROW_MOST]),
        ("[id],sum\n[x],1\n[y],2", ["[id]: [x]\nsum: 1", "[id]: [y]\nsum: 2"]),
        ('[a],"x\n[b],2', ['[a],"x', "[b],2"]),
        ("", []),
    ],
)
async def test_json_in_whole_is_its_list_and_what_is_none_is_lines(text: str, told: list[str]):
    assert await texts(text) == told


async def test_more_json_than_is_read_at_once_is_lines():
    line = "[" + "x" * (JSON_MOST // 2)

    assert len(await read("\n".join([line] * 5))) == 5


async def test_a_quotation_mark_that_is_left_open_at_the_end_loses_no_line():
    text = 'name,amount\nAnn,1\nBob,2\n"Cleo,3\nDan,4'

    assert [row.cells for row in await read(text, "a.csv")] == [
        ("Ann", "1"), ("Bob", "2"), ('"Cleo', "3"), ("Dan", "4")
    ]  # fmt: skip


async def test_a_row_that_is_too_long_is_cut_and_says_so():
    [long, short] = await read(f"{'x' * (ROW_MOST + 1)}\nshort")
    [wide, _] = await read(f"{','.join(['x'] * 300)}\n{','.join(['x'] * 300)}", "a.csv")

    assert (len(long.text), long.cut) == (ROW_MOST, True)
    assert not short.cut
    assert (len(wide.cells), len(wide.columns), wide.cut) == (200, 200, True)


async def test_no_row_holds_what_a_database_refuses():
    [row] = await read("a\0b\ud800")

    assert row.cells == ("a\ufffdb?",)


@pytest.mark.parametrize("lines", [3, 80])
async def test_what_was_read_before_an_error_is_handed_out_before_it(lines: int):
    text = "\n".join(f"row {n}" for n in range(lines))
    found: list[Row] = []

    with pytest.raises(TimeUp):
        async for row in rows(document(text, over=TimeUp("over"))):
            found.append(row)  # noqa: PERF401 - what came before the error counts

    assert len(found) == lines


@given(st.lists(_LINE, max_size=120), st.sampled_from(["list.txt", "a.csv", "b.tsv"]))
async def test_any_lines_give_rows_in_order_that_are_numbered_from_one(lines: list[str], name: str):
    found = await read("\n".join(lines), name)

    assert [row.number for row in found] == list(range(1, len(found) + 1))
    assert all(any(row.cells) for row in found)
    assert len(found) <= len(lines) or lines[0][:1] in "[{"


@given(st.lists(st.dictionaries(st.text("abc", min_size=1), _LINE | st.integers()), min_size=2))
async def test_json_lines_and_a_json_list_of_the_same_values_give_the_same_rows(
    values: list[dict[str, str | int]],
):
    whole = await read(json.dumps(values))
    by_line = await read("\n".join(json.dumps(value) for value in values))

    assert whole == by_line
    assert len(whole) == sum(any(f"{each}".strip() for each in value.values()) for value in values)


@given(st.lists(_LINE.filter(str.strip), min_size=1, max_size=4), st.text(max_size=20))
def test_a_cell_can_not_begin_another_line(cells: list[str], more: str):
    row = Row(1, (*cells, f"x\n{more}"), (*map(str, range(len(cells))), "last"))

    assert len(row.text.split("\n")) == len(cells) + 1
