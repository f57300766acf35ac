"""Where nothing may or can be in the channel: who asked is told, and nobody else."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from bot.runs.model import Audience, Place, Status
from bot.showing.sentences import ELSEWHERE, INVITE
from tests.fakes.slack_api import BOT
from tests.showing.stage import DONE, FAILED, Stage, a_run, card, reply, result_views


async def test_not_in_the_channel_ends_the_run_and_says_how_to_invite(stage: Stage) -> None:
    stage.slack.rooms["C1"].members.remove(BOT)
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.abandoned == [("r1", INVITE)]
    assert [r["text"] for r in stage.slack.responses] == [INVITE]
    assert stage.slack.responses[0]["response_type"] == "ephemeral"
    assert stage.texts() == []
    assert len(stage.slack.of("chat.postMessage")) == 1


async def test_without_a_response_url_the_invitation_comes_directly(stage: Stage) -> None:
    stage.slack.rooms["C1"].members.remove(BOT)
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts("DU1") == [INVITE]


async def test_a_failure_before_the_card_is_told_to_the_person_alone(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(audience=None, **FAILED))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == []
    told = [(e["user"], e["text"]) for e in stage.slack.ephemerals]
    assert told == [("U1", "The &lt;model&gt; did not answer.")]


async def test_a_private_run_is_shown_in_the_direct_message(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(audience=Audience.REQUESTER, **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == []
    assert sorted(stage.texts("DU1")) == ["Refuted", "Refuted", "vote"]


@pytest.mark.parametrize("change", [{}, DONE])
async def test_who_asked_for_a_private_run_is_told_once_where_it_goes_on(
    stage: Stage, change: dict[str, Any]
) -> None:
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    async with stage.running():
        stage.change(a_run(audience=Audience.REQUESTER, **change), card("working", final=True))
        await stage.settled()
        stage.change(a_run(audience=Audience.REQUESTER, **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert [said["text"] for said in stage.slack.responses] == [ELSEWHERE]
    assert (stage.texts(), stage.slack.ephemerals) == ([], [])


async def test_without_a_response_url_it_is_told_in_the_channel_to_who_asked(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(audience=Audience.REQUESTER, **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    told = [(said["channel"], said["user"], said["text"]) for said in stage.slack.ephemerals]
    assert told == [("C1", "U1", ELSEWHERE)]


async def test_where_that_can_not_be_told_the_private_run_goes_on(stage: Stage) -> None:
    stage.slack.rooms["C1"].members.remove(BOT)
    async with stage.running():
        stage.change(a_run(audience=Audience.REQUESTER, **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert sorted(stage.texts("DU1")) == ["Refuted", "Refuted", "vote"]


async def test_in_the_direct_message_itself_nothing_points_to_it(stage: Stage) -> None:
    run = a_run(audience=Audience.REQUESTER, **DONE)
    place = Place(team=run.request.place.team, channel="DU1")
    request = run.request.model_copy(update={"place": place})
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    async with stage.running():
        stage.change(run.model_copy(update={"request": request}), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert (stage.slack.responses, stage.slack.ephemerals) == ([], [])


@pytest.mark.parametrize("known", [True, False])
async def test_a_result_for_who_takes_no_direct_messages_is_whispered(
    stage: Stage, known: bool
) -> None:
    stage.slack.faults["conversations.open"].extend(["cannot_dm_bot"] * 5)
    if known:
        stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    async with stage.running():
        stage.change(a_run(audience=Audience.REQUESTER, **DONE), card("secret", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    told = stage.slack.responses if known else stage.slack.ephemerals
    assert [said["text"] for said in told] == ["secret"]
    assert stage.texts() == []


async def test_a_result_that_reaches_nobody_is_an_error_in_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.slack.faults["conversations.open"].extend(["cannot_dm_bot"] * 5)
    stage.slack.faults["chat.postEphemeral"].append("user_not_in_channel")
    async with stage.running():
        stage.change(a_run(audience=Audience.REQUESTER, **DONE), card("secret", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert errors == ["run r1: its outcome reached nobody"]


async def test_who_takes_no_direct_messages_is_told_where_they_asked(stage: Stage) -> None:
    stage.slack.faults["conversations.open"].extend(["cannot_dm_bot"] * 5)
    async with stage.running():
        stage.change(a_run(audience=Audience.REQUESTER), card("secret"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == []
    assert "directly" in stage.slack.ephemerals[0]["text"]


async def test_a_deleted_card_sends_the_result_to_who_asked(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.settled()
        stage.slack.rooms["C1"].messages.clear()
        stage.change(a_run(**DONE), card("Refuted", final=True), reply("branch:a", "vote"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert (stage.texts(), stage.texts("DU1")) == ([], ["Refuted"])


async def test_a_deleted_branch_message_costs_only_itself(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("working"), reply("branch:a", "working"))
        await stage.settled()
        del stage.slack.rooms["C1"].messages[1]
        stage.change(a_run(**DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["Refuted", "Refuted"]


async def test_thrown_out_in_the_middle_the_result_still_arrives(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.settled()
        stage.slack.rooms["C1"].members.remove(BOT)
        stage.change(a_run(), card("still working"))
        await stage.settled()
        stage.change(a_run(**DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts("DU1") == ["Refuted"]
    assert stage.abandoned == []


async def test_who_can_not_be_reached_at_all_holds_nothing_up(stage: Stage) -> None:
    stage.slack.faults["chat.postEphemeral"].append("user_not_in_channel")
    stage.slack.faults["conversations.open"].append("user_disabled")
    async with stage.running():
        stage.change(a_run(audience=None, **FAILED))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert [stage.texts(channel) for channel in stage.slack.rooms] == [[]]


async def test_a_run_that_is_no_more_is_let_go(stage: Stage) -> None:
    async with stage.running():
        stage.publisher.poke("r404")
        await stage.settled()

    assert stage.slack.calls == []


async def test_a_run_of_the_console_is_not_for_slack(stage: Stage) -> None:
    run = a_run()
    request = run.request.model_copy(update={"place": Place(team="", channel="console")})
    async with stage.running():
        stage.change(run.model_copy(update={"request": request}), card("working"))
        await stage.settled()

    assert stage.slack.calls == []


async def test_a_run_cancelled_before_its_card_says_so(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(audience=None, status=Status.CANCELLED))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert [told["text"] for told in stage.slack.ephemerals] == ["Cancelled."]
