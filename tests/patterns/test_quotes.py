from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.quotes import (
    denials,
    folded,
    found,
    in_context,
    numbers,
    stands_in,
    weights,
    weighty,
)

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


MENDED = (
    "Well — I’d say “ship it on Friday”,  but\nnot before the Bäcker closes… ok? It costs $5.5 "
    "million (-3 %) in the [new] plan. We are unable to recieve emails, wait...no. "
    "It was never cancelled in 2015; 12 of the 30 crews came."
)


def shown(quote: str, source: str = MENDED) -> str | None:
    span = found(quote, source)
    return source[slice(*span)] if span else None


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("Ship it on Friday.", "ship it on Friday"),
        ("«ship it on friday»", "ship it on Friday"),
        ("I'd say ship it", "I’d say “ship it"),
        ("but not before the BÄCKER closes...", "but\nnot before the Bäcker closes"),
        ("...it costs $5.5 million", "It costs $5.5 million"),
        ("-3% in the new plan", "-3 %) in the [new] plan"),
        ("wait... no", "wait...no"),
        ("I´d say ship it", "I’d say “ship it"),
        ("unable to receive emails", "unable to recieve emails"),
        ("We are unable to recieve the emails, wait", "We are unable to recieve emails, wait"),
        ("never cancelled in 2015, 12 of 30 crews", "never cancelled in 2015; 12 of the 30 crews"),
        ("in\u200b the\u00ad new plan", "in the [new] plan"),
    ],
)
def test_a_lightly_mended_quote_is_found_in_the_words_of_its_source(quote: str, stands: str):
    assert shown(quote) == stands


@pytest.mark.parametrize(
    "quote",
    [
        "able to recieve emails",
        "It costs $5 million",
        "It costs $5.6 million",
        "costs 5.5 million in the new plan",
        "3% in the new plan",
        "but before the Bäcker closes",
        "ship it not on Friday",
        "It was cancelled in 2015",
        "It was ever cancelled in 2015",
        "It was never cancelled in 2016",
        "12 of the 31 crews came",
        "not ... closes",
        "We are unable to ... emails",
        "the We are unable to recieve emails",
        "ship it on Friday [sic]",
        "the plan is new",
        "201",
        "",
        " … ",
        "[]",
    ],
)
def test_what_says_something_else_is_not(quote: str):
    assert shown(quote) is None


def test_scripts_without_blanks_are_quoted_by_their_signs():
    source = "万里の長城は月から見えない。ほんとうです。"

    assert shown("長城は月から見えない", source) == "長城は月から見えない"
    assert shown("長城は月から見える", source) is None


def test_no_quote_reaches_across_words_that_were_left_out():
    source = "The wall is long. […] It was built in 1368."

    assert shown("The wall is long. It was built", source) is None
    assert shown("It was built in 1368", source) is not None


def widened(quote: str, source: str) -> str | None:
    span = found(quote, source)
    assert span is not None
    whole = in_context(span, source)
    return source[slice(*whole)] if whole else None


@pytest.mark.parametrize(
    ("quote", "whole"),
    [
        ("visible from space", "It is not visible from space."),
        ("long and visible", "long and visible"),
        ("it far away", "Is it far away?"),
        ("cheap", "It isn't cheap"),
    ],
)
def test_a_quote_that_is_denied_or_asked_is_shown_with_its_sentence(quote: str, whole: str):
    source = "It is not visible from space. It is long and visible. Is it far away? It isn't cheap"

    assert widened(quote, source) == whole


@pytest.mark.parametrize(
    ("quote", "source"),
    [
        ("visible from space", "The wall is not\nvisible from space."),
        ("visible from space", "The wall is not, says Dr. Lee, visible from space."),
        ("visible from space", "It is not, as the U.S. crew saw, visible from space."),
        ("The wall was seen by", "The wall was seen by Dr. Lee, who lied, or by nobody."),
        ("The wall is visible", "The wall is visible is a myth."),
        ("the wall is visible", "It is false that the wall is visible."),
        ("the wall is visible", "NASA denied it: the wall is visible, said some."),
        ("the wall is visible", "Who says the wall is visible is wrong!"),
    ],
)
def test_what_turns_a_sentence_is_shown_wherever_it_stands(quote: str, source: str):
    assert widened(quote, f"It is long. {source}\n\nNo more.") == source


def test_of_a_sentence_that_is_too_long_to_be_shown_nothing_is_quoted_where_it_denies():
    long = f"visible from space, {'as many a schoolbook says, ' * 20}"

    assert widened("visible from space", f"It is {long} and so on.") == "visible from space"
    assert widened("visible from space", f"It is {long} which is untrue.") is None
    assert widened("visible from space", f"It is {long}\n\nWhich is untrue.") is not None


def test_a_word_that_turns_a_sentence_is_none_that_denies():
    assert weights("The myth is wrong and false") == []


VOCABULARY = ("the", "wall", "is", "not", "visible", "12", "from", "Über", "space", "never", "no.")


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=3, unique=True), st.data())
def test_a_denial_or_a_number_can_be_neither_dropped_nor_added(
    parts: list[str], data: st.DataObject
):
    source = " ".join(parts)
    place = data.draw(st.integers(1, len(parts) - 1))
    added = [*parts[:place], data.draw(st.sampled_from(["not", "13", "never"])), *parts[place:]]
    weighty_at = [n for n in range(1, len(parts) - 1) if weighty(parts[n].strip("."))]

    assert found(source, source)
    assert found(" ".join(added), source) is None
    for n in weighty_at:
        dropped = [*parts[:n], *parts[n + 1 :]]
        assert found(" ".join(dropped), source) is None


@settings(derandomize=True, max_examples=200)
@given(st.text(alphabet="abc XY\n’“ä….-5%[]不\u200b", max_size=40), st.text(max_size=60))
def test_what_is_found_is_a_span_of_the_source(quote: str, source: str):
    for text in (source, f"{quote} {source}"):
        span = found(quote, text)

        if span:
            assert 0 <= span[0] < span[1] <= len(text)
            whole = in_context(span, text)
            assert whole
            assert whole[0] <= span[0] < span[1] <= whole[1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("receive", "recieve", True),
        ("colour", "color", True),
        ("cancelled", "canceled", True),
        ("legal", "illegal", False),
        ("increase", "decrease", False),
        ("possible", "impossible", False),
        ("three", "there", False),
        ("never", "fever", False),
        ("won", "win", False),
    ],
)
def test_a_slip_is_one_letter_of_a_long_word(one: str, other: str, same: bool):
    around = "this stands around the word in {} and makes it long enough"

    assert (found(around.format(one), around.format(other)) is not None) is same
    assert (found(around.format(other), around.format(one)) is not None) is same


def test_what_denies_and_what_counts():
    text = "It isn't one of the 30, nor never $5."

    assert denials(text) == ["isn't", "never", "nor"]
    assert numbers(text) == ["$5", "30", "one"]
    assert weights(text) == sorted([*denials(text), *numbers(text)])


def test_long_texts_take_no_time_to_speak_of():
    """Looked for word by word, but not every way of mending is tried."""
    source = "word and other things of note the " * 220

    assert found("word and other thongs of note " * 4, source) is None
    assert found("a strange sentence that stands nowhere in it " * 20, source) is None
