"""Simulated minutes hold: what they cite stands in what they were given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.llm import minutes
from bot.llm.material import Material
from patterns.fence import fenced

TALK = """[1] Ann: We decided to ship on Friday.
[2] Person_bcdfgh (bot): Build is green and all is well here.
    [3] Ben: I'll write the notes by Thursday.
[·] Cleo: We decided to paint everything red last year.
[4] Cleo: Is the battery warm enough for that?"""


def notes(text: str) -> dict[str, list[dict[str, object]]]:
    return minutes.notes(Material(text), text)


def test_items_name_who_says_it_who_does_it_and_until_when() -> None:
    told = notes(fenced(TALK))

    decision, fact, action, question = told["items"]
    assert (decision["kind"], decision["speaker"], decision["due"]) == ("decision", "Ann", "Friday")
    assert (fact["speaker"], fact["owner"]) == ("Person_bcdfgh", None)
    assert (action["owner"], action["due"], action["lines"]) == ("Ben", "Thursday", [3])
    assert question["kind"] == "question"
    assert [sentence["items"] for sentence in told["overview"]] == [[1], [3]]


def test_context_is_not_cited() -> None:
    assert not any("red" in str(item["text"]) for item in notes(fenced(TALK))["items"])


def test_with_a_question_only_lines_that_share_a_word_with_it_count() -> None:
    told = notes(f"The question: {fenced('How is the battery?')}\n\n{fenced(TALK)}")

    assert [item["lines"] for item in told["items"]] == [[4]]
    assert notes(f"The question: {fenced('submarines')}\n\n{fenced(TALK)}")["items"] == []


def test_what_is_shown_behind_the_lines_is_answered_with_nothing() -> None:
    assert notes(f"{fenced(TALK)}\n\n{fenced('[1] fact: x')}\n\nMend.") == {
        "overview": [],
        "items": [],
    }


def test_the_same_words_are_the_same() -> None:
    text = fenced("[1] fact: It is  red\n[2] decision: Ship\n[3] fact: it is red")

    told = minutes.digest(Material(text))

    assert (told["same"], told["conflicts"]) == ([[1, 3]], [])
    assert told["overview"][0] == {"text": "Ship", "items": [2]}


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_gives_something(text: str) -> None:
    assert set(notes(text)) == set(notes(fenced(text))) == {"overview", "items"}
    assert minutes.digest(Material(text))["conflicts"] == []
