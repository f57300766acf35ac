from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.runs.signs import clean


@given(st.text())
def test_nothing_stays_that_hides_or_turns_around(text: str):
    left = clean(text)

    assert not any(
        unicodedata.category(sign) in {"Cc", "Cs"} for sign in left if sign not in "\n\t"
    )
    assert not set("\u202e\u2066\u200f\U000e0041") & set(left)
    assert clean(left) == left


def test_what_people_write_stays():
    text = "Zeile\n\tzwei 👩🏽\u200d🚀 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 é"

    assert clean(text) == text
