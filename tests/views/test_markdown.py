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
from patterns.recipes.summarize import Kind, Told, Unread
from patterns.usage import Estimate, Usage
from tests.results import checked, passage, vote
from tests.views.samples import extraction, log_report, point, summary

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


#: In every field of a point, and of a summary.
ALL = dict.fromkeys(("text", "quote", "speaker", "owner", "due", "doubt"), HOSTILE)
MORE = {
    "overview": (Told(text=HOSTILE, links=(HOSTILE,)),), "about": HOSTILE, "notes": (HOSTILE,),
    "stopped": HOSTILE, "unread": (Unread(part=HOSTILE, link=HOSTILE, reason=HOSTILE),),
}  # fmt: skip
_MARKDOWN = MarkdownIt("commonmark").enable(["strikethrough", "table"])


@pytest.mark.parametrize(
    "hostile",
    [
        verdict(Label.REFUTED, text=HOSTILE),
        run(summary(point(1, Kind.RISK, HOSTILE, "javascript:alert(1)", **ALL), **MORE)),
        run(log_report(name=HOSTILE, link=HOSTILE, about=HOSTILE, overview=HOSTILE)),
        run(extraction(name=HOSTILE, stopped=HOSTILE, notes=(HOSTILE,))),
        ideas(HOSTILE),
        run(status=Status.FAILED, error=HOSTILE),
        ideas().model_copy(update={"models": (HOSTILE,)}),
    ],
    ids=["verdict", "summary", "logs", "extraction", "ideas", "failure", "model"],
)
def test_foreign_text_makes_no_link_heading_picture_or_markup_of_its_own(hostile: Run) -> None:
    html = _MARKDOWN.render(render(hostile))

    assert not re.search(r"<(a|img|b|code|del|s)\b", html)
    assert "<h1>heading" not in html
    assert "\x1b" not in render(hostile)
