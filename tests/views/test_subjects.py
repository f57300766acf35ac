"""What a form asks a run to be about."""

from __future__ import annotations

import pytest

from bot.runs.model import Place
from bot.views.forms import ask
from bot.views.subjects import Wrong, inputs, read
from tests.views.samples import HERE
from tests.views.sending import sent

CHANNEL, DIRECT = Place(team="T1", channel=HERE), Place(team="T1", channel="D1")


def summarize(text: str, place: Place = CHANNEL, **more: str | bool) -> str | Wrong:
    return read(sent(ask("summarize", place), text=text, **more), "summarize", place)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("https://acme.slack.com/archives/CTHERE12", "<#CTHERE12>"),
        ("https://acme.slack.com/archives/CTHERE12/", "<#CTHERE12>"),
        ("https://acme.slack.com/archives/D0000001", "https://acme.slack.com/archives/D0000001"),
        ("https://a.b/?x=1&y=<2>", "https://a.b/?x=1&amp;y=&lt;2&gt;"),
    ],
)
def test_a_channel_is_named_by_its_link(text: str, said: str) -> None:
    assert summarize(text) == said


def test_bounds_follow_what_is_read() -> None:
    assert summarize("", since="7d", last="20") == "since 7d last 20"
    assert summarize("", since="last") == summarize("", since="since last") == "since last"


def test_a_question_comes_last() -> None:
    assert summarize("", since="7d", about="a < b", mine=True) == "since 7d for me about a &lt; b"


def test_a_log_may_be_asked_about_and_a_table_has_to_be() -> None:
    def said(recipe: str, **filled: str) -> str | Wrong:
        return read(sent(ask(recipe, CHANNEL), text="https://a.b/1", **filled), recipe, CHANNEL)

    assert said("logs") == "https://a.b/1"
    assert said("logs", about="why") == "https://a.b/1 about why"
    assert said("extract", fields="name") == "https://a.b/1 fields: name"
    unclear = said("extract", fields="name: colour")
    assert isinstance(unclear, Wrong)
    assert (unclear.block, "colour" in unclear.sentence) == ("fields", True)


def test_in_direct_messages_there_is_no_channel_that_could_be_meant() -> None:
    assert not inputs("summarize", DIRECT, "")[0]["optional"]
    assert inputs("summarize", CHANNEL, "")[0]["optional"]
    assert isinstance(summarize("", DIRECT, since="7d"), Wrong)
