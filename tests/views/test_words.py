"""Numbers and times in the words that people use."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from bot.runs.model import SIMULATED_MODEL, Status
from bot.views.words import (
    KINDS,
    ago,
    among,
    clock,
    counted,
    duration,
    estimated,
    footer,
    job,
    seconds,
    simulated,
    subject,
)
from patterns.recipes.summarize import Kind
from patterns.usage import Estimate, Usage
from tests.views.samples import NOON, run


@pytest.mark.parametrize(
    ("value", "said"),
    [(-1, "0.0 s"), (0.04, "0.0 s"), (3.21, "3.2 s"), (9.96, "10.0 s"), (59.6, "60 s"),
     (119, "119 s"), (120, "2 min"), (600, "10 min")],
)  # fmt: skip
def test_seconds_are_said_as_precisely_as_it_matters(value: float, said: str) -> None:
    assert seconds(value) == said


def test_nouns_are_counted() -> None:
    assert [counted(n, "vote") for n in (0, 1, 2, 1_234)] == [
        "0 votes", "1 vote", "2 votes", "1,234 votes",
    ]  # fmt: skip


def test_parts_are_counted_out_of_the_whole() -> None:
    assert [among(1, n, "voter") for n in (1, 2, 1_000)] == [
        "1 of 1 voter", "1 of 2 voters", "1 of 1,000 voters",
    ]  # fmt: skip


def test_a_footer_says_only_what_is_known() -> None:
    assert footer(run()) == "run run-1 · AI-generated: check before you rely on it"
    spent = Usage(calls=1, input_tokens=9, output_tokens=1)
    assert footer(run(models=("m",), usage=spent, seconds=3)) == (
        "m · 1 call · 10 tokens · 3.0 s · run run-1 · AI-generated: check before you rely on it"
    )


def test_a_footer_has_dollars_where_the_price_is_known() -> None:
    spent = Usage(calls=7, input_tokens=12_000, output_tokens=345, cost=12_345)

    assert "7 calls · 12,345 tokens · $0.012 · 3.0 s" in footer(run(usage=spent, seconds=3))


def test_while_a_run_is_open_its_footer_says_what_it_will_use() -> None:
    low = Usage(calls=7, input_tokens=12_345, cost=10_000)
    high = Usage(calls=7, input_tokens=19_876, cost=20_000)
    told = {"estimate": Estimate(low=low, high=high), "usage": low}

    shown = "about 7 calls, 12,000 to 20,000 tokens, $0.01 to $0.02"
    assert footer(run(**told)).startswith(f"{shown} · run run-1")
    over = footer(run(status=Status.DONE, seconds=3, **told))
    assert over.startswith("7 calls · 12,345 tokens · $0.01 · 3.0 s")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (Usage(), Usage(calls=1, output_tokens=1), "about 0 to 1 call, 0 to 1 tokens"),
        (
            Usage(calls=3, input_tokens=99),
            Usage(calls=1_200, input_tokens=999),
            "about 3 to 1,200 calls, 99 to 1,000 tokens",
        ),
        (
            Usage(calls=2, input_tokens=5_000, cost=4),
            Usage(calls=2, input_tokens=5_040, cost=4),
            "about 2 calls, 5,000 tokens, $0.000004",
        ),
    ],
)
def test_an_estimate_claims_no_more_than_it_knows(low: Usage, high: Usage, said: str) -> None:
    assert estimated(Estimate(low=low, high=high)) == said


def test_a_run_without_text_is_about_its_source() -> None:
    asked = {"text": "", "source": {"kind": "message", "channel": "CHERE1", "ts": "1.2"}}

    assert subject(run(request=asked), 100) == "A message in <#CHERE1>"
    assert subject(run(text="a\nclaim"), 100) == "a claim"


def test_an_unknown_job_keeps_its_name() -> None:
    assert job(run(recipe="poetry")) == "poetry"


@pytest.mark.parametrize("name", ["simulated-llama-70b", "simulated", "a simulated model", ""])
def test_only_the_stand_in_itself_is_called_simulated(name: str) -> None:
    """A server may give its model any name, and that one was asked."""
    assert simulated(run(models=(SIMULATED_MODEL,)))
    assert simulated(run(model=SIMULATED_MODEL))
    assert not simulated(run(models=(name,)))


def test_every_kind_of_point_has_its_heading() -> None:
    assert list(KINDS) == list(Kind)


def test_a_footer_says_how_many_answers_were_paid_for_before() -> None:
    assert "5 answers from before" in footer(run(reused=5, status=Status.DONE))


def test_a_later_attempt_is_named_and_counts_its_own_time() -> None:
    second = run(attempt=2, opened_at=NOON + timedelta(seconds=60), seconds=63)

    assert duration(second) == 3
    assert "3.0 s · attempt 2 · run run-1" in footer(second)
    assert "attempt" not in footer(run(seconds=3))


@pytest.mark.parametrize(
    ("seconds_ago", "said"),
    [(-5, "just now"), (59, "just now"), (60, "1 minute ago"), (3_599, "59 minutes ago"),
     (7_200, "2 hours ago"), (86_400, "1 day ago"), (20 * 86_400, "2 weeks ago")],
)  # fmt: skip
def test_how_long_ago_is_said_in_one_unit(seconds_ago: int, said: str) -> None:
    assert ago(NOON - timedelta(seconds=seconds_ago), NOON) == said


def test_a_moment_is_the_same_for_every_reader() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))

    assert clock(elsewhere) == clock(NOON) == "24 Nov 2026, 12:00 UTC"
