"""What is found in a question: data apart from instructions, lines by their numbers."""

from __future__ import annotations

import time

import pytest

from bot.llm.material import Material, excerpt, sentences
from patterns.fence import fenced


def test_what_is_fenced_is_data_and_the_rest_is_around_it() -> None:
    material = Material(f"The claim: {fenced('Bats are blind')}\n\nYour seat: Skeptic.")

    assert material.claim == "Bats are blind"
    assert "blind" not in material.around
    assert "Skeptic" in material.around


def test_a_line_reaches_to_the_next_number() -> None:
    material = Material(fenced("[3] Ann: one\ntwo\n    [4] Bob B.: three: four"))

    assert [(line.number, line.label) for line in material.lines] == [(3, "Ann"), (4, "Bob B.")]
    assert material.lines[0].text.split() == ["one", "two"]
    assert material.lines[1].text == "three: four"


def test_numbers_come_once_and_the_weightiest_first() -> None:
    material = Material("[1] fact: a b c d\n[2] decision: e f g h\n[2] fact: again\n[3] risk: x")

    assert material.numbers == (2, 3, 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We agreed on blue for the doors.", "decision"),
        ("I’ll do it by Friday then.", "action"),
        ("Who has the key to the cellar?", "question"),
        ("I don't think that is how it works.", "disagreement"),
        ("I am worried about the roof.", "risk"),
        ("The roof is made of slate.", "fact"),
        ("Good morning to all of you. Let's go with the second offer.", "decision"),
    ],
)
def test_kinds_are_told_by_cues_in_the_sentence_that_matters(text: str, kind: str) -> None:
    (line,) = Material(f"[1] Ann: {text}").lines

    assert line.kind == kind


def test_an_excerpt_is_a_part_as_it_stands() -> None:
    assert excerpt("  one  two\tthree four", 3) == "one  two\tthree"
    assert excerpt(" \n ", 3) == ""


def test_sentences_without_a_word_are_none() -> None:
    assert list(sentences("Yes! ... :-) 42\n— — Fine.")) == ["Yes!", ":-) 42", "— — Fine."]


def test_half_a_surrogate_pair_is_a_break() -> None:
    assert Material("one \ud83d two").claim == "one \n two"


@pytest.mark.parametrize("text", ["[1] " * 20_000, "⟦" * 50_000, "[1] a" * 20_000, " " * 100_000])
def test_long_odd_texts_are_read_quickly(text: str) -> None:
    start = time.process_time()

    material = Material(text)
    material.telling()

    assert time.process_time() - start < 2
    assert material.opening is not None
