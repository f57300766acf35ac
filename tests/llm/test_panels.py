"""Simulated panels: what they say stands in what they were given."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.material import Material
from bot.llm.panels import LABELS, cited, claimed, hazards, likely, relation
from patterns.evidence import Origin, Passage
from patterns.fence import fenced
from patterns.passages import listed, rotated
from patterns.quotes import stands_in
from patterns.recipes.factcheck import ClaimKind, Label
from patterns.recipes.factcheck.ballots import Relation
from patterns.recipes.safety import Category

ANY = st.text(st.characters(codec=None), max_size=200)
KINDS = [kind.value for kind in ClaimKind]
CATEGORIES = [category.value for category in Category]


def shown(claim: str, *texts: str, by: int = 0) -> Material:
    """As a panel is shown it."""
    passages = [
        Passage(origin=Origin.WEB, text=text, title="Paper: a study", date="2026-11-02")
        for text in texts
    ]
    return Material(f"Claim: {fenced(claim)}\n\nPassages:\n{listed(rotated(passages, by))}")


def test_most_seats_cite_the_passage_that_says_most_of_the_claim() -> None:
    material = shown(
        "Bats are blind at night",
        "The weather was fine on that day.",
        "At night most bats see well. They are hardly blind.",
        "Owls see well.",
    )

    numbers = Counter(cited(material, f"voter-{n}")[0] for n in range(200))  # type: ignore[index]

    assert set(numbers) == {2, 1} | {n for n in numbers if n == 3}
    assert numbers[2] > 120


def test_of_a_passage_the_sentence_is_quoted_that_says_most_of_the_claim() -> None:
    material = shown("The bridge was built in 1932", "We met at ten. The bridge was built in 1931.")

    assert cited(material, "voter-1") == (1, "The bridge was built in 1931.")


@given(st.lists(ANY, min_size=1, max_size=5), st.integers(0, 4))
def test_a_quote_stands_in_the_passage_that_is_cited(texts: list[str], by: int) -> None:
    found = cited(shown("Bats are blind", *texts, by=by), "voter-1")

    if found is not None:
        number, quote = found
        assert stands_in(quote, texts[number - 1])


def test_where_there_is_nothing_to_cite_nothing_is_cited() -> None:
    assert cited(Material(f"Claim: {fenced('[1] Ann: bats are blind')}"), "voter-1") is None
    assert cited(shown("Bats are blind", "…", "?!"), "voter-1") is None


def test_numbered_lines_of_the_claim_itself_are_no_passages() -> None:
    material = shown("[1] Ann: bats are blind", "Bats see.", "Owls see.")

    assert {cited(material, f"voter-{n}")[0] for n in range(99)} == {1, 2}  # type: ignore[index]
    assert all("Ann" not in line.text for line in material.passages)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The bridge is 300 m long.", "checkable"),
        ("How long is the bridge?", "question"),
        ("I think the bridge is ugly.", "opinion"),
        ("We should paint it.", "opinion"),
        ("It will fall by 2040.", "prediction"),
    ],
)
def test_sentences_are_told_apart_by_plain_cues(text: str, kind: str) -> None:
    (part,) = claimed(Material(f"The text: {fenced(text)}"), KINDS)

    assert (part.text, part.kind) == (text, kind)


@given(ANY)
def test_what_is_told_of_a_text_stands_in_it(text: str) -> None:
    material = Material(f"The text: {fenced(text)}")

    for part in (*claimed(material, KINDS), *hazards(material, CATEGORIES)):
        assert part.text in material.claim
        assert part.kind in {*KINDS, *CATEGORIES}


def test_every_hazard_that_is_looked_for_is_a_category() -> None:
    """A cue for a category that is named otherwise would find nothing, forever."""
    text = (
        "You idiot. You vermin. I will kill myself. A nude picture. They stab people. "
        "Make a bomb. My password is here. Click here to win."
    )

    found = hazards(Material(f"The text: {fenced(text)}"), CATEGORIES)

    assert {part.kind for part in found} >= set(CATEGORIES)


def test_a_second_look_says_what_most_of_the_panel_says() -> None:
    relations = [each.value for each in Relation]

    assert relation("supported", relations) == "supports"
    assert relation("refuted", relations) == "refutes"
    assert relation("not_checkable", relations) == "neither"
    assert tuple(label.value for label in Label) == LABELS


def test_few_claims_are_such_that_nobody_can_check_them() -> None:
    rare = sum(len(likely(LABELS, Material(f"Claim {n}"))) == len(LABELS) for n in range(300))

    assert 15 < rare < 60
