"""What a run's card says in every state, and where its result goes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.runs.model import (
    SIMULATED_MODEL,
    Audience,
    Run,
    Several,
    Shared,
    Source,
    Status,
    Thread,
    Window,
)
from bot.runs.workspace import ResultShown
from bot.views.card import messages
from bot.views.message import SlackMessage
from patterns.events import BranchDone, BranchFailed, BranchStarted
from patterns.recipes.factcheck import Label
from patterns.recipes.summarize import Kind
from patterns.usage import Usage
from tests.views.samples import (
    ASKER,
    HERE,
    NOON,
    done,
    extraction,
    planned,
    point,
    run,
    summary,
    told,
    verdict,
)
from tests.views.slack_rules import accepted

WON = verdict(Label.REFUTED, Label.REFUTED, Label.SUPPORTED)


def shown(a_run: Run, how: ResultShown = ResultShown.BOTH) -> dict[str, SlackMessage]:
    found = messages(a_run, shown=how, broadcast_after=20)
    for message in found:
        accepted(message)
    return {message.slot: message for message in found}


def said(message: SlackMessage) -> str:
    """All that people read in a message."""
    return "\n".join(_strings(list(message.blocks)))


def _strings(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for inner in value for text in _strings(inner)]
    if isinstance(value, dict):
        inner = [value[key] for key in ("title", "text", "tasks", "elements") if key in value]
        return [value["text"]] if isinstance(value.get("text"), str) else _strings(inner)
    return [value] if isinstance(value, str) else []


def block(message: SlackMessage, kind: str) -> dict[str, Any]:
    return next(each for each in message.blocks if each["type"] == kind)


def test_nothing_is_shown_before_it_is_known_who_may_see_it() -> None:
    for status in Status:
        assert (
            messages(run(status=status, audience=None), shown=ResultShown.BOTH, broadcast_after=0)
            == []
        )


def test_an_open_run_shows_a_task_for_every_branch_and_one_for_the_result() -> None:
    card = shown(
        run(
            planned("voters", "ann", "bob", "cid", "dan"),
            BranchStarted(branch="ann"),
            BranchStarted(branch="bob"),
            BranchDone(branch="bob", headline="refuted"),
            BranchStarted(branch="cid"),
            BranchFailed(branch="cid", reason="no answer within 120 s"),
        )
    )["card"]

    plan = block(card, "plan")
    assert plan["title"] == "1 of 4 voters done, 1 failed"
    assert [(task["title"], task["status"]) for task in plan["tasks"]] == [
        ("Ann", "in_progress"),
        ("Bob: refuted", "complete"),
        ("Cid: no answer within 120 s", "error"),
        ("Dan", "pending"),
        ("Result", "pending"),
    ]
    assert not card.final
    assert not card.in_thread
    assert card.text == ("Fact-check: working, 1 of 4 voters done, 1 failed. The moon is cheese")


def test_one_branch_is_one() -> None:
    for stage, words in (("voters", "0 of 1 voter done"), ("parts", "0 of 1 part done")):
        assert block(shown(run(planned(stage, "ann")))["card"], "plan")["title"] == words


def test_while_claims_are_told_apart_that_is_said_and_no_count_of_steps() -> None:
    gate = planned("steps", "telling claims apart")
    working, over = run(gate), run(gate, BranchDone(branch="telling claims apart", headline="2"))

    assert block(shown(working)["card"], "plan")["title"] == "Telling claims apart"
    assert shown(working)["card"].text.startswith("Fact-check: working, telling claims apart.")
    assert block(shown(over)["card"], "plan")["title"] == "1 of 1 step done"


def test_the_result_is_in_work_when_every_branch_is_over() -> None:
    told = [planned("voters", "ann"), BranchDone(branch="ann", headline="yes")]

    assert block(shown(run(*told))["card"], "plan")["tasks"][-1]["status"] == "in_progress"


def test_more_branches_than_a_plan_holds_are_gathered_in_it() -> None:
    keys = [f"part-{n}" for n in range(60)]
    ended = [BranchDone(branch=key, headline="2 items") for key in keys[:7]]

    plan = block(shown(run(planned("parts", *keys), *ended))["card"], "plan")

    assert plan["title"] == "7 of 60 parts done"
    assert [task["status"] for task in plan["tasks"]] == [
        "complete", "in_progress", *["pending"] * 7, "pending",
    ]  # fmt: skip
    assert plan["tasks"][0]["title"] == "6 of 6 parts done"


def test_the_button_is_the_same_one_however_often_the_card_is_edited() -> None:
    """Who reads its question meanwhile presses the button of an earlier edit."""
    told = [planned("voters", "ann", "bob"), BranchDone(branch="ann", headline="refuted")]
    before, after = shown(run(told[0]))["card"], shown(run(*told))["card"]

    assert before.digest != after.digest
    assert block(before, "actions") == block(after, "actions")


@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED, Status.CANCELLED])
def test_the_card_of_a_closed_run_is_final_and_has_its_buttons(status: Status) -> None:
    card = shown(run(status=status, result=WON if status is Status.DONE else None))["card"]

    assert card.final
    assert "Re-run" in said(card)
    assert "Cancel" not in said(card).splitlines()
    assert all(each["type"] != "plan" for each in card.blocks)


def test_a_failed_run_says_why() -> None:
    nothing = "There is nothing to read in the last day."
    card = shown(run(status=Status.FAILED, error=nothing))["card"]

    assert f"*Failed*: {nothing}\n" in said(card)
    assert "Try again" in said(card).splitlines()
    assert card.text.startswith(f"Fact-check: failed. {nothing}")


def test_a_failure_without_a_reason_says_so() -> None:
    card = shown(run(status=Status.FAILED))["card"]

    assert "*Failed*: It ended without a reason.\n" in said(card)


def test_a_cancelled_run_says_what_is_left_and_how_to_go_on() -> None:
    card = shown(run(status=Status.CANCELLED))["card"]

    assert "What was finished is in the thread; “Try again” goes on from there." in said(card)
    assert "Try again" in said(card).splitlines()


def test_a_result_that_is_not_kept_any_more_is_not_at_work() -> None:
    card = shown(run(status=Status.DONE))["card"]

    assert "*Done*: Its result is not kept any more." in said(card)
    assert card.text.startswith("Fact-check: done. ")
    assert "Helpful" not in said(card)


def test_a_long_run_ends_in_the_card_and_in_the_channel() -> None:
    found = shown(done(WON, seconds=20))

    assert "❌ Refuted: 2 of 3 voters" in said(found["card"])
    assert "Reason 3." in said(found["card"])
    assert found["result"].broadcast
    assert found["result"].in_thread
    assert found["result"].final
    assert "❌ Refuted: 2 of 3 voters" in said(found["result"])


def test_a_short_run_only_edits_its_card() -> None:
    assert list(shown(done(WON, seconds=19.9))) == ["card"]


def test_what_was_broadcast_is_edited_by_the_next_attempt_however_short() -> None:
    opened = NOON + timedelta(seconds=40)
    found = shown(done(WON, seconds=42, attempt=2, opened_at=opened))

    assert "result" in found
    assert "2.0 s · attempt 2" in said(found["result"])


def test_a_run_for_one_person_is_never_broadcast() -> None:
    for how in ResultShown:
        found = shown(done(WON, seconds=500, audience=Audience.REQUESTER), how)

        assert list(found) == ["card"]
        assert "only you see this" in said(found["card"])
        assert "Reason 1." in said(found["card"])


def test_the_setting_decides_where_the_result_goes() -> None:
    edit, broadcast = shown(done(WON), ResultShown.EDIT), shown(done(WON), ResultShown.BROADCAST)

    assert "result" not in edit
    assert "Reason 1." in said(edit["card"])
    assert "Reason 1." in said(broadcast["result"])
    assert "Reason 1." not in said(broadcast["card"])
    assert "The result is in the thread and in the channel." in said(broadcast["card"])
    assert "❌ Refuted: 2 of 3 voters" in said(broadcast["card"])


def test_a_short_run_that_would_be_broadcast_is_edited_in() -> None:
    found = shown(done(WON, seconds=1), ResultShown.BROADCAST)

    assert list(found) == ["card"]
    assert "Reason 1." in said(found["card"])


def test_a_stand_in_for_a_model_is_named_on_the_card_and_the_result() -> None:
    used = Usage(calls=6, input_tokens=1_000, output_tokens=234)
    found = shown(done(WON, models=(SIMULATED_MODEL,), usage=used))

    for message in (found["card"], found["result"]):
        assert "Simulated model: no real model was asked" in said(message)
        assert "Simulated model" in message.text
        assert "6 calls · 1,234 tokens · 30 s · run run-1" in said(message)
    open_card = shown(run(models=(SIMULATED_MODEL,)))["card"]
    assert "Simulated model: no real model was asked" in said(open_card)


def test_a_real_model_is_named_and_doubted() -> None:
    card = shown(done(WON, models=("gpt-5-mini", "simulated-llama-70b")))["card"]

    assert "gpt-5-mini, simulated-llama-70b · " in said(card)
    assert "AI-generated: check before you rely on it" in said(card)
    assert "no real model" not in said(card) + card.text


def test_points_that_do_not_fit_follow_in_the_thread() -> None:
    many = [point(n, Kind.DECISION) for n in range(90)]
    found = shown(done(summary(*many), recipe="summarize"))

    more = [message for slot, message in found.items() if slot.startswith("more:")]
    assert "78 more points in the thread" in said(found["card"])
    assert all(message.in_thread and message.final and not message.broadcast for message in more)
    everything = "".join(map(said, [found["card"], *more]))
    assert [n for n in range(90) if everything.count(f"• Point {n}. ") != 1] == []


def test_the_buttons_stand_on_the_card_alone() -> None:
    for how in ResultShown:
        found = shown(done(WON), how)

        with_buttons = [
            slot
            for slot, message in found.items()
            if any(each["type"] == "actions" for each in message.blocks)
        ]
        assert with_buttons == ["card"]


def test_what_is_asked_in_a_thread_is_not_broadcast() -> None:
    place = {"place": {"team": "T1", "channel": HERE, "thread_ts": "1764000000.000100"}}

    for how in ResultShown:
        found = shown(done(WON, seconds=500, request=place), how)

        assert list(found) == ["card"]
        assert "Reason 1." in said(found["card"])


def test_a_very_long_result_becomes_a_file_in_the_thread() -> None:
    many = [point(n, Kind.DECISION) for n in range(250)]
    found = shown(done(summary(*many), recipe="summarize"))

    assert list(found) == ["card", "result", "file"]
    file = found["file"].file
    assert file is not None
    assert (file.name, file.title) == ("summarize-run-1.md", "Summary: the whole result")
    assert all(f"- Point {n}\\." in file.text or f"- Point {n}. " in file.text for n in range(250))
    assert found["file"].in_thread
    assert found["file"].final


def test_where_no_files_are_taken_a_long_result_is_told_in_replies() -> None:
    many = [point(n, Kind.DECISION) for n in range(250)]
    found = messages(
        done(summary(*many), recipe="summarize"),
        shown=ResultShown.EDIT,
        broadcast_after=20,
        files=False,
    )

    more = [message for message in found if message.slot.startswith("more:")]
    assert len(more) > 3
    everything = "".join(map(said, [found[0], *more]))
    assert [n for n in range(250) if everything.count(f"• Point {n}. ") != 1] == []


def test_a_file_counts_when_it_is_asked_whether_there_is_something_to_edit() -> None:
    first, second = (
        shown(done(summary(*(point(n) for n in range(250)), overview=told(overview))))["file"]
        for overview in ("One.", "Two.")
    )

    assert first.digest != second.digest


def test_a_shared_result_is_shown_where_it_was_asked_for() -> None:
    private = done(WON, audience=Audience.REQUESTER, shared_by=ASKER)
    found = shown(private)

    assert list(found) == ["card", "shared"]
    shared = found["shared"]
    assert not shared.home
    assert shared.final
    assert not shared.broadcast
    assert said(shared).startswith("Shared by <@UASKER1>\n❌ Refuted: 2 of 3 voters\n")
    assert "Reason 3." in said(shared)
    assert "only you see this" not in said(shared)
    assert "shared with the channel" in said(found["card"])
    assert "Share to channel" not in said(found["card"])


def test_a_shared_result_is_one_message_and_says_that_there_is_more() -> None:
    many = done(
        summary(*(point(n) for n in range(60))), audience=Audience.REQUESTER, shared_by=ASKER
    )
    found = shown(many)

    assert "_The rest is with who asked._" in said(found["shared"])
    assert "in the thread" not in said(found["shared"])


def test_what_everybody_saw_is_not_shared_once_more() -> None:
    assert "shared" not in shown(done(WON, shared_by=ASKER))
    assert "shared" not in shown(run(audience=Audience.REQUESTER, shared_by=ASKER))


def test_a_private_card_says_which_channel_it_comes_from() -> None:
    direct = {"place": {"team": "T1", "channel": "D1"}}

    assert "only you see this · asked for in <#CHERE1>" in said(
        shown(run(audience=Audience.REQUESTER))["card"]
    )
    assert "asked for in" not in said(
        shown(run(audience=Audience.REQUESTER, request=direct))["card"]
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Window(channel=HERE, oldest=f"{NOON.timestamp() - 86_400:.6f}"), "of the last day in <#"),
        (Window(channel=HERE, oldest=f"{NOON.timestamp() - 86_401.4:.6f}"), "of the last day in"),
        (Window(channel=HERE, oldest=f"{NOON.timestamp() - 14 * 86_400:.6f}"), "last 2 weeks in"),
        (Window(channel=HERE, oldest=f"{NOON.timestamp() - 90 * 60:.6f}"), "the last 90 minutes"),
        (Window(channel=HERE, oldest="nan"), "The messages of some time in"),
        (Window(channel=HERE), "All messages in"),
        (Window(channel=HERE, limit=200), "The last 200 messages in <#CHERE1>"),
        (Thread(channel=HERE, ts="1764000000.000100"), "A thread in <#CHERE1>"),
        (
            Window(channel=HERE, oldest="1.0", since_last=True),
            "The messages since their last summary in <#CHERE1>",
        ),
        (
            Several(windows=(Window(channel=HERE, limit=9), Window(channel="C9", limit=9))),
            "The last 9 messages in <#CHERE1> and <#C9>",
        ),
        (
            Several(windows=tuple(Window(channel=each) for each in (HERE, "C8", "C9", "C9"))),
            "All messages in <#CHERE1> and 2 other channels",
        ),
        (Shared(channel=HERE, ts="1764000000.000100"), "What came with a message in <#CHERE1>"),
    ],
)
def test_the_card_says_what_is_read(source: Source, words: str) -> None:
    asked = {"source": source.model_dump(), "text": ""}

    assert words in said(shown(run(recipe="summarize", request=asked))["card"])
    assert words in said(shown(done(summary(point(1)), recipe="summarize", request=asked))["card"])


def test_what_is_asked_of_a_conversation_stands_behind_it() -> None:
    asked = {"source": Thread(channel=HERE, ts="1.1").model_dump(), "text": "the <price>"}
    card = shown(run(recipe="summarize", request={**asked, "mine": True}))["card"]

    assert "A thread in <#CHERE1>, about “the &lt;price&gt;”" in said(card)
    assert "asked for by <@UASKER1> · what concerns them" in said(card)
    wanted = shown(run(recipe="extract", request={**asked, "text": "name, paid: yes/no"}))["card"]
    assert "fields: name, paid: yes/no" in said(wanted)


def test_who_a_shared_summary_concerns_is_told_to_all() -> None:
    mine = summary(point(1), point(2), mine=True, others=41, about="pricing")
    found = shown(done(mine, audience=Audience.REQUESTER, shared_by=ASKER))

    assert "About “pricing”: 2 points that concern you (41 others)" in said(found["card"])
    assert "About “pricing”: 2 points that concern who asked (41 others)" in said(found["shared"])


def test_of_a_shared_table_the_file_stays_with_who_asked() -> None:
    found = shown(done(extraction(40), audience=Audience.REQUESTER, shared_by=ASKER))

    assert "_The rest is with who asked._" in said(found["shared"])
    assert found["file"].home
