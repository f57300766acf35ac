"""What people type, and what becomes of it: a request, or one sentence with an example."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.listeners.parsing import Usage
from bot.runs.model import OneMessage, Place, RunRequest, Shared, Thread
from bot.views.reading import visible
from patterns.recipes import RECIPES
from tests.listeners.keyboard import LINK, REPLY, parsed, request, sentence


def test_a_claim_is_taken_with_who_asked_where_and_for_which_delivery() -> None:
    assert request("/factcheck", "  The moon is cheese ") == RunRequest(
        recipe="factcheck",
        text="The moon is cheese",
        asked_by="U1",
        place=Place(team="T1", channel="CHERE"),
        dedupe="T1:1.2.x",
    )


@pytest.mark.parametrize(
    ("command", "text", "words"),
    [
        ("/factcheck", "", "Say what to work on"),
        ("/factcheck", "   \n", "Say what to work on"),
        ("/brainstorm", "--deep", "Say what to work on"),
        ("/factcheck", "\u200b\ufeff \u2060\u200d", "Say what to work on"),
        ("/factcheck", "\u3164 --deep", "Say what to work on"),
        ("/brainstorm", "\u200e\u2800", "Say what to work on"),
        ("/factcheck", "<!date^0^x|\u200b>", "Say what to work on"),
        ("/factcheck", "x" * 3_001, "3,001 characters"),
        ("/summarize", "x" * 3_001, "3,001 characters"),
        ("/brainstorm", "x --deep " * 9_000, "81,000 characters"),
        ("/factcheck", "X --force", "There is no option --force"),
        ("/brainstorm", "X --voters 5", "There is no option --voters"),
        ("/summarize", "--voters 5", "There is no option --voters"),
        ("/factcheck", "X --voters", "number from 1 to 15"),
        ("/factcheck", "X --voters 0", "number from 1 to 15"),
        ("/factcheck", "X --voters 16", "number from 1 to 15"),
        ("/factcheck", "X --voters=x", "number from 1 to 15"),
        ("/factcheck", "--voters " + "9" * 5_000, "number from 1 to 15"),
        ("/factcheck", "--deep --quick X", "not both"),
        ("/factcheck", "https://example.com/page", "links to messages of this workspace"),
        ("/factcheck", f"is this so? {LINK}", "A message link works alone"),
        ("/summarize", "https://example.com", "links to messages of this workspace"),
        ("/summarize", f"{LINK} since 7d", "Behind a message link, and one alone, come"),
        ("/summarize", f"since 7d {LINK}", "Behind a message link, and one alone, come"),
        ("/summarize", f"{LINK} {LINK}", "Behind a message link, and one alone, come"),
        ("/summarize", f"about {LINK}", "Behind a message link, and one alone, come"),
        ("/summarize", "https://example.com about it", "links to messages of this workspace"),
        ("/summarize", "since 7d about", "Say behind `about`"),
        ("/summarize", "since 7d about \u200b", "Say behind `about`"),
        ("/summarize", f"about {'x' * 3_001}", "3,001 characters"),
        ("/summarize", "for everybody", "I do not understand “for”"),
        ("/summarize", "for <@U7|bob>", "not what concerns others"),
        ("/logs", "what is wrong?", "Give the link to the message"),
        ("/logs", "https://example.com/app.log", "links to messages of this workspace"),
        ("/logs", f"look at {LINK}", "The message link comes first, and alone"),
        ("/logs", f"{LINK} about", "Say behind `about`"),
        ("/logs", f"{LINK} about {'x' * 3_001}", "3,001 characters"),
        ("/extract", "fields: name", "Give the link to the message"),
        ("/extract", LINK, "No fields are named."),
        ("/extract", f"{LINK} fields: name: colour", "“colour” is no kind of field"),
        ("/extract", f"{LINK} fields: name {LINK}", "The message link comes first, and alone"),
        ("/summarize", "#random", "which channel #random is"),
        ("/summarize", "<#oops>", "which channel"),
        ("/summarize", "since", "`since` takes"),
        ("/summarize", "since yesterday", "`since` takes"),
        ("/summarize", "since 0d", "`since` takes"),
        ("/summarize", "since 367d", "`since` takes"),
        ("/summarize", "last", "from 1 to 5,000"),
        ("/summarize", "last 0", "from 1 to 5,000"),
        ("/summarize", "last 5001", "from 1 to 5,000"),
        ("/summarize", "last ²", "from 1 to 5,000"),
        ("/summarize", "everything", "I do not understand “everything”"),
        ("/poll", "x", "I do not know /poll"),
    ],
)
def test_what_cannot_be_done_gets_one_sentence_with_an_example(
    command: str, text: str, words: str
) -> None:
    said = sentence(command, text)

    assert words in said
    assert "\n" not in said
    assert re.search(r"`/\w+", said)
    assert len(said) < 400


def test_a_window_of_nothing_visible_is_the_usual_one() -> None:
    assert request("/summarize", "\u200b") == request("/summarize", "")


@pytest.mark.parametrize("text", ["help", "HELP", " --help ", "—help", "-h", "?"])
@pytest.mark.parametrize("command", ["/factcheck", "/summarize", "/brainstorm"])
def test_help_shows_how_the_command_is_used(command: str, text: str) -> None:
    said = sentence(command, text)

    assert f"• `{command}" in said
    assert "--private" in said
    assert "threads" in said


def question(command: str, text: str, **changes: Any) -> str:
    found = parsed(command, text, **changes)
    assert isinstance(found, RunRequest)
    return found.question


@pytest.mark.parametrize("text", ["since  7d", " since 7d\n", "since\t7d --quick"])
def test_the_same_words_of_the_same_person_in_the_same_place_are_one_question(text: str) -> None:
    quick = " --quick" if "--quick" in text else ""

    assert question("/summarize", text) == question("/summarize", f"since 7d{quick}")
    assert question("/summarize", text, delivery="9.9.y") == question("/summarize", text)


def test_another_person_place_recipe_option_or_word_is_another_question() -> None:
    here = Place(team="T1", channel="CHERE")
    message = OneMessage(channel="CHERE", ts="1.1")
    thread = Thread(channel="CHERE", ts="1.1")
    file = Shared(channel="CHERE", ts="1.1")
    asked = [
        question("/factcheck", "X"),
        question("/factcheck", "Y"),
        question("/factcheck", "x"),
        question("/brainstorm", "X"),
        question("/factcheck", "X --deep"),
        question("/factcheck", "X --voters 3"),
        question("/factcheck", "X --private"),
        question("/factcheck", "X --fresh"),
        question("/factcheck", "X", user="U2"),
        question("/factcheck", "X", place=here.model_copy(update={"channel": "C2"})),
        question("/factcheck", "X", place=here.model_copy(update={"thread_ts": "1.1"})),
        question("/factcheck", "X", place=here.model_copy(update={"team": "T2"})),
        question("/factcheck", "X", place=here.model_copy(update={"enterprise": "E1"})),
        question("/factcheck", "", pointed=message),
        question("/summarize", "", pointed=thread),
        question("/summarize", "", pointed=thread.model_copy(update={"ts": "1.2"})),
        question("/summarize", ""),
        question("/summarize", "about X"),
        question("/summarize", "about x"),
        question("/summarize", "for me"),
        question("/summarize", "about X for me"),
        question("/summarize", "since last"),
        question("/summarize", "about X", pointed=thread),
        question("/logs", "", pointed=file),
        question("/logs", "about X", pointed=file),
        question("/logs", "about X", pointed=file.model_copy(update={"ts": "1.2"})),
    ]

    assert len(set(asked)) == len(asked)
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in asked)


def test_where_nothing_is_said_what_is_pointed_at_is_meant() -> None:
    thread = Thread(channel="CHERE", ts="1.1")
    silent = parsed("/summarize", " --deep ", pointed=thread)
    told = parsed("/summarize", "since 7d", pointed=thread)

    assert isinstance(silent, RunRequest)
    assert silent.source == thread
    assert isinstance(told, RunRequest)
    assert told.source != thread


@pytest.mark.parametrize("text", ["Some text", "Some text --private", "--deep Some text", LINK])
def test_a_safety_check_is_for_who_asked_alone(text: str) -> None:
    assert request("/safety", text).private
    assert not request("/factcheck", text.replace("--private", "")).private


@pytest.mark.parametrize(
    ("command", "text", "form"),
    [
        ("/factcheck", "", "factcheck"),
        ("/brainstorm", " \n", "brainstorm"),
        ("/safety", "", "safety"),
        ("/logs", "", "logs"),
        ("/extract", "", "extract"),
        ("/extract", "--deep", ""),
        ("/factcheck", "\u200b", "factcheck"),
        # what was said already would be lost in an empty form
        ("/factcheck", "--private", ""),
        ("/brainstorm", "help", ""),
        ("/factcheck", "https://example.com", ""),
    ],
)
def test_who_says_nothing_at_all_is_offered_the_form(command: str, text: str, form: str) -> None:
    found = parsed(command, text)

    assert isinstance(found, Usage)
    assert found.form == form


pieces = st.sampled_from([
    "--deep", "—deep", "--quick", "--private", "--voters", "--voters=", "7", "-1", "--", "--x", "—",
    "help", "since", "7d", "last", "200", "#general", "<#C1|general>", "<#C1>", "<#", ">", "<", "|",
    "<@U1|ann>", f"<{LINK}>", LINK, REPLY, "https://", "http://[", "http://[::1", "&amp;", "&lt;",
    "<!channel>", "payload", "\u200b", "\u3164", "\ud800", "\x00", "²", "٣d", "since\u00a07d",
    "x" * 3_001, "`*_~", "about", "about:", "for", "me", "<@U1>", "fields:", "name,",
    "name: number",
])  # fmt: skip
texts = st.one_of(
    st.lists(pieces, max_size=7).map(" ".join),
    st.lists(pieces, max_size=5).map("".join),
    st.text(st.characters(codec=None), max_size=60),
)


COMMANDS = [*(f"/{recipe}" for recipe in RECIPES), "/other", ""]


@given(st.sampled_from(COMMANDS), texts)
@example("/factcheck", "--voters ²")
@example("/summarize", "since ٣d")
@example("/summarize", "http://[::1/archives/C0123/p1763990000000100")
def test_any_text_is_a_request_or_a_harmless_sentence(command: str, text: str) -> None:
    found = parsed(command, text)

    assert isinstance(found, RunRequest | Usage)
    if isinstance(found, Usage):
        assert found.sentence
        assert not set("<>") & set(found.sentence)
        assert len(found.sentence) < 1_000
    else:
        assert len(found.text) <= 3_000
        assert visible(found.text) or found.source
        assert found.private or not found.mine
        found.text.encode()
