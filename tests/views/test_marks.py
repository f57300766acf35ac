"""Formatting marks that others wrote: gone where they stand as a pair, dead where they do not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.views.marks import harmless, without_pairs
from tests.views.samples import hostile

words = st.from_regex(r"\A[a-z]{1,6}( [a-z]{1,6}){0,3}\Z")


@given(words, words, words, st.sampled_from(["*", "_", "~", "`", "**", "~~", "```", "***"]))
def test_marks_around_words_go_as_a_pair(front: str, inner: str, back: str, marks: str) -> None:
    shown = without_pairs(f"{front} {marks}{inner}{marks} {back}")

    assert shown == f"{front} {inner} {back}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(*both* _of_ ~them~), *_nested_*!", "(both of them), nested!"),
        ("`Msg` and `rm -rf /`", "Msg and rm -rf /"),
        ("```\ncode *here*\n```", "\ncode here\n"),
        ("*漢字* “_x_”", "漢字 “x”"),
        ("*half and 5* hotels", "half and 5 hotels"),
    ],
)
def test_pairs_go_wherever_words_stand_in_them(text: str, shown: str) -> None:
    assert without_pairs(text) == shown


@pytest.mark.parametrize(
    "text",
    ["__init__", "*.py, *.md*", "/x/*/y/*", "don`t, won`t", "2*3*4", "f(*args, **more)", "* a *",
     "*half", "half*", "** **", "`` ``", "*😀*", "snake_case_name", "~/a and ~/b", "*a**", "_ _"],
)  # fmt: skip
def test_what_is_no_pair_around_words_stays(text: str) -> None:
    assert without_pairs(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*half", "∗half"),
        ("half*", "half∗"),
        ("*_~`both`~_*", "∗ˍ∼ˋbothˋ∼ˍ∗"),
        ("don`t, ` alone", "donˋt, ˋ alone"),
        ("2*3, snake_case, * _ ~ alone", "2*3, snake_case, * _ ~ alone"),
    ],
)
def test_a_mark_that_could_format_becomes_a_look_alike(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(hostile)
@example("*_a* b_")
def test_what_is_harmless_has_no_pair_left(text: str) -> None:
    shown = harmless(text)

    assert harmless(shown) == shown
    assert without_pairs(shown) == shown
