from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.quotes import folded, stands_in

SOURCE = "Well — I’d say “ship it on Friday”,  but\nnot before the Bäcker closes… ok?"


@pytest.mark.parametrize(
    "quote",
    [
        "ship it on Friday",
        '"ship it on Friday"',
        "SHIP IT ON FRIDAY",
        "I'd say \"ship it",
        "Well - I'd",
        "on Friday”, but not before",
        "not before the Bäcker...",
        "the Ba\u0308cker closes",
        "closes... ok?",
    ],
)
def test_a_true_quote_in_other_spaces_marks_and_case_is_found(quote: str):
    assert stands_in(quote, SOURCE)


@pytest.mark.parametrize(
    "quote",
    ["ship it on Monday", "ship on Friday", "it ship on Friday", "", "   ", '""', "...", "…"],
)
def test_a_changed_or_empty_quote_is_not(quote: str):
    assert not stands_in(quote, SOURCE)


@settings(derandomize=True)
@given(st.text(alphabet="abc XY\n’“ä…", min_size=1), st.data())
def test_whatever_is_cut_from_a_text_between_words_stands_in_it(text: str, data: st.DataObject):
    words = text.split()
    start = data.draw(st.integers(0, len(words)))
    quote = " ".join(words[start : data.draw(st.integers(start, len(words)))])

    needle = folded(quote).strip("\"' ").removesuffix("...").strip()
    assert stands_in(quote, text) == bool(needle)
