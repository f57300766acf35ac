"""Cancel: for the person who asked, once, and whoever else clicks is told."""

from __future__ import annotations

import asyncio

import pytest

from bot.runs.model import Status
from bot.views import notices
from tests.listeners.house import Asked, House


async def test_who_asked_can_cancel(house: House, asked: Asked) -> None:
    await house.command("The moon is cheese")
    answer = await house.click("run-1")

    assert answer.status == 200
    assert house.store.runs["run-1"].status is Status.CANCELLED
    assert house.engine.cancelled == ["run-1"]
    assert asked.empty()


async def test_a_second_click_does_nothing_and_says_so(house: House, asked: Asked) -> None:
    await house.command("The moon is cheese")
    await house.click("run-1")
    again = await house.click("run-1")

    assert again.status == 200
    assert house.engine.cancelled == ["run-1"]
    assert await told(asked) == notices.OVER


async def test_nobody_else_can_cancel(house: House, asked: Asked) -> None:
    await house.command("The moon is cheese")
    answer = await house.click("run-1", user="U2")

    assert answer.status == 200
    assert house.store.runs["run-1"].status is Status.OPEN
    assert await told(asked) == notices.NOT_YOURS


@pytest.mark.parametrize(("run_id", "team"), [("run-1", "T2"), ("run-9", "T1")])
async def test_a_run_of_others_and_a_run_that_is_not_there_answer_alike(
    house: House, asked: Asked, run_id: str, team: str
) -> None:
    await house.command("The moon is cheese")
    await house.click(run_id, team=team)

    assert house.store.runs["run-1"].status is Status.OPEN
    assert await told(asked) == notices.NO_SUCH_RUN


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
    await house.command("The moon is cheese")
    answer = await house.click("run-1", user="U2", response_url="http://127.0.0.1:1/nobody")

    async with asyncio.timeout(5):
        while "a refusal could not be shown: ClientConnectorError" not in caplog.text:
            await asyncio.sleep(0.01)
    assert answer.status == 200


async def told(asked: Asked) -> str:
    """The one ephemeral sentence that was sent to who clicked."""
    async with asyncio.timeout(5):
        path, body = await asked.get()
    assert path == "/actions/1"
    assert body["response_type"] == "ephemeral"
    assert body["replace_original"] is False
    return body["text"]
