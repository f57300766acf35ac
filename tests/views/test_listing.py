"""Runs and what they cost, in lines for one person."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.runs.lookup import Spent
from bot.runs.model import Audience, Run, Status
from bot.runs.money import NO_CAP, Cap, Caps, Cost
from bot.views.listing import NO_RUNS, runs, usage
from patterns.recipes.factcheck import Label
from tests.views import samples
from tests.views.samples import done, run, verdict
from tests.views.slack_rules import harmless_text

WON = verdict(Label.REFUTED)
URL = "https://acme.slack.com/archives/CHERE1/p1764000000000100"


def test_a_run_is_listed_with_its_result_its_time_and_a_way_to_it() -> None:
    assert runs([done(WON)], {"run-1": URL}) == (
        "• *Fact-check*: The moon is cheese\n"
        "      ❌ Refuted: 1 of 1 voter · 24 Nov 2026, 12:00 UTC · run run-1 · "
        f"<{URL}|open its card>"
    )


def test_what_has_no_result_says_what_it_is_instead() -> None:
    words = {
        Status.OPEN: "working",
        Status.DONE: "done",  # its result is not kept any more
        Status.FAILED: "failed",
        Status.CANCELLED: "cancelled",
    }
    for status, word in words.items():
        assert f" {word} · " in runs([run(status=status)], {})


def test_what_nobody_else_sees_is_marked() -> None:
    private = done(WON, audience=Audience.REQUESTER)

    assert "only you see it" in runs([private], {})
    assert "only you see it" not in runs([private.model_copy(update={"shared_by": "U1"})], {})
    assert "only you see it" not in runs([done(WON)], {})


def test_where_there_is_nothing_it_says_how_to_begin() -> None:
    assert runs([], {}) == NO_RUNS
    assert "`/factcheck " in NO_RUNS


def test_more_runs_than_fit_are_counted() -> None:
    told = runs([run(text="x" * 500) for _ in range(50)], {})

    listed = told.count("• *Fact-check*")
    assert 5 < listed < 50
    assert told.endswith(f"\n_and {50 - listed} older ones_")
    assert len(told) <= 3_000


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(samples.runs, max_size=4), samples.hostile)
def test_any_runs_are_listed_harmlessly(found: list[Run], url: str) -> None:
    harmless_text(runs(found, {"run-1": url}))


def test_usage_stands_beside_the_most_that_may_be() -> None:
    spent = Spent(day=Cost(tokens=1_200, micros=30_000), month=Cost(tokens=1))
    caps = Caps(person_day=Cap(tokens=2_000_000, micros=5_000_000), workspace_month=NO_CAP)

    assert usage(spent, caps).splitlines()[:2] == [
        "*You, today*: 1,200 tokens, $0.03 (the most is 2,000,000 tokens or $5.00)",
        "*This workspace, this month*: 1 token (no limit)",
    ]
