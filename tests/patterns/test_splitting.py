from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.splitting import ending, split, weight

#: A lone surrogate counts as the question mark that it becomes.
_TEXTS = st.text(st.characters() | st.sampled_from("\ud800 .!?1\n日👩"), max_size=400)


@pytest.mark.parametrize(
    ("text", "quarters"), [("", 0), ("four", 4), ("a1", 3), ("a, b", 5), ("日本", 6), ("\ud800", 2)]
)
def test_digits_and_punctuation_weigh_twice(text: str, quarters: int):
    assert weight(text) == quarters


@settings(derandomize=True, deadline=None)
@given(_TEXTS, st.integers(6, 300))
def test_all_of_a_text_is_in_parts_that_are_not_too_heavy(text: str, room: int):
    parts = list(split(text, room))

    assert "".join(parts) == text
    assert all(part and weight(part) <= room for part in parts)


def test_parts_end_with_sentences():
    text = "One is here. Two is (there.) And three is far away, where nobody sees it. Four?"

    assert list(split(text, 40)) == [
        "One is here. Two is (there.) ",
        "And three is far away, where nobody ",
        "sees it. Four?",
    ]


def test_a_sentence_in_another_script_needs_no_space():
    assert list(split("会議は延期。書類がまだです", 30)) == ["会議は延期。", "書類がまだです"]


def test_a_short_sentence_at_the_beginning_is_no_place_to_cut():
    assert list(split("No. " + "word " * 4, 20)) == ["No. word word word ", "word "]


def test_a_giant_word_is_cut_where_it_must_be():
    assert list(split("x" * 10, 4)) == ["xxxx", "xxxx", "xx"]


@settings(derandomize=True, deadline=None)
@given(_TEXTS.filter(bool), st.integers(12, 300))
def test_an_ending_is_the_end(text: str, room: int):
    end = ending(text, room)

    assert end[0] == "…"
    assert text.endswith(end[1:])
    assert weight(end) <= room


def test_an_ending_begins_with_a_word_and_is_never_empty():
    assert ending("who will do it by Friday", 15) == "…by Friday"
    assert ending("word", 0) == "…d"
