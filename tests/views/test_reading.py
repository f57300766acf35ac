"""Slack's marks in plain words, the same for a command, a channel and a file of an export."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.reading import read, visible

NAMES = {"U1": "Ann", "U2": "Ben", "U3": ""}


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("hi <@U1> and <@U2|ben>", "hi @Ann and @Ben"),
        ("<@U9>, <@U8|old name>, <@U3|cid>", "@U9, @old name, @cid"),
        ("in <#C1|general> and <#C2> and <#C3|>", "in #general and #C2 and #C3"),
        ("<!here> <!subteam^S1|@team> <!subteam^S1>", "@here @team @subteam"),
        ("<!here|here>, <!channel|@channel>", "@here, @channel"),
        ("<!date^0^{date}|1 January>", "1 January"),
        ("<https://x.org/a?b=1&amp;c=2>", "https://x.org/a?b=1&c=2"),
        ("<https://x.org|the site>", "the site (https://x.org)"),
        ("<http://x.org|http://x.org>, <http://x.org|x.org>", "http://x.org, x.org"),
        ("<mailto:a@b.org|a@b.org> <mailto:a@b.org>", "a@b.org a@b.org"),
        ("<mailto:a@b.org|Ann>, <tel:+123|+123>", "Ann (a@b.org), +123"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        (
            "&lt;@U1&gt; is text, and so is &amp;lt; or &copy;",
            "<@U1> is text, and so is &lt; or &copy;",
        ),
        ("a < b > c", "a < b > c"),
        ("", ""),
    ],
)
def test_marks_read_as_people_see_them(marked: str, plain: str) -> None:
    assert read(marked, NAMES) == plain


def test_without_names_the_ones_in_the_marks_are_read() -> None:
    assert read("<@U1> and <@U2|ben>") == "@U1 and @ben"


@pytest.mark.parametrize("text", ["a", "1", "?", "漢", "👍", "\u200b.", "€"])
def test_what_is_drawn_is_visible(text: str) -> None:
    assert visible(text)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t\u00a0\u3000", "\u200b\ufeff\u2060", "\u200d\ufe0f", "\u3164\u115f\u1160\uffa0",
     "\u2800", "\u034f\u180e\u061c\u200f", "\x00\ud800\U000e0041"],
)  # fmt: skip
def test_spaces_joiners_and_blanks_are_not(text: str) -> None:
    assert not visible(text)


@given(st.text(alphabet="<>@#!|&;ltgamp U1C^:/x\n"))
def test_any_text_can_be_read(text: str) -> None:
    read(text, NAMES)
