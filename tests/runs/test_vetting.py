"""What a model brings does not leave: links that were not read, and names that are nobody's."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.runs import vetting
from bot.runs.vetting import REMOVED, Vetting
from bot.views.mrkdwn import plain
from patterns.events import BranchDone, BranchStarted, Planned, PlannedBranch
from patterns.recipes.factcheck import Label
from patterns.recipes.summarize import Kind, Point, Summary, Told
from patterns.task import Message
from tests.results import checked, vote

EVIL = "https://evil.example/?q=secret"


def after(*texts: str) -> Vetting:
    heard = Vetting()
    for text in texts:
        heard.asked(text)
    return heard


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"See {EVIL}", f"See {REMOVED}"),
        (f"[click here]({EVIL}).", f"[click here]({REMOVED})."),
        (f"[{EVIL}]({EVIL})", f"[{REMOVED}]({REMOVED})"),
        (f"<{EVIL}|slack.com>", f"<{REMOVED}|slack.com>"),
        (f"![image]({EVIL})", f"![image]({REMOVED})"),
        ("at WWW.evil.example/x, now", f"at {REMOVED}, now"),
        ("slack://open?team=1", REMOVED),
        ("javascript://%0aalert(1)", f"{REMOVED})"),
        (f"*{EVIL}*", f"*{REMOVED}*"),
        (f"“{EVIL}”", f"“{REMOVED}”"),
        ("h*ttps*://evil.example", REMOVED),
        ("https\u202e://evil.example", REMOVED),
        ("https:`//evil.example`", REMOVED),
        ("https:`//evil.example`:https://known.example/a", REMOVED),
        ("*https*://evil.example", REMOVED),
        ("://evil.example", REMOVED),
    ],
)
def test_a_link_that_was_not_read_is_removed_however_it_is_written(said: str, shown: str):
    assert after("https://known.example/a").text(said) == shown


@pytest.mark.parametrize(
    "read",
    [
        "https://a.example/x?y=1&z=2#part",
        "see (https://a.example/x?y=1&z=2#part), please",
        "the page (https://a.example/x?y=1&z=2#part)",
        "<https://a.example/x?y=1&z=2#part>",
    ],
)
def test_a_link_that_was_read_is_shown_as_text_however_it_stood_there(read: str):
    said = "[it](https://a.example/x?y=1&z=2#part) and https://a.example/x?y=1&z=2#part."

    assert after(read).text(said) == said


@pytest.mark.parametrize(
    "said",
    [
        "https://a.example/X",
        "https://a.example/x?q=secret",
        "http://a.example/x",
        "www.a.example/x",
    ],
)
def test_a_link_that_is_only_like_one_that_was_read_is_removed(said: str):
    """What is changed in it could be what was read elsewhere."""
    assert after("https://a.example/x").text(said) == REMOVED


@pytest.mark.parametrize(
    "text", ["1/2 // a comment", "a: b", "and/or", "example.com", "C:\\x", "www", "e.g. 3://", ""]
)
def test_what_is_no_link_stays(text: str):
    assert after().text(text) == text


PARTS = ["https", "://", ":", "/", "//", "www.", "evil", ".com", "*", "_", "~", "`", " ", "(", ")",
         "]", "[", "<", ">", "|", '"', "\u202e", "\n", "known", "a" * 30]  # fmt: skip


@settings(derandomize=True, max_examples=2_000)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_no_link_comes_to_light_when_the_text_is_shown(text: str):
    shown = plain(after("https://known.com").text(text))

    some = r"""[^\s<>|"\[\]&]*[a-zA-Z0-9][^\s<>|"\[\]&]*"""
    links = re.findall(rf"[A-Za-z0-9+.-]+://{some}|www\.{some}", shown)
    assert all(re.fullmatch(r"https://known\.com[^A-Za-z]*", link) for link in links), links


def test_a_name_can_not_bring_a_link_and_is_put_in_after_links_were_sought():
    heard = after()
    heard.met({"Person_bcdfgh": f"Ann {EVIL}"})

    assert heard.text("Person_bcdfgh said so") == f"Ann {REMOVED} said so"


async def test_links_are_heard_while_messages_pass_by():
    async def stream() -> AsyncGenerator[Message]:
        for text in ("hello", "see https://a.example"):
            yield Message(id="1", thread="1", author="Person_bcdfgh", text=text)

    heard = Vetting()
    messages = heard.heard(stream())
    assert isinstance(messages, AsyncIterable)
    passed = [message.text async for message in messages]

    assert passed == ["hello", "see https://a.example"]
    assert heard.text("https://a.example") == "https://a.example"


def test_of_more_links_than_are_remembered_the_later_ones_are_removed(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(vetting, "LINKS_MOST", 2)
    links = [f"https://a.example/{number}" for number in range(3)]

    shown = [after(*links).text(link) for link in links]

    assert shown == [*links[:2], REMOVED]


def test_every_text_of_an_event_and_of_a_result_is_looked_at():
    heard = after()
    heard.met({"Person_bcdfgh": "Ann"})
    nasty, good = f"Person_bcdfgh {EVIL}", f"Ann {REMOVED}"

    planned = Planned(stage="x", branches=(PlannedBranch(key="a", title=nasty),))
    assert heard.value(planned).branches[0].title == good
    done = heard.value(BranchDone(branch="a", headline=nasty, lines=("fine", nasty)))
    assert (done.headline, done.lines) == (good, ("fine", good))
    said = vote(Label.REFUTED, reason=nasty)
    [shown] = heard.value(checked(said, claim=nasty, missing=(nasty,))).claims
    assert (shown.claim, shown.votes[0].reason, shown.missing) == (good, good, (good,))
    assert shown.votes[0].label is Label.REFUTED


def test_addresses_of_messages_stay_where_code_put_them():
    link = "https://acme.slack.com/archives/C1/p1"
    point = Point(kind=Kind.FACT, text=EVIL, quote="q", speaker="Person_bcdfgh", links=(link,))
    told = Told(text=EVIL, links=(link,))
    summary = Summary(overview=(told,), points=(point,), read=1, messages=1, threads=0)

    shown = after().value(summary)

    assert shown.points[0].links == shown.overview[0].links == (link,)
    assert shown.points[0].text == shown.overview[0].text == REMOVED


def test_where_there_is_nothing_to_do_nothing_is_made_anew():
    heard = after("https://a.example")
    for event in (
        BranchStarted(branch="voter-1"),
        BranchDone(branch="voter-1", headline="see https://a.example", lines=("a", "b")),
    ):
        assert heard.value(event) is event
