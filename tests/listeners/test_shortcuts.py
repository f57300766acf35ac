"""Shortcuts of a message: for that message or its thread, answered where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from bot.listeners.shortcuts import meant, pointed_at
from bot.runs.desk import PAUSED
from bot.runs.errors import StorageFailed
from bot.runs.model import OneMessage, Place, Shared, Thread
from bot.runs.workspace import Preference
from bot.views import notices
from bot.views.actions import SHORTCUTS
from tests.listeners.house import House

ROOT, REPLY = "1763990000.000100", "1763990009.000200"
IN_THREAD = {"type": "message", "user": "U2", "ts": REPLY, "thread_ts": ROOT, "text": "x"}


@pytest.mark.parametrize("callback_id", ["factcheck_message", "brainstorm_message"])
async def test_one_message_is_worked_on_in_its_thread(house: House, callback_id: str) -> None:
    answer = await house.choose(callback_id)

    assert (answer.status, answer.body) == (200, "")
    request = house.store.runs["run-1"].request
    assert request.recipe == SHORTCUTS[callback_id]
    assert request.source == OneMessage(channel="C1", ts=ROOT)
    assert request.place == Place(team="T1", channel="C1", thread_ts=ROOT)
    assert (request.asked_by, request.dedupe) == ("U1", "T1:8.8.8")
    assert house.engine.started == ["run-1"]
    assert house.wire.calls == []


@pytest.mark.parametrize("callback_id", ["factcheck_message", "brainstorm_message"])
async def test_a_reply_is_worked_on_alone(house: House, callback_id: str) -> None:
    await house.choose(callback_id, message=IN_THREAD, message_ts=REPLY)

    request = house.store.runs["run-1"].request
    assert request.source == OneMessage(channel="C1", ts=REPLY, thread_ts=ROOT)
    assert request.place.thread_ts == ROOT


async def test_a_thread_is_summarized_from_any_of_its_messages(house: House) -> None:
    await house.choose("summarize_thread", message=IN_THREAD, message_ts=REPLY, trigger_id="1")
    await house.choose("summarize_thread", user={"id": "U2", "team_id": "T1"}, trigger_id="2")

    for run in house.store.runs.values():
        assert run.request.source == Thread(channel="C1", ts=ROOT)
        assert run.request.place.thread_ts == ROOT


async def test_how_to_reach_the_person_is_kept_where_we_are_not_in_the_channel(
    house: House,
) -> None:
    await house.choose("summarize_thread", channel={"id": "C_ELSEWHERE", "name": "x"})

    assert house.urls == {"run-1": f"{house.slack}/shortcuts/1"}


async def test_the_same_delivery_again_starts_nothing_and_says_nothing(house: House) -> None:
    for _ in range(2):
        answer = await house.choose("factcheck_message")
        assert answer.status == 200

    assert house.engine.started == ["run-1"]
    assert house.urls.said == []


async def test_the_same_message_while_it_is_worked_on_is_answered_with_the_card(
    house: House,
) -> None:
    await house.choose("factcheck_message", trigger_id="1")
    await house.choose("factcheck_message", trigger_id="2")

    assert house.engine.started == ["run-1"]
    on_it = notices.on_it(await house.seen.link("run-1"))
    assert house.urls.said == [(f"{house.slack}/shortcuts/1", on_it)]


async def test_a_workspace_that_pauses_starts_nothing_and_says_so(house: House) -> None:
    house.preferences["T1"] = Preference(paused=True)
    await house.choose("factcheck_message")

    assert house.store.runs == {}
    assert house.urls.said == [(f"{house.slack}/shortcuts/1", PAUSED)]


async def test_a_failing_database_is_an_error_for_slack_to_show(house: House) -> None:
    house.store.broken = StorageFailed("the disk is full")
    answer = await house.choose("factcheck_message")

    assert answer.status == 500
    assert house.wire.calls == []


@pytest.mark.parametrize(
    "odd",
    [
        {"channel": None},
        {"message": {}, "message_ts": None},
        {"message": {"ts": 7}, "message_ts": 7},
        {"user": {"id": "U1"}, "team": None},
    ],
)
async def test_a_shortcut_of_no_message_starts_nothing(house: House, odd: dict[str, Any]) -> None:
    answer = await house.choose("factcheck_message", **odd)

    assert answer.status == 200
    assert house.store.runs == {}
    assert house.urls.said == [(f"{house.slack}/shortcuts/1", notices.NO_SUCH_MESSAGE)]


def test_a_shortcut_that_is_none_of_ours_is_no_question() -> None:
    assert pointed_at({"callback_id": "other", "channel": {"id": "C1"}}) is None


def test_what_works_on_files_means_those_of_the_message() -> None:
    assert meant("logs", "C1", REPLY, ROOT) == Shared(channel="C1", ts=REPLY, thread_ts=ROOT)
    assert meant("extract", "C1", ROOT, ROOT) == Shared(channel="C1", ts=ROOT)
