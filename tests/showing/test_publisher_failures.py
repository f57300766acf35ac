"""Whatever Slack, people or a crash do: every result arrives, and once."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Any

import pytest

from bot.runs.storage import Posted
from tests.fakes.slack_api import Fault
from tests.showing.stage import (
    DONE,
    RESULT,
    Stage,
    a_run,
    card,
    one_of_each,
    result_views,
)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_whatever_slack_does_every_message_stands_once(
    stage: Stage, method: str, fault: Fault
) -> None:
    async with stage.running():
        stage.slack.faults[method].extend([fault] * 2)
        stage.change(a_run(), card("working"))
        await stage.settled()
        stage.slack.faults[method].append(fault)
        stage.change(a_run(**DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert one_of_each(stage)


@pytest.mark.parametrize("value", ["2", "1.5", "junk", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_a_rate_limit_is_waited_out(stage: Stage, value: str) -> None:
    stage.slack.retry_after = value
    stage.slack.faults["chat.postMessage"].append(Fault.RATE)
    async with stage.running():
        stage.change(a_run(**DONE), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    first, second = stage.slack.of("chat.postMessage")
    assert second.at - first.at >= 1
    assert stage.texts() == ["Refuted"]
    assert stage.slack.of("conversations.history") == []  # a plain no needs no looking for


async def test_a_wait_of_hours_holds_progress_up_but_no_result(stage: Stage) -> None:
    stage.slack.retry_after = "86400"
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.settled()
        stage.limiter.pause("chat.update", 86400)  # that was said to the progress of others
        stage.slack.faults["chat.update"].append(Fault.RATE)
        stage.change(a_run(**DONE), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["Refuted"]
    assert stage.clock.now() < 5 * 60


async def test_a_post_cut_off_by_a_crash_is_found_and_not_made_again(stage: Stage) -> None:
    """Killed after Slack took the post, before it was written down."""
    stage.change(a_run(**DONE), card("Refuted", final=True))
    before = await stage.client.post("C1", card("working"), run_id="r1")
    await stage.memory.put("r1", Posted(slot="card", channel="C1", ts=None, digest=""))

    async with stage.running():
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert [(m["text"], m["ts"]) for m in stage.slack.rooms["C1"].messages] == [("Refuted", before)]


async def test_a_reply_cut_off_by_a_crash_is_looked_for_in_the_thread(stage: Stage) -> None:
    ts = await stage.client.post("C1", card("Refuted", final=True), run_id="r1")
    await stage.client.post("C1", RESULT, run_id="r1", thread_ts=ts, broadcast=True)
    shown = Posted(slot="card", channel="C1", ts=ts, digest=card("Refuted", final=True).digest)
    await stage.memory.put("r1", shown)
    await stage.memory.put("r1", Posted(slot="result", channel="C1", ts=None, digest=""))
    stage.change(a_run(**DONE), card("Refuted", final=True), RESULT)

    async with stage.running():
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["Refuted", "Refuted"]


async def test_a_post_that_never_reached_slack_is_made_once(stage: Stage) -> None:
    """Killed before Slack took the post; another run's message is not taken for it."""
    stage.change(a_run(**DONE), card("Refuted", final=True))
    await stage.client.post("C1", card("other"), run_id="r2")
    await stage.memory.put("r1", Posted(slot="card", channel="C1", ts=None, digest=""))

    async with stage.running():
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["other", "Refuted"]


@pytest.mark.parametrize("after", range(1, 9))
async def test_a_publisher_stopped_anywhere_leaves_nothing_out_and_nothing_double(
    stage: Stage, after: int
) -> None:
    stage.change(a_run(**DONE), *result_views())
    async with stage.running():
        await stage.until(lambda: len(stage.slack.calls) >= min(after, 3))
        for _ in range(after):
            await asyncio.sleep(0)
    stage.publisher = stage.a_publisher()

    async with stage.running():
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert one_of_each(stage)


async def test_blocks_that_slack_refuses_are_left_out_once(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.slack.faults["chat.postMessage"].append("invalid_blocks")
    async with stage.running():
        stage.change(a_run(**DONE), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert [c.args["blocks"] for c in stage.slack.of("chat.postMessage")][1] == []
    assert stage.texts() == ["Refuted"]
    assert "invalid_blocks" in caplog.text


async def test_a_result_that_slack_never_takes_goes_to_who_asked(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.settled()
        stage.slack.faults["chat.update"].extend(["invalid_blocks", "msg_too_long"])
        stage.change(a_run(**DONE), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts("DU1") == ["Refuted"]


async def test_a_bug_in_one_view_stops_no_other(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.running():
        stage.change(a_run(id="bad", **DONE))
        del stage.views["bad"]
        stage.change(a_run(id="good", **DONE), card("fine", final=True))
        await stage.until(lambda: "good" in stage.memory.shown)
        await stage.until(lambda: "run bad not shown" in caplog.text)
        stage.change(a_run(id="bad", **DONE), card("mended", final=True))
        await stage.until(lambda: "bad" in stage.memory.shown)

    assert stage.texts() == ["fine", "mended"]


async def test_at_start_all_that_was_not_shown_is_shown(stage: Stage) -> None:
    for number in range(5):
        run = a_run(id=f"r{number}", **DONE)
        stage.memory.runs[run.id] = run
        stage.views[run.id] = [card(run.id, final=True)]

    async with stage.running():
        await stage.until(lambda: len(stage.memory.shown) == 5)

    assert sorted(stage.texts()) == ["r0", "r1", "r2", "r3", "r4"]


async def test_no_token_is_ever_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    faults = [*Fault, "something_new", "invalid_auth"]
    stage.slack.faults["chat.postMessage"].extend(faults)
    async with stage.running():
        stage.change(a_run(**DONE), card("words of people", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert "xoxb" not in caplog.text
    assert "words of people" not in caplog.text


async def test_without_a_good_token_no_result_is_lost_and_nothing_is_tried_for_ever(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    for method in SAYING:
        stage.slack.faults[method].extend(["token_revoked"] * 3)
    async with stage.running():
        for number in range(3):
            stage.change(a_run(id=f"r{number}", **DONE), card("Refuted", final=True))
        await stage.settled()

    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert sum("SLACK_BOT_TOKEN" in error for error in errors) == 1
    lost = {f"run r{number}: its outcome reached nobody" for number in range(3)}
    assert lost == {error for error in errors if "SLACK_BOT_TOKEN" not in error}
    assert stage.memory.shown == set()

    stage.publisher = stage.a_publisher()
    async with stage.running():
        await stage.until(lambda: len(stage.memory.shown) == 3)
    assert stage.texts() == ["Refuted"] * 3


@pytest.mark.parametrize("code", ["invalid_auth", "is_inactive", "access_denied", "never_heard_of"])
@pytest.mark.parametrize("change", [{}, DONE])
async def test_a_no_to_everything_is_told_where_the_command_was_typed(
    stage: Stage, code: str, change: dict[str, Any]
) -> None:
    for method in SAYING:
        stage.slack.faults[method].extend([code] * 40)
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    async with stage.running():
        stage.change(a_run(**change), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    told = [said["text"] for said in stage.slack.responses]
    assert told == (["Refuted"] if change else [stage.abandoned[0][1]])
    assert change or code in told[0]
    assert stage.texts() == []


async def test_a_code_that_nobody_knows_may_pass(stage: Stage) -> None:
    stage.slack.faults["chat.postMessage"].extend(["never_heard_of"] * 4)
    async with stage.running():
        stage.change(a_run(**DONE), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["Refuted"]
    assert stage.abandoned == []


async def test_a_moment_of_trouble_at_slack_is_waited_out(stage: Stage) -> None:
    stage.slack.faults["chat.postMessage"].extend(["service_unavailable"] * 8)
    async with stage.running():
        stage.change(a_run(**DONE), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["Refuted"]


async def test_where_nothing_may_be_looked_up_the_result_is_posted(stage: Stage) -> None:
    stage.change(a_run(**DONE), card("Refuted", final=True))
    await stage.memory.put("r1", Posted(slot="card", channel="C1", ts=None, digest=""))
    stage.slack.faults["conversations.history"].append("missing_scope")

    async with stage.running():
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["Refuted"]


async def test_forty_runs_of_crashes_and_faults_lose_nothing_and_double_nothing(
    stage: Stage,
) -> None:
    """Each run: calls fail at random, the publisher is killed up to five times at random."""
    chance = random.Random(3)
    for number in range(40):
        run = a_run(id=f"r{number}", **DONE)
        stage.change(run, *result_views())
        for method in ("chat.postMessage", "chat.update", "conversations.replies"):
            stage.slack.faults[method].extend(chance.choices(list(Fault), k=chance.randrange(4)))
        for _ in range(chance.randrange(6)):
            async with stage.running():
                calls = len(stage.slack.calls) + chance.randrange(4)
                await stage.until(
                    lambda run=run, calls=calls: (
                        len(stage.slack.calls) >= calls or run.id in stage.memory.shown
                    )
                )
                for _ in range(chance.randrange(30)):
                    await asyncio.sleep(0)
            stage.publisher = stage.a_publisher()
        async with stage.running():
            await stage.until(lambda run=run: run.id in stage.memory.shown)

    wanted = [(f"r{number}", slot) for number in range(40) for slot in SLOTS]
    assert sorted(map(_whose, stage.slack.rooms["C1"].messages)) == sorted(wanted)


SAYING = ("chat.postMessage", "chat.update", "chat.postEphemeral", "conversations.open")
SLOTS = ("card", "result", "branch:a")


def _whose(message: dict[str, Any]) -> tuple[str, str]:
    payload = message["metadata"]["event_payload"]
    return payload["run_id"], payload["slot"]
