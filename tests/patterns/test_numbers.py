"""Numbers in digits: new, or there before?"""

from __future__ import annotations

import pytest

from patterns.numbers import invented


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("no number", "at all"),
        ("25 euros", "it costs 25€"),
        ("10000 people", "10,000 people"),
        ("10,000 people", "10000 people"),
        ("1.000.000 people", "1000000 people"),
        ("version 4.3", "4.3 is out"),
        ("in 2026", "2026.11.24"),
        ("2 of them", "two of them"),
        ("1.5 hours", "1,5 hours"),
        ("007", "7"),
        ("٣ hours", "3 hours"),
    ],
)
def test_the_same_number_may_be_written_otherwise(text: str, source: str) -> None:
    assert invented(text, [source]) == []


@pytest.mark.parametrize(
    ("text", "source", "new"),
    [
        ("26 euros", "25 euros", ["26"]),
        ("5 and 7", "1.5", ["5", "7"]),
        ("1 hour", "1.5 hours", ["1"]),
        ("12", "1 2", ["12"]),
        ("3", "", ["3"]),
    ],
)
def test_a_number_that_stands_nowhere_is_new(text: str, source: str, new: list[str]) -> None:
    assert invented(text, [source]) == new
