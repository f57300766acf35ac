"""What was read, cut into passages, and the likeliest of them for a claim."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.reading.passages import CHARS_MOST, PASSAGES_MOST, Likeliest, numbered, paragraphs
from patterns.evidence import Origin, Passage


def cut(text: str) -> list[tuple[int, str]]:
    return list(paragraphs(numbered(text)))


def passage(text: str) -> Passage:
    return Passage(origin=Origin.CONVERSATION, text=text)


def likeliest(claim: str, *texts: str) -> list[str]:
    found = Likeliest([claim])
    for text in texts:
        found.see(passage(text))
    return [each.text for each in found.found()[0]]


def test_paragraphs_stand_between_blank_lines_and_know_their_line() -> None:
    assert cut("one\ntwo\n\n \n  three  \n") == [(1, "one\ntwo"), (5, "three")]
    assert cut("\n\n") == []


def test_a_long_paragraph_is_cut_between_lines() -> None:
    rows = [f"row {number}: {'x' * 100}" for number in range(40)]

    found = cut("\n".join(rows))

    assert len(found) == 4
    assert "\n".join(text for _, text in found) == "\n".join(rows)
    assert [start for start, _ in found] == [1, 12, 23, 34]


def test_a_long_line_is_cut_between_words() -> None:
    found = cut("word " * 1_000)

    assert all(number == 1 for number, _ in found)
    assert " ".join(text for _, text in found) == " ".join(["word"] * 1_000)


@given(st.text(alphabet=st.sampled_from("ab \n"), max_size=4_000))
def test_no_word_of_a_text_is_lost_and_no_passage_is_too_long(text: str) -> None:
    found = cut(text)

    assert all(0 < len(each) <= CHARS_MOST for _, each in found)
    assert all(text.splitlines()[number - 1].strip() for number, _ in found)
    # a word that is longer than a passage is cut, too
    assert "".join("".join(each.split()) for _, each in found) == "".join(text.split())


def test_the_passage_that_shares_most_words_comes_first() -> None:
    texts = ("nothing of it", "the moon", "cheese of the moon, made on Friday", "moon cheese")

    assert likeliest("The moon is made of cheese", *texts) == [
        "cheese of the moon, made on Friday",
        "moon cheese",
        "the moon",
    ]


def test_of_as_many_words_the_nearest_comes_first() -> None:
    assert likeliest("moon", "moon 1", "moon 2") == ["moon 1", "moon 2"]


def test_no_more_are_kept_than_a_panel_can_read() -> None:
    texts = [f"moon {number}" for number in range(100)] + ["moon cheese"]

    found = likeliest("moon cheese", *texts)

    assert len(found) == PASSAGES_MOST
    assert found[:2] == ["moon cheese", "moon 0"]


def test_who_makes_a_claim_proves_nothing_by_saying_it_again() -> None:
    found = Likeliest(["The moon is cheese", "The sun is hot"])
    found.see(passage("I say that the moon is cheese!"), own=True)
    found.see(passage("I saw the moon"), own=True)
    found.see(passage("the moon is cheese, says Ben"))

    moon, sun = found.found()

    assert [each.text for each in moon] == ["the moon is cheese, says Ben", "I saw the moon"]
    assert sun == ()


def test_who_makes_a_claim_proves_nothing_by_leaving_a_word_of_it_out() -> None:
    found = Likeliest(["Berlin office opens Monday morning"])
    found.see(passage("Berlin office opens Monday"), own=True)
    found.see(passage("Berlin office opens late"), own=True)

    assert [each.text for each in found.found()[0]] == ["Berlin office opens late"]
