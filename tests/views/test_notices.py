"""Sentences for one person: whatever can be asked for has its words."""

from __future__ import annotations

import pytest

from bot.runs.desk import Did
from bot.runs.limits import TEXT_MOST, VOTERS_MOST
from bot.views import notices
from bot.views.actions import (
    CANCEL,
    COMMANDS,
    RATE_DOWN,
    RATE_UP,
    RERUN,
    RETRY,
    SHARE,
    SHORTCUTS,
)
from patterns.recipes import RECIPES


def command(recipe: str) -> str:
    return f"/{recipe}" if recipe in COMMANDS else f"/quorum {recipe}"


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_has_its_usage_and_an_example(recipe: str) -> None:
    assert f"• `{command(recipe)}" in notices.usage(recipe)
    assert f"for example `{command(recipe)} " in notices.empty(recipe)


def test_only_commands_that_slack_knows_are_named_as_such() -> None:
    told = notices.unknown_command("/poll")

    assert all(f"`/{recipe}`" in told for recipe in COMMANDS)
    assert "safety" not in told


def test_who_asks_for_a_safety_check_knows_who_sees_it_and_what_it_takes() -> None:
    assert "Only you see the result" in notices.usage("safety")
    assert "One voter of three flags it, two block it." in notices.usage("safety")
    assert "⋮ → " not in notices.usage("safety").splitlines()[-1], "it is in no message's menu"


def test_limits_are_named_as_they_are() -> None:
    assert f"from 1 to {VOTERS_MOST}," in notices.bad_voters("factcheck")
    assert f"{TEXT_MOST:,} are the most" in notices.too_long("factcheck", TEXT_MOST + 1)


#: What the desk can make of each wish.
OUTCOMES = [
    *((CANCEL, did) for did in (Did.YES, Did.ALREADY, Did.TOO_LATE, Did.NOT_YOURS)),
    *((RETRY, did) for did in (Did.YES, Did.ALREADY, Did.TOO_EARLY, Did.NOTHING, Did.NOT_YOURS)),
    *((RERUN, did) for did in (Did.TOO_EARLY, Did.NOT_YOURS)),
    *((SHARE, did) for did in (Did.YES, Did.ALREADY, Did.TOO_EARLY, Did.NOTHING, Did.NOT_YOURS)),
    *((rate, did) for rate in (RATE_UP, RATE_DOWN) for did in (Did.YES, Did.TOO_EARLY)),
]
SHOWN_BY_THE_CARD = {(CANCEL, Did.YES), (RETRY, Did.YES)}


@pytest.mark.parametrize(("action", "did"), OUTCOMES)
def test_every_outcome_of_a_wish_has_its_sentence_or_is_shown(action: str, did: Did) -> None:
    sentence = notices.said(action, did)

    assert (sentence is None) == ((action, did) in SHOWN_BY_THE_CARD)
    assert sentence != notices.NO_SUCH_RUN


def test_who_was_not_shown_a_result_does_not_learn_of_it_by_rating() -> None:
    assert notices.said(RATE_UP, Did.NOT_YOURS) == notices.NO_SUCH_RUN


def test_the_card_that_shows_it_already_is_linked_where_it_stands() -> None:
    url = "https://acme.slack.com/archives/C1/p1764000000000100"

    assert notices.on_it(url) == f"I am already on it: <{url}|open its card>."
    assert notices.on_it("") == notices.ON_IT


@pytest.mark.parametrize("word", ["runs", "show", "cancel", "usage", *RECIPES])
def test_the_help_names_every_subcommand(word: str) -> None:
    assert f"`/quorum {word}" in notices.general()
    assert word in notices.unknown_subcommand("x")


@pytest.mark.parametrize("recipe", RECIPES)
def test_who_is_in_a_thread_learns_what_works_there(recipe: str) -> None:
    for told in (notices.usage(recipe), notices.general()):
        assert "Slack takes no commands" in told
    assert f"`@Quorum {recipe}`" in notices.usage(recipe)
    assert f"`{recipe}" in notices.mention_usage()
    assert f"`{command(recipe)} " in notices.no_form(recipe)


def test_every_shortcut_is_named_as_slack_shows_it() -> None:
    names = ("Fact-check message", "Summarize thread", "Brainstorm on this")

    assert len(names) == len(SHORTCUTS)
    for name in names:
        assert name in notices.general()
        assert name in notices.WAYS_IN


def test_prompts_are_as_few_and_as_short_as_slack_takes() -> None:
    assert 1 <= len(notices.PROMPTS) <= 4
    assert all(title and text for title, text in notices.PROMPTS)
    assert notices.PROMPTS[0][1] in notices.welcome()


def test_a_word_that_nobody_knows_is_shown_and_does_nothing() -> None:
    assert "“&lt;!channel&gt;”" in notices.unknown_subcommand("<!channel>")


def test_what_a_mention_in_a_thread_is_about_is_said() -> None:
    for recipe in ("safety", "factcheck", "brainstorm"):
        assert notices.usage(recipe).endswith("Alone, that means the thread's first message.")
    assert "first message" not in notices.usage("summarize")
    assert "`extract`, alone, mean the thread's first message" in notices.general()
