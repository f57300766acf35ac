"""What is to be worked on: a question behind it, and whom it concerns."""

from __future__ import annotations

import pytest

from bot.listeners.parsing import Usage
from bot.runs.model import RunRequest, Several, Shared, Thread, Window
from tests.listeners.keyboard import LINK, NOW, REPLY, parsed, request

DAY = Window(channel="CHERE", oldest=f"{NOW - 86_400:.6f}")
THREAD = Thread(channel="C0123", ts="1763990000.000100")
WEEK = f"{NOW - 7 * 86_400:.6f}"


@pytest.mark.parametrize(
    ("text", "source", "about"),
    [
        ("about pricing", DAY, "pricing"),
        ("About: who pays &amp; when?", DAY, "who pays & when?"),
        ("since 7d about what was said about it since 2w", None, "what was said about it since 2w"),
        (f"<{LINK}> about pricing", THREAD, "pricing"),
        ("about <@U7|ann> in <#C7|general>", DAY, "@ann in #general"),
        ("<#C1|about> about a channel", Window(channel="C1", oldest=DAY.oldest), "a channel"),
        ("about pricing --quick", DAY, "pricing"),
    ],
)
def test_a_question_goes_to_the_end(text: str, source: Window | Thread | None, about: str) -> None:
    asked = request("/summarize", text)

    assert asked.text == about
    assert asked.source == (source or Window(channel="CHERE", oldest=WEEK))
    assert not asked.mine


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("for me", ""),
        ("since 7d for me", ""),
        ("FOR ME since 7d", ""),
        ("for @me about pricing", "pricing"),
        ("about pricing for me", "pricing"),
        ("about pricing, for me!", "pricing,"),
        ("for <@U1|ann>", ""),
        ("about pricing for <@U1>", "pricing"),
    ],
)
def test_what_concerns_me_is_for_me_alone(text: str, about: str) -> None:
    asked = request("/summarize", text)

    assert (asked.mine, asked.private, asked.text) == (True, True, about)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("about what it does for me and others", "what it does for me and others"),
        ("about pricing for <@U7|bob>", "pricing for @bob"),
        ("about forme", "forme"),
    ],
)
def test_a_question_may_name_me_and_others(text: str, about: str) -> None:
    asked = request("/summarize", text)

    assert (asked.mine, asked.text) == (False, about)


def test_a_link_goes_with_a_question_and_for_me() -> None:
    asked = request("/summarize", f"for me {LINK} about pricing")
    behind = request("/summarize", f"{REPLY} for me")

    assert (asked.source, asked.text, asked.mine) == (THREAD, "pricing", True)
    assert behind.source == Thread(channel="C0123", ts="1763980000.000200")
    assert behind.mine


def test_several_channels_go_with_all_of_it() -> None:
    asked = request("/summarize", "<#C1> <#C2> since last about pricing for me")

    assert isinstance(asked.source, Several)
    assert all(window.since_last for window in asked.source.windows)
    assert (asked.text, asked.mine) == ("pricing", True)


def test_a_question_about_what_is_pointed_at_is_about_that() -> None:
    thread = Thread(channel="CHERE", ts="1.1")
    asked = parsed("/summarize", "about pricing", pointed=thread)
    other = parsed("/summarize", "since 7d about pricing", pointed=thread)

    assert isinstance(asked, RunRequest)
    assert (asked.source, asked.text) == (thread, "pricing")
    assert isinstance(other, RunRequest)
    assert isinstance(other.source, Window)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"<{REPLY}>", ""),
        (f"{REPLY} about timeouts", "timeouts"),
        (f"--deep {REPLY} why so slow?", "why so slow?"),
        (f"{REPLY} what about timeouts", "what about timeouts"),
    ],
)
def test_a_log_is_that_of_a_message_with_or_without_a_question(text: str, said: str) -> None:
    asked = request("/logs", text)

    assert asked.source == Shared(
        channel="C0123", ts="1763990000.000100", thread_ts="1763980000.000200"
    )
    assert (asked.text, asked.private) == (said, False)


@pytest.mark.parametrize(
    "fields", ["fields: name, kind: a|b (what it is)", "name,\namount: number"]
)
def test_a_table_is_that_of_a_message_and_its_fields_are_the_text(fields: str) -> None:
    asked = request("/extract", f"<{LINK}> {fields}")

    assert asked.source == Shared(channel="C0123", ts="1763990000.000100")
    assert asked.text == fields


def test_files_that_are_pointed_at_need_no_link_and_a_link_comes_before_them() -> None:
    file = Shared(channel="CHERE", ts="1.1")
    here = parsed("/logs", "about timeouts", pointed=file)
    there = parsed("/logs", LINK, pointed=file)
    unasked = parsed("/extract", "", pointed=file)

    assert isinstance(here, RunRequest)
    assert (here.source, here.text) == (file, "timeouts")
    assert isinstance(there, RunRequest)
    assert there.source == Shared(channel="C0123", ts="1763990000.000100")
    assert isinstance(unasked, Usage)
    assert unasked.form == ""
