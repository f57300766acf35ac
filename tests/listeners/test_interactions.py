"""Cancel: for the person who asked, once, and whoever else clicks is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.runs.model import Status
from bot.views import notices
from tests.listeners.house import Asked, House


async def test_who_asked_can_cancel(house: House) -> None:
    await house.command("The moon is cheese")
    answer = await house.click("run-1")

    assert answer.status == 200
    assert house.store.runs["run-1"].status is Status.CANCELLED
    assert house.engine.cancelled == ["run-1"]
    assert house.urls.said == []


async def test_a_second_click_does_nothing_and_says_so(house: House) -> None:
    await house.command("The moon is cheese")
    await house.click("run-1")
    again = await house.click("run-1")

    assert again.status == 200
    assert house.engine.cancelled == ["run-1"]
    assert told(house) == notices.OVER


async def test_nobody_else_can_cancel(house: House) -> None:
    await house.command("The moon is cheese")
    answer = await house.click("run-1", user="U2")

    assert answer.status == 200
    assert house.store.runs["run-1"].status is Status.OPEN
    assert told(house) == notices.NOT_YOURS


@pytest.mark.parametrize(("run_id", "team"), [("run-1", "T2"), ("run-9", "T1")])
async def test_a_run_of_others_and_a_run_that_is_not_there_answer_alike(
    house: House, run_id: str, team: str
) -> None:
    await house.command("The moon is cheese")
    await house.click(run_id, team=team)

    assert house.store.runs["run-1"].status is Status.OPEN
    assert told(house) == notices.NO_SUCH_RUN


async def test_an_installation_without_a_team_of_its_own_can_cancel(house: House) -> None:
    await house.command("The moon is cheese")
    await house.deliver(
        {
            "type": "block_actions",
            "team": None,
            "enterprise": {"id": "E1", "name": "acme"},
            "is_enterprise_install": True,
            "user": {"id": "U1", "team_id": "T1"},
            "actions": [
                {"type": "button", "action_id": "cancel_run", "block_id": "b", "value": "run-1"}
            ],
        }
    )

    assert house.store.runs["run-1"].status is Status.CANCELLED


async def test_a_refusal_that_cannot_be_shown_does_not_take_the_ack_back(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.urls.broken = True
    await house.command("The moon is cheese")
    answer = await house.click("run-1", user="U2")

    async with asyncio.timeout(5):
        while "a refusal could not be shown" not in caplog.text:
            await asyncio.sleep(0.01)
    assert answer.status == 200


async def test_no_address_in_a_click_is_called_unchecked(house: House, asked: Asked) -> None:
    await house.command("The moon is cheese")
    elsewhere = f"{house.slack}/elsewhere"
    await house.click("run-1", user="U2", response_url=elsewhere)

    async with asyncio.timeout(5):
        while not house.urls.said:
            await asyncio.sleep(0.01)
    assert house.urls.said == [(elsewhere, notices.NOT_YOURS)]
    assert asked.empty()


@pytest.mark.parametrize(
    "odd",
    [
        {"actions": [{"type": "button", "action_id": "cancel_run", "block_id": "b"}]},
        {"actions": [{"action_id": "cancel_run", "block_id": "b", "value": {"a": ["run-1"]}}]},
        {"team": None, "user": {"id": "U1"}},
        {"user": {"id": ["U1"], "team_id": "T1"}},
    ],
)
async def test_an_odd_click_cancels_nothing_and_breaks_nothing(
    house: House, caplog: pytest.LogCaptureFixture, odd: dict[str, Any]
) -> None:
    await house.command("The moon is cheese")
    answer = await house.click("run-1", **odd)

    assert answer.status == 200
    assert house.store.runs["run-1"].status is Status.OPEN
    async with asyncio.timeout(5):
        while not house.urls.said:
            await asyncio.sleep(0.01)
    assert told(house) == notices.NO_SUCH_RUN
    assert not any(record.exc_info for record in caplog.records)


def told(house: House) -> str:
    """The one sentence that was said to who clicked."""
    [(url, text)] = house.urls.said
    assert url == f"{house.slack}/actions/1"
    return text
