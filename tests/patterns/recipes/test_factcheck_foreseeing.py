"""Calls that a fact-check may take, by what there is to check and where it is looked up."""

from __future__ import annotations

from typing import Any

import pytest

from patterns.packing import tokens
from patterns.recipes.factcheck.foreseeing import foresee
from patterns.task import Depth, Task
from tests.patterns.recipes.panels import WALL, Nearby

TWO = "The wall is long. The wall is old."


@pytest.mark.parametrize(
    ("task", "low", "high"),
    [
        ({}, 3, 5),
        ({"voters": 1}, 1, 1),
        ({"web": True}, 3 + 1, 5 + 3),
        ({"evidence": Nearby()}, 3, 5),
        ({"depth": Depth.DEEP}, 4, 9),
        ({"depth": Depth.DEEP, "evidence": Nearby()}, 4, 9 + 9),
        ({"depth": Depth.DEEP, "web": True}, 4 + 1, 9 + 9 + 3),
        ({"text": TWO}, 1 + 3, 1 + 4 * 5),
        ({"text": "It is so. " * 50}, 1 + 3, 1 + 8 * 5),
        ({"text": "Is it so?"}, 0, 0),
    ],
)
def test_from_a_first_wave_to_all_there_may_be_to_ask(task: dict[str, Any], low: int, high: int):
    foreseen = foresee(Task(**{"text": WALL} | task))

    assert foreseen is not None
    assert (foreseen.low.calls, foreseen.high.calls) == (low, high)


def test_passages_are_read_by_every_seat():
    bare, near = foresee(Task(text=WALL)), foresee(Task(text=WALL, evidence=Nearby()))

    assert bare is not None
    assert near is not None
    assert near.high.input_tokens > bare.high.input_tokens + 5 * 2_000
    assert near.low == bare.low


def test_a_long_text_is_not_counted_once_for_each_of_its_claims():
    long = " ".join(f"The wall number {n} was built in {n}." for n in range(400))
    foreseen, gate = foresee(Task(text=long)), tokens(long)

    assert foreseen is not None
    assert foreseen.high.input_tokens < 25 * gate
    assert foreseen.high.output_tokens < 20 * gate


def test_pages_that_searches_read_are_foreseen():
    bare, web = foresee(Task(text=WALL)), foresee(Task(text=WALL, web=True))

    assert bare is not None
    assert web is not None
    assert web.high.input_tokens > bare.high.input_tokens + 3 * 15_000
