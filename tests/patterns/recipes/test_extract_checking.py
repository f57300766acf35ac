"""What stands in a row, and what becomes of one that was asked about several times."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.fields import Column, Wanted, answer_of, keys_of
from patterns.recipes.extract.checking import Told, checked
from patterns.recipes.extract.extraction import RowStatus
from patterns.recipes.extract.figures import has_date, has_number
from patterns.recipes.extract.settling import settled, undecided
from patterns.rows import Row

FIELD = Wanted(name="x")
ROW = Row(7, ("Acme Inc. owes Müller 1.200,50 €", "since 3 March 2024"), ("text", "when"))


def told(value: Any, field: Wanted = FIELD, row: Row = ROW) -> Told:
    said = {"row": 7, keys_of((field,))[0]: value, "confidence": 5}
    answer = answer_of((field,)).model_validate({"rows": [said]})
    return checked(answer, [row], (field,))[7]


@pytest.mark.parametrize(
    ("value", "column", "kept"),
    [
        ("Acme Inc.", Column.TEXT, "Acme Inc."),
        ("acme inc", Column.TEXT, "acme inc"),
        (" Müller\n", Column.TEXT, "Müller"),
        ("since 3 March", Column.TEXT, "since 3 March"),
        ("Acme  Inc. Müller", Column.TEXT, None),
        ("cme", Column.TEXT, None),
        ("text", Column.TEXT, None),
        ("A\0", Column.TEXT, None),
        ("--", Column.TEXT, None),
        ("2024-03-03", Column.DATE, "2024-03-03"),
        ("2024-04-03", Column.DATE, None),
        ("3 March 2024", Column.DATE, "3 March 2024"),
        ("tomorrow", Column.DATE, None),
        (1200.5, Column.NUMBER, 1200.5),
        (2024, Column.INTEGER, 2024),
        (1201, Column.NUMBER, None),
        (True, Column.YES_NO, True),
    ],
)
def test_a_value_stands_in_the_cells_of_its_row_or_is_in_doubt(
    value: Any, column: Column, kept: Any
):
    found = told(value, Wanted(name="x", column=column))

    assert found.holds is (kept is not None)
    if found.holds:
        assert found.values == (kept,)
    else:
        assert "does not stand in the row" in found.faults[0]


def test_a_slip_in_a_name_is_put_right_by_the_row():
    row = Row(7, ("the Commission of Inquiry reported",))

    assert told("Comission of Inquiry", row=row).values == ("Commission of Inquiry",)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_nothing_is_a_value_unless_the_field_is_required(value: str | None):
    assert told(value).holds
    assert told(value, Wanted(name="x", required=True)).faults == ("it was not found",)


def test_a_choice_is_a_judgement():
    choice = Wanted(name="x", column=Column.CHOICE, options=("good", "bad"))

    assert told("bad", choice).holds


def test_a_long_value_is_cut_where_it_is_complained_of():
    assert len(told("x" * 500).faults[0]) < 100


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1200, "1,200"), (1200, "1.200 €"), (1200, "1 200"), (1200, "1'200"), (1200, "1200.00"),
        (1200, "1.2k"), (1_200_000, "$1.2 million"), (3_000_000, "3 Mio"), (2e9, "2bn"),
        (1.234, "1,234"), (1234, "1,234"), (1234.5, "1,234.5"), (1234.5, "1.234,5"),
        (100_000, "1,00,000"), (0.5, ".5"), (0.5, "0,5"), (5, "5 %"), (5, "5kg"), (7, "x7y"),
        (-5, "-5"), (-5, "−5"), (-1200, "(1,200)"), (-3, "-$3"), (5, "-5"), (5, "A-5"),
        (3, "12.03.2024"), (2024, "12.03.2024"), (200, "1 200"), (1, "1 200 300"),
        (1_200_300, "1 200 300"), (12345678901234567891, "no 12345678901234567891"),
        (0, "0"), (12, "١٢"),
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(value: float, words: str):
    assert has_number(value, words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1200, "120"), (120, "1200"), (12, "1,200"), (234, "1,234"), (-5, "5"), (5, "five"),
        (5, ""), (1200, "12,00"), (555, "5 55"), (1_000_000, "1k"),
        (12345678901234567890, "12345678901234567891"), (7, "1 200"), (7, "1.2.3"), (7, "1,200.5"),
    ],
)  # fmt: skip
def test_another_number_is_not(value: float, words: str):
    assert not has_number(value, words)


@given(st.integers() | st.decimals(-(10**9), 10**9, places=2).map(float))
def test_a_number_is_found_in_itself_with_and_without_thousands(value: float):
    assert has_number(value, f"it is {value:f}" if isinstance(value, float) else f"it is {value}")
    assert has_number(value, f"it is {value:,}")


@given(st.text(max_size=60), st.integers(-10, 3000) | st.floats(-10, 10))
def test_any_words_have_a_number_or_not(words: str, value: float):
    assert has_number(value, words) in {True, False}


@pytest.mark.parametrize(
    "words",
    [
        "2024-03-05", "2024-03-05T10:00:00Z", "20240305", "5.3.2024", "05/03/24", "March 5, 2024",
        "5th of Mar '24", "am 5. März 2024", "le 5 mars 2024", "5 de marzo de 2024", "2024年3月5日",
    ],
)  # fmt: skip
def test_a_date_is_found_however_it_is_written(words: str):
    assert has_date("2024-03-05", words)


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2024-03-05", "5 March"), ("2024-03-05", "March 2024"), ("2024-03-05", "2024"),
        ("2024-03-05", "5 April 2024"), ("2024-03-03", "03/2024"), ("2003-03-03", "03/03"),
        ("2024-13-05", "5/13/2024"), ("2024-02-30", "30 February 2024"), ("2024-00-05", "0 5 2024"),
    ],
)  # fmt: skip
def test_a_date_of_which_a_part_is_missing_is_not(iso: str, words: str):
    assert has_date(iso, words) is False


def test_other_words_are_no_date():
    assert has_date("next week", "next week") is None


def vote(*values: Any, faults: tuple[str, ...] | None = None, confidence: int = 5) -> Told:
    return Told(values, faults or ("",) * len(values), confidence)


def of(*votes: Told) -> tuple[Any, ...]:
    fields = [Wanted(name=f"f{n}") for n in range(len(votes[0].values))]
    row = settled(ROW, votes, fields, "lost")
    return (*row.values, row.status)


OK, UNSURE = RowStatus.OK, RowStatus.UNSURE


@pytest.mark.parametrize(
    ("votes", "settled_as"),
    [
        ([vote("a", 1)], ("a", 1, OK)),
        ([vote("a", 1), vote("A", 1.0)], ("a", 1, OK)),
        ([vote("a", 1), vote("b", 1), vote("b", 2)], ("b", 1, OK)),
        ([vote("a"), vote(None), vote(None)], (None, OK)),
        ([vote(1), vote(True), vote("1")], (None, UNSURE)),
        ([vote("a"), vote("b")], (None, UNSURE)),
        ([vote("a", faults=("not there",)), vote("a", faults=("not there",))], (None, UNSURE)),
        ([vote("a", confidence=2)], ("a", UNSURE)),
        ([vote("a", confidence=2), vote("a", confidence=2)], ("a", OK)),
    ],
)
def test_more_than_half_settle_each_value_by_itself(votes: list[Told], settled_as: tuple[Any, ...]):
    assert of(*votes) == settled_as


@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=3))
def test_the_order_of_answers_settles_nothing(values: list[str | None]):
    votes = [vote(value) for value in values]

    assert of(*votes) == of(*reversed(votes))


def test_a_third_answer_is_asked_for_only_where_it_can_settle_something():
    wrong = ("not there",)

    assert undecided([vote("a", faults=wrong)])
    assert undecided([vote("a", faults=wrong), vote("b")])
    assert not undecided([vote("a", faults=wrong), vote("a", faults=wrong)])
    assert not undecided([vote("a", confidence=0), vote("A")])
    assert not undecided([vote("a")])


def test_what_is_told_of_a_row_is_short():
    row = Row(1, ("x" * 5_000,))
    fields = [Wanted(name=f"f{n}") for n in range(20)]

    found = settled(
        row, [vote(*[f"{n}" * 99 for n in range(20)], faults=("y" * 90,) * 20)], fields, ""
    )

    assert len(found.source) <= 301
    assert len(found.why) <= 501


def test_a_date_that_is_none_is_said_to_be_none():
    row = Row(1, ("due 2026-13-45",))
    field = Wanted(name="due", column=Column.DATE)
    said = {"row": 1, "v1_due": "2026-13-45", "confidence": 5}
    answer = answer_of((field,)).model_validate({"rows": [said]})

    assert checked(answer, [row], (field,))[1].faults == ("“2026-13-45” is no date",)
