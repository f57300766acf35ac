"""Runs as Markdown: everything is told, and foreign text is nothing but text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from markdown_it import MarkdownIt

from bot.runs.model import SIMULATED_MODEL, Place, Run, RunRequest, Status
from bot.views.markdown import render
from patterns.recipes import Result
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.factcheck import Label
from patterns.recipes.summarize import Kind, Point, Summary, Unread
from patterns.usage import Estimate, Usage
from tests.results import checked, passage, vote

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOSTILE = (
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m \x9b2J [x](javascript:1) <b>&amp;</b> `a` *b* __c__ "
    "\u202eabc\u2066 \x08\x7f ~~d~~ ![i](http://evil.example/p.png)\n# heading\n- item"
)


def run(
    result: Result | None = None, *, status: Status = Status.DONE, error: str | None = None
) -> Run:
    return Run(
        id="0123456789abcdef",
        request=RunRequest(
            recipe="factcheck", asked_by="ann", place=Place(team="", channel=""), dedupe="1"
        ),
        status=status,
        created_at=START,
        ended_at=None if status is Status.OPEN else START + timedelta(seconds=2.5),
        result=result,
        error=error,
        usage=Usage(calls=3, input_tokens=120, output_tokens=30),
        models=("gpt-test",),
    )


def verdict(*labels: Label, text: str = "Words.") -> Run:
    votes = [
        vote(label, seat=f"Seat {text}", reason=text, quote=text, passage=1) for label in labels
    ]
    passages = (passage(text=text, title=text, date=text, link=""),)
    return run(checked(*votes, claim=text, missing=(f"Last: {text}",), passages=passages))


def summary(*points: Point, text: str = "Words.", threads: int = 3, dropped: int = 0) -> Run:
    return run(
        Summary(
            overview=text,
            points=points,
            read=8,
            messages=9,
            threads=threads,
            dropped=dropped,
            unread=(Unread(part="Part 1", link="notes.txt:1", reason=text),),
        )
    )


def point(kind: Kind, *links: str, text: str = "Ship it", quote: str = "") -> Point:
    return Point(kind=kind, text=text, quote=quote or f"We {text}", speaker=text, links=links)


def ideas(text: str = "Words.") -> Run:
    return run(
        IdeaList(
            problem=text,
            ideas=(Idea(number=1, title=text, pitch=text, lenses=("Payer", text)),),
            picks={"safe": 1},
            common=text,
            missing=(text,),
        )
    )


def test_a_partial_summary_says_so_first_and_what_is_missing_at_its_end() -> None:
    part = Unread(part="Part 2 of 3", link="https://x.example/p1", reason="no line")
    whole = summary(point(Kind.FACT, "a.txt:3")).result
    assert isinstance(whole, Summary)
    missing = {"read": 45, "messages": 100, "parts": 3, "cut": 7, "unread": (part,)}

    text = render(run(whole.model_copy(update=missing)))

    assert text.startswith("# Partial summary: read 45 of 100 messages\n")
    assert "Part 2 of 3 (https://x.example/p1): no line" in text
    assert "1 of 3 parts could not be read. 7 points left out: too many for one summary." in text


def test_a_summary_is_grouped_by_kind_in_the_order_of_weight() -> None:
    facts, decision = point(Kind.FACT, "a.txt:3"), point(Kind.DECISION, "https://x.example/p1")

    text = render(summary(facts, decision, dropped=1))

    assert text.index("## Decisions") < text.index("## Facts") < text.index("## Not read")
    assert "(Ship it: “We Ship it”, [1](<https://x.example/p1>))" in text
    assert "(Ship it: “We Ship it”, a.txt:3)" in text
    assert "Read 8 of 9 messages, 3 threads. 1 item was dropped" in text
    assert "## Risks" not in text


def test_threads_are_not_counted_where_there_are_none() -> None:
    assert "Read 8 of 9 messages.\n" in render(summary(threads=0))
    assert "Read 8 of 9 messages, 1 thread.\n" in render(summary(threads=1))


def test_a_quote_that_is_the_point_itself_is_not_said_twice() -> None:
    text = render(summary(point(Kind.FACT, "a.txt:3", text="“Ship  it”", quote='"ship it"')))

    assert "- “Ship it” (“Ship it”, a.txt:3)\n" in text


def test_ideas_carry_their_lenses_and_picks() -> None:
    text = render(ideas())

    assert "1. **Words.** *(safe)*: Words. (Payer, Words.)" in text
    assert "In common: Words." in text
    assert "## Not heard" in text


@pytest.mark.parametrize(
    ("status", "error", "start"),
    [
        (Status.FAILED, "Only 1 of 5.", "# Failed\n\nOnly 1 of 5.\n"),
        (Status.FAILED, None, "# Failed\n\nNo reason"),
        (Status.CANCELLED, None, "# Cancelled\n\nThis run was cancelled"),
        (Status.OPEN, None, "# Not over\n\nThis run has no result yet."),
        (Status.DONE, None, "# Done\n\nThe result is gone."),
    ],
)
def test_what_has_no_result_says_so(status: Status, error: str | None, start: str) -> None:
    assert render(run(status=status, error=error)).startswith(start)


def test_the_end_tells_model_cost_time_and_a_warning() -> None:
    text = render(ideas())

    assert (
        "gpt-test · 3 calls · 120 tokens in, 30 out · 2.5 s · run 0123456789abcdef  \n"
        "AI-generated: check before you rely on it.\n"
    ) in text


def test_the_end_tells_dollars_and_what_was_read_before() -> None:
    used = Usage(calls=3, input_tokens=2_000, cached_tokens=1_024, output_tokens=30, cost=1_234)
    text = render(ideas().model_copy(update={"usage": used}))

    assert "3 calls · 2,000 tokens in (1,024 cached), 30 out · $0.0012 · 2.5 s" in text


def test_what_is_not_over_tells_what_it_will_use() -> None:
    usage = Usage(calls=3, input_tokens=2_000)
    estimate = Estimate(low=usage, high=usage)
    text = render(run(status=Status.OPEN).model_copy(update={"estimate": estimate}))

    assert "gpt-test · about 3 calls, 2,000 tokens · run" in text


def test_a_simulated_model_is_named_as_what_it_is() -> None:
    text = render(ideas().model_copy(update={"models": (SIMULATED_MODEL,)}))

    assert text.endswith("Simulated model: no real model was asked.\n")


def test_a_real_model_may_have_the_word_in_its_name() -> None:
    text = render(ideas().model_copy(update={"models": ("our-simulated-llama",)}))

    assert text.endswith("AI-generated: check before you rely on it.\n")


_MARKDOWN = MarkdownIt("commonmark").enable(["strikethrough", "table"])


@pytest.mark.parametrize(
    "hostile",
    [
        verdict(Label.REFUTED, text=HOSTILE),
        summary(point(Kind.RISK, HOSTILE, "javascript:alert(1)", text=HOSTILE), text=HOSTILE),
        ideas(HOSTILE),
        run(status=Status.FAILED, error=HOSTILE),
        ideas().model_copy(update={"models": (HOSTILE,)}),
    ],
    ids=["verdict", "summary", "ideas", "failure", "model"],
)
def test_foreign_text_makes_no_link_heading_picture_or_markup_of_its_own(hostile: Run) -> None:
    html = _MARKDOWN.render(render(hostile))

    assert not re.search(r"<(a|img|b|code|del|s)\b", html)
    assert "<h1>heading" not in html
    assert "\x1b" not in render(hostile)


@pytest.mark.parametrize(
    "link", ["https://x.example/a b", "https://x.example/>", "http://[", "ftp://x.example/a"]
)
def test_only_clean_addresses_become_links(link: str) -> None:
    html = _MARKDOWN.render(render(summary(point(Kind.FACT, link))))

    assert "<a" not in html
