"""A run that was asked for in a thread is answered there, and what becomes of it without one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.model import Audience, Place
from bot.showing.sentences import why
from bot.slack.errors import Gone
from tests.fakes.slack_api import TEAM, Room
from tests.showing.stage import DONE, Stage, asked_in, card, reply, result_views

CHANNEL = Place(team=TEAM, channel="C1")
SHARED = reply("shared", "Shared by U1: Refuted", final=True, home=False)


def in_thread(ts: str, **changes: Any) -> Any:
    return asked_in(Place(team=TEAM, channel="C1", thread_ts=ts), **changes)


async def test_card_branches_and_result_are_replies_and_nothing_is_broadcast(stage: Stage) -> None:
    root = stage.slack.said("C1", "Is it so?")
    async with stage.running():
        stage.change(in_thread(root), card("working"), reply("branch:a", "vote"))
        await stage.settled()
        stage.change(in_thread(root, **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    _, *ours = stage.slack.rooms["C1"].messages
    assert len(ours) == 3
    assert {message["thread_ts"] for message in ours} == {root}
    assert not any(message["broadcast"] for message in ours)


async def test_a_card_in_a_thread_cut_off_by_a_crash_is_looked_for_there(stage: Stage) -> None:
    root = stage.slack.said("C1", "Is it so?")
    stage.slack.faults["chat.postMessage"].append("drop after")
    async with stage.running():
        stage.change(in_thread(root, **DONE), card("Refuted", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["Is it so?", "Refuted"]
    assert stage.slack.of("conversations.history") == []


@pytest.mark.parametrize("silently", [False, True])
async def test_where_the_message_asked_about_is_deleted_the_run_ends_with_a_sentence(
    stage: Stage, silently: bool
) -> None:
    """Slack refuses the reply, or posts it into the channel and does not say so."""
    stage.slack.unthreads = stage.slack.echoes = silently
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    async with stage.running():
        stage.change(in_thread("1600000000.000100"), card("working"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    said = why(Gone("chat.postMessage", "thread_not_found"))
    assert stage.abandoned == [("r1", said)]
    assert [told["text"] for told in stage.slack.responses] == [said]
    assert stage.texts() == []


async def test_deleted_when_the_result_was_known_the_result_goes_to_who_asked(
    stage: Stage,
) -> None:
    async with stage.running():
        stage.change(in_thread("1600000000.000100", **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert (stage.texts(), stage.texts("DU1")) == ([], ["Refuted"])


async def test_a_slack_that_never_tells_the_thread_of_a_reply_keeps_its_replies(
    stage: Stage,
) -> None:
    root = stage.slack.said("C1", "Is it so?")
    stage.slack.echoes = True
    stage.slack.without_threads = True
    async with stage.running():
        stage.change(in_thread(root, **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert sorted(stage.texts())[1:] == ["Refuted", "Refuted", "vote"]
    assert stage.slack.of("chat.delete") == []
    assert len(stage.slack.of("conversations.replies")) == 1


async def test_archived_in_the_middle_the_result_goes_to_who_asked(stage: Stage) -> None:
    async with stage.running():
        stage.change(asked_in(CHANNEL), card("working"))
        await stage.settled()
        stage.slack.rooms["C1"].archived = True
        stage.change(asked_in(CHANNEL), card("still working"))
        await stage.settled()
        stage.change(asked_in(CHANNEL, **DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert (stage.texts(), stage.texts("DU1")) == (["working"], ["Refuted"])
    assert stage.abandoned == []


async def test_an_archived_channel_ends_the_run_with_a_sentence(stage: Stage) -> None:
    stage.slack.rooms["C1"].archived = True
    async with stage.running():
        stage.change(asked_in(CHANNEL), card("working"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert "archived" in stage.abandoned[0][1]
    assert [told["text"] for told in stage.slack.ephemerals] == [stage.abandoned[0][1]]


async def test_a_result_that_went_to_who_asked_has_all_that_the_card_has(stage: Stage) -> None:
    done = card("Refuted", final=True)
    async with stage.running():
        stage.change(asked_in(CHANNEL), card("working"))
        await stage.settled()
        stage.slack.rooms["C1"].messages.clear()
        stage.change(asked_in(CHANNEL, **DONE), done)
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.slack.rooms["DU1"].messages[0]["blocks"] == list(done.blocks)


async def test_where_the_broadcast_is_refused_the_result_goes_to_who_asked(stage: Stage) -> None:
    async with stage.running():
        stage.change(asked_in(CHANNEL), card("working"))
        await stage.settled()
        stage.slack.faults["chat.postMessage"].append("restricted_action")
        pointing = card("The result is in the thread.", final=True)
        broadcast = reply("result", "Refuted", final=True, broadcast=True)
        stage.change(asked_in(CHANNEL, **DONE), pointing, broadcast)
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts("DU1") == ["Refuted"]


@pytest.mark.parametrize("root", [None, "thread"])
async def test_a_private_result_is_shared_where_it_was_asked_for_and_once(
    stage: Stage, root: str | None
) -> None:
    thread = stage.slack.said("C1", "Is it so?") if root else None
    place = Place(team=TEAM, channel="C1", thread_ts=thread)
    private = asked_in(place, audience=Audience.REQUESTER, **DONE)
    async with stage.running():
        stage.change(private, *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)
        stage.memory.shown.clear()
        stage.slack.faults["chat.postMessage"].append("drop after")
        stage.change(private, *result_views(), SHARED)
        await stage.until(lambda: "r1" in stage.memory.shown)

    shared = [m for m in stage.slack.rooms["C1"].messages if m["text"] == SHARED.text]
    assert [(m.get("thread_ts"), m["broadcast"]) for m in shared] == [(thread, False)]
    assert len(stage.texts("DU1")) == 3


async def test_a_database_that_fails_at_a_refusal_leaves_nobody_without_a_word(
    stage: Stage,
) -> None:
    stage.slack.rooms["C1"].archived = True
    failures = iter([StorageFailed("The database does not answer.")])

    async def abandon(run_id: str, sentence: str) -> None:
        for failure in failures:
            raise failure
        await stage.abandon(run_id, sentence)

    stage.publisher = stage.a_publisher(abandon=abandon)
    async with stage.running():
        stage.change(asked_in(CHANNEL), card("working"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert len(stage.slack.ephemerals) == 1


async def test_who_can_not_share_is_told_why(stage: Stage) -> None:
    stage.slack.rooms["C1"] = Room("private", ["U1"])
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    private = asked_in(CHANNEL, audience=Audience.REQUESTER, **DONE)
    async with stage.running():
        stage.change(private, *result_views(), SHARED)
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.slack.responses[-1]["text"].startswith("I could not share it: I can't post here")
    assert sorted(stage.texts("DU1")) == ["Refuted", "Refuted", "vote"]


async def test_a_second_attempt_is_told_though_the_first_one_was(stage: Stage) -> None:
    """Nothing can stand in the channel; the notice of the first end is not the second's."""
    async with stage.running():
        stage.change(asked_in(CHANNEL), card("working"))
        await stage.settled()
        stage.slack.rooms["C1"].messages.clear()
        for attempt in (1, 2):
            stage.memory.shown.clear()
            done = asked_in(CHANNEL, attempt=attempt, **DONE)
            stage.change(done, card(f"Result {attempt}", final=True))
            await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts("DU1") == ["Result 1", "Result 2"]


async def test_used_up_response_urls_leave_the_channel_and_the_direct_message(
    stage: Stage,
) -> None:
    stage.slack.rooms["C1"].archived = True
    stage.slack.faults["response_url"].append("used_url")
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    stage.slack.faults["chat.postEphemeral"].append("is_archived")
    async with stage.running():
        stage.change(asked_in(CHANNEL), card("working"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts("DU1") == [stage.abandoned[0][1]]
