"""What happened in a run, for who asks for its details."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings

from bot.runs.model import Place, Run, Status
from bot.views.forms import details
from bot.views.timeline import blocks
from patterns.events import BranchDone, BranchFailed, BranchProgress, BranchStarted
from patterns.recipes.factcheck import Label
from patterns.usage import Usage
from tests.results import checked, claim_verdict, fact_check
from tests.views.samples import HERE, NOON, done, planned, run, runs, verdict
from tests.views.slack_rules import harmless_blocks, modal

WON = verdict(Label.REFUTED)


def said(a_run: Run) -> str:
    modal(details(a_run))
    return "\n".join(_text(block) for block in blocks(a_run))


def _text(block: dict[str, Any]) -> str:
    texts = block["elements"] if block["type"] == "context" else [block["text"]]
    return "\n".join(text["text"] for text in texts)


def test_every_branch_is_told_with_its_times() -> None:
    told = said(
        run(
            planned("voters", "ann", "bob", "cid", "dan"),
            BranchStarted(branch="ann"),
            BranchDone(branch="ann", headline="refuted"),
            BranchStarted(branch="bob"),
            BranchFailed(branch="bob", reason="no answer within 120 s"),
            BranchStarted(branch="cid"),
            BranchProgress(branch="cid", note="asking again"),
        )
    )

    assert "*Timeline*, since 24 Nov 2026, 12:00 UTC\n" in told
    assert "☑️ *Ann*: refuted (begun after 1.0 s, took 1.0 s)\n" in told
    assert "⚠️ *Bob*: no answer: no answer within 120 s (begun after 3.0 s, took 1.0 s)\n" in told
    assert "⏳ *Cid*: asking again (begun after 5.0 s)\n" in told
    assert "◽ *Dan*\n" in told
    assert "⏳ *Working*" in told


def test_who_asked_where_and_when_is_told() -> None:
    told = said(run())

    assert told.startswith("*Fact-check* asked for by <@UASKER1>\nThe moon is cheese\n")
    assert "Asked for in <#CHERE1> · 24 Nov 2026, 12:00 UTC · run run-1\n" in told


def test_places_are_told_as_people_know_them() -> None:
    places = {
        "in a thread of <#CHERE1>": Place(team="T1", channel=HERE, thread_ts="1764000000.000100"),
        "in direct messages": Place(team="T1", channel="D1"),
        "on the console": Place(team="", channel="console"),
    }
    for words, place in places.items():
        assert f"Asked for {words} · " in said(run(request={"place": place.model_dump()}))


def test_a_result_is_told_with_what_it_cost() -> None:
    spent = Usage(calls=5, input_tokens=12_000, output_tokens=345, cost=12_345)
    told = said(done(WON, models=("gpt-5-mini",), usage=spent, reused=2, seconds=12))

    assert "☑️ *Done* after 12 s: ❌ Refuted: 1 of 1 voter" in told
    assert (
        "gpt-5-mini · 5 calls · 12,000 tokens in, 345 out · $0.012 · 2 answers from before" in told
    )


def test_how_a_fact_check_was_decided_is_told_to_who_may_see_it() -> None:
    decided = done(checked(Label.REFUTED, Label.REFUTED, Label.REFUTED, seats=5))

    assert "*How this was decided*\nA label wins where more than half of all 5 " in said(decided)
    assert "How this was decided" not in said(decided.model_copy(update={"audience": None}))
    several = done(fact_check(claim_verdict(Label.REFUTED), claim_verdict(Label.REFUTED)))
    assert "\n*2.* One voter was to decide." in said(several)


def test_a_failure_is_told_with_its_reason() -> None:
    assert "⚠️ *Failed* after 3.0 s: Nobody answered." in said(
        run(status=Status.FAILED, error="Nobody answered.", seconds=3)
    )


def test_a_later_attempt_counts_its_own_time() -> None:
    opened = NOON + timedelta(seconds=100)
    told = said(
        run(
            planned("voters", "ann"),
            BranchStarted(branch="ann"),
            BranchDone(branch="ann", headline="refuted"),
            attempt=2,
            opened_at=opened,
            status=Status.CANCELLED,
            seconds=103,
        )
    )

    assert "attempt 2" in told
    assert "*Cancelled* after 3.0 s" in told
    assert "☑️ *Ann*: refuted (in an earlier attempt, took 1.0 s)" in told


def test_many_branches_are_told_in_groups() -> None:
    keys = [f"part-{n}" for n in range(120)]
    ended = [BranchDone(branch=key, headline="2 items") for key in keys[:20]]
    told = said(run(planned("parts", *keys), *ended))

    assert "*12 of 12 parts done*" in told or "*13 of 13 parts done*" in told
    assert "others_" in told
    assert told.count("☑️") < 20


def test_before_it_is_known_who_may_see_a_run_nothing_that_was_found_is_told() -> None:
    told = said(
        done(
            WON,
            planned("voters", "ann"),
            BranchDone(branch="ann", headline="refuted"),
            audience=None,
        )
    )

    assert "Refuted" not in told
    assert "Ann" not in told
    assert "☑️ *Done* after 30 s" in told


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs)
def test_the_details_of_any_run_are_valid_and_harmless(a_run: Run) -> None:
    view = details(a_run)

    modal(view)
    harmless_blocks(view["blocks"])
