"""What listeners did not expect is logged, and answered with nothing of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
from slack_bolt.async_app import AsyncBoltContext

from bot.listeners.errors import on_error
from bot.runs.errors import StorageFailed
from bot.runs.model import Place
from bot.views import forms, notices
from tests.listeners.filling import filled
from tests.listeners.house import House


async def test_a_bug_is_logged_and_answered_without_its_text(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.store.broken = RuntimeError("disk at /secret/path is full")
    answer = await house.command("The moon is cheese")

    assert answer.status == 200
    assert notices.BROKEN in answer.body
    assert "secret" not in answer.body
    assert any(record.exc_info for record in caplog.records)


async def test_a_bug_in_a_button_is_an_error_for_slack_to_show(house: House) -> None:
    await house.command("The moon is cheese")
    house.engine.broken = RuntimeError("a bug")
    answer = await house.click("run-1")

    assert answer.status == 500
    assert answer.body == ""


async def test_what_nobody_listens_to_is_not_found_and_not_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer = await house.command("a private matter", command="/unknown")

    assert answer.status == 404
    assert "private matter" not in caplog.text


async def test_an_answer_that_comes_too_late_is_no_request_that_nobody_listens_to(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for listener in house.app._async_listeners:
        listener.ack_timeout = 0  # Slack's three seconds would be waited for here
    house.store.slow = asyncio.Event()
    answer = await house.command("a private matter")
    house.store.slow.set()

    assert answer.status == 503
    assert "no answer within" in caplog.text
    assert "nobody listens" not in caplog.text
    assert "private matter" not in caplog.text


async def test_an_error_after_the_ack_leaves_the_ack_alone() -> None:
    late = RuntimeError("late")

    assert await on_error(late, {"command": "/x"}, AsyncBoltContext(), response=None) is None


@pytest.mark.parametrize("way", ["command", "quorum", "event", "form"])
async def test_nothing_of_what_people_write_is_logged_whatever_breaks(
    house: House, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    caplog.set_level(logging.INFO)
    place = Place(team="T1", channel="C1")
    said = {"type": "app_mention", "user": "U1", "ts": "1.1", "channel": "C1"}
    ways: dict[str, Callable[[], Awaitable[object]]] = {
        "command": lambda: house.command("a private matter"),
        "quorum": lambda: house.command("brainstorm a private matter", command="/quorum"),
        "event": lambda: house.tell({**said, "text": "<@UBOT> factcheck a private matter"}),
        "form": lambda: house.send(filled(forms.ask("factcheck", place), "a private matter")),
    }
    for broken in (StorageFailed("the disk is full"), RuntimeError("a bug"), None):
        house.store.broken = broken
        await ways[way]()

    assert "a listener broke" in caplog.text
    assert "private matter" not in caplog.text
