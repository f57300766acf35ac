"""The shape of an answer about rows, made of what a person typed, is one that servers take."""

from __future__ import annotations

import pytest

from bot.llm.strict import response_format
from patterns.fields import answer_of, wanted
from tests.llm.test_strict import faults


@pytest.mark.parametrize(
    "typed",
    [
        "name",
        "name, amount: number, n: integer, paid: yes/no, due: date, kind: a|b c|“d” (what it is)",
        "漢字: 甲|乙, Größe: number, model_dump, row, confidence",
    ],
)
def test_fields_of_every_kind_have_a_strict_form(typed: str):
    told = response_format(answer_of(wanted(typed)))["json_schema"]

    assert (told["name"], told["strict"]) == ("Rows", True)
    assert list(faults(told["schema"])) == []
