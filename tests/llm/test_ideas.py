"""Ideas by rote: the same for the same eyes, others for others."""

from __future__ import annotations

from bot.llm.ideas import Ideas


def test_neighbours_differ_and_the_same_place_gives_the_same_idea() -> None:
    ideas = Ideas(("meeting", "late"), who="Payer")
    titles = [ideas.title(f".ideas.{n}") for n in range(12)]

    assert len(set(titles)) == 12
    assert titles == [ideas.title(f".ideas.{n}") for n in range(12)]


def test_a_problem_without_words_still_gets_ideas() -> None:
    assert "“it”" in Ideas((), who="Payer").pitch(".ideas.0")
    assert Ideas((), who="Payer").title("") != ""
