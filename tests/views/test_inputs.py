"""Inputs of forms, and their reading."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.views.inputs import (
    Choice,
    chosen,
    number,
    number_input,
    one_of,
    text_input,
    tick,
    ticked,
    typed,
)
from bot.views.mrkdwn import width
from tests.views.samples import hostile


@given(hostile)
def test_what_stands_in_a_text_at_first_is_never_too_long_and_never_blank(text: str) -> None:
    initial = text_input("text", "Text", most=100, initial=text)["element"].get("initial_value")

    assert initial is None or (initial.strip() and width(initial) <= 100)


@pytest.mark.parametrize(
    ("text", "is_number"),
    [("1", 1), ("15", 15), ("007", 7), ("16", None), ("0", None), ("", None), ("1.5", None),
     ("-1", None), ("²", None), ("9" * 5_000, None)],
)  # fmt: skip
def test_only_whole_numbers_within_bounds_are_numbers(text: str, is_number: int | None) -> None:
    assert number(text, 15) == is_number


def test_a_number_may_be_left_out() -> None:
    block = number_input("voters", "Voters", least=1, most=15)

    assert block["optional"]
    assert "initial_value" not in block["element"]


def test_the_first_choice_is_one_of_them() -> None:
    choices = [Choice("a", "A"), Choice("b", "B")]
    element = one_of("which", "Which?", choices, initial="b")["element"]

    assert element["initial_option"] == element["options"][1]


def test_a_box_is_ticked_at_first_where_it_was() -> None:
    assert "initial_options" not in tick("on", "On", Choice("on", "On"))["element"]
    assert tick("on", "On", Choice("on", "On"), initial=True)["element"]["initial_options"]


def test_what_was_not_filled_in_is_nothing() -> None:
    view = {"state": {"values": {"a": {"value": {"value": None, "selected_option": None}}}}}

    for block in ("a", "b"):
        assert (typed(view, block), chosen(view, block), ticked(view, block)) == ("", "", False)
