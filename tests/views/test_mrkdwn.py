"""The escape: what nobody but us may make Slack do."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.views.mrkdwn import bold, channel, clean, clip, label, line, link, person, plain, width
from tests.views.samples import hostile

anything = st.one_of(
    hostile,
    st.text(st.characters(codec=None), max_size=80),  # lone surrogates too
)
_ENTITIES = re.compile(r"&(?:amp|lt|gt);")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(anything)
@example("\ud800<!channel>\U000e0063\u202e@here")
def test_nothing_in_escaped_text_is_a_token_or_hides(text: str) -> None:
    shown = plain(text)

    assert not set("<>") & set(shown)
    assert "&" not in _ENTITIES.sub("", shown)
    assert not re.search(r"@(channel|here|everyone)(?![^\W_])", shown, re.IGNORECASE)
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", shown)
    assert not re.search("[\u061c\u200e\u200f\U000e0000-\U000e007f]", shown)
    shown.encode()


@given(anything)
@example("*__ a")
@example("`*_ x")
@example("*word @*_here_")
@example("*`a`**")
def test_escaping_what_was_shown_changes_nothing_more(text: str) -> None:
    once = plain(text)

    assert plain(unescaped(once)) == once


@given(anything)
@example("*_a* b_")
def test_no_foreign_text_opens_or_ends_formatting(text: str) -> None:
    """What is left of marks stands inside a word, or alone between spaces."""
    shown = unescaped(plain(text))

    assert "`" not in shown
    for marks in re.finditer(r"([*_~])\1*", shown):
        before, after = shown[: marks.start()][-1:], shown[marks.end() :][:1]
        assert before.isalnum() is after.isalnum()
        assert before.isalnum() or not (before + after).strip()


@given(anything)
def test_foreign_text_loses_marks_and_nothing_else(text: str) -> None:
    def bare(text: str) -> str:
        return re.sub("[*_~`∗ˍ∼ˋ\u2060]", "", text)

    assert bare(unescaped(plain(text))) == bare(clean(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("2 * 3, or * alone", "2 * 3, or * alone"),
        ("*Supported*", "Supported"),
        ("a *good story from a customer* this month", "a good story from a customer this month"),
        ("*Go or no-go*", "Go or no-go"),
        ("**bold** ```code *here*```", "bold code here"),
        ("`Msg` and `rm -rf /`", "Msg and rm -rf /"),
        ("__init__", "ˍˍinitˍˍ"),
        ("*args, **more", "∗args, ∗∗more"),
        ("*.py, *.md* in /x/*/y/*", "∗.py, ∗.md∗ in /x/∗/y/∗"),
        ("don`t, won`t", "donˋt, wonˋt"),
        ("* * and **", "* * and **"),
        ("ask @here now", "ask @\u2060here now"),
        ("mail me@herefordshire.example", "mail me@herefordshire.example"),
        ("👩\u200d🚀 نمی\u200cخواهم", "👩\u200d🚀 نمی\u200cخواهم"),
        ("one\ntwo\tthree\x07", "one\ntwo\tthree"),
        ("a\u061cb\u200ec\u200fd", "abcd"),
    ],
)
def test_readable_text_stays_readable(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(anything, st.integers(0, 60))
def test_a_clipped_text_keeps_its_limit_and_whole_entities(text: str, limit: int) -> None:
    shown = clip(plain(text), limit)

    assert width(shown) <= limit
    assert "&" not in _ENTITIES.sub("", shown)


def test_a_text_that_fits_is_not_clipped() -> None:
    assert clip("abc", 3) == "abc"
    assert clip("abcd", 3) == "ab…"
    assert clip("&amp;&amp;", 8) == "&amp;…"
    assert clip("😀😀😀", 5) == "😀😀…"


@given(anything, st.integers(5, 80))
def test_a_line_has_no_second_line(text: str, limit: int) -> None:
    for shown in (line(text, limit), bold(text, limit), label(text, limit)):
        assert "\n" not in shown
        assert width(shown) <= limit


def test_titles_lose_their_pairs_and_no_label_shows_a_star() -> None:
    assert label("Part 1: *Go* or `no-go`", 80) == "Part 1: Go or no-go"
    assert bold("*Go* 2*3", 80) == "*Go 2∗3*"


@given(anything)
def test_bold_foreign_text_cannot_end_its_bold(text: str) -> None:
    assert bold(text, 80)[1:-1].count("*") == 0


@given(anything)
def test_a_label_has_nothing_that_needs_an_entity(text: str) -> None:
    assert not set("<>") & set(label(text, 80))


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://a b", "https://a|b", "https://a>b", "//host", "x", "http://[",
     "https://slack.com@evil.example", "https://a\u202eb", "https://" + "a" * 3_000, ""],
)  # fmt: skip
def test_what_is_no_web_address_makes_no_link(url: str) -> None:
    assert link(url, "#1") == "#1"


def test_a_link_keeps_its_address_whole_and_escapes_its_label() -> None:
    assert link("https://a.example/x?a=1&b=2", "a<b") == "<https://a.example/x?a=1&amp;b=2|a&lt;b>"


@pytest.mark.parametrize("spoof", ["U1> <!channel", "", "u1", "<@U1>", "U1|x"])
def test_only_ids_are_mentioned(spoof: str) -> None:
    assert person("U123") == "<@U123>"
    assert channel("C123") == "<#C123>"
    assert not set("<>") & set(person(spoof) + channel(spoof))
