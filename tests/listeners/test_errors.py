"""What listeners did not expect is logged, and answered with nothing of its own."""

from __future__ import annotations

import logging

import pytest

from bot.listeners.errors import on_error
from bot.views import notices
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
    answer = await house.click("run-1", actions=[{"type": "button", "action_id": "cancel_run"}])

    assert answer.status == 500
    assert answer.body == ""


async def test_what_nobody_listens_to_is_not_found_and_not_logged(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    answer = await house.command("a private matter", command="/unknown")

    assert answer.status == 404
    assert "private matter" not in caplog.text


async def test_an_error_after_the_ack_leaves_the_ack_alone() -> None:
    assert await on_error(RuntimeError("late"), body={"command": "/x"}, response=None) is None
