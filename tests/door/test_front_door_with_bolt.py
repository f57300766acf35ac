from __future__ import annotations

import logging
import random
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from tests.conftest import Serve
from tests.door.door import NEW, Door, a_front_door, form
from tests.door.hostile import hostile


@pytest.fixture
async def bolted(serve: Serve, door: Door) -> Door:
    """With the real Bolt behind the door."""
    app = a_front_door(_bolt().async_dispatch, [NEW])
    door.url = await serve(app) + "/slack/events"
    return door


async def test_real_bolt_gets_a_command_that_speaks_of_a_payload(bolted: Door) -> None:
    words = "the payload was 5 kg"

    assert await bolted.signed(form(text=words)) == (200, f"heard {words}")


async def test_nothing_makes_the_door_fail(bolted: Door) -> None:
    """2,000 hostile requests: 401, 4xx or Bolt's own answer, never a 5xx."""
    chance = random.Random(7)
    statuses: dict[bool, set[int]] = {True: set(), False: set()}

    for _ in range(2_000):
        sent = hostile(chance)
        status, text = await bolted.send(sent.body, **sent.headers)
        statuses[sent.signed].add(status)
        assert sent.signed or text == ""

    assert statuses[False] == {401}
    assert {200, 400, 404} <= statuses[True]
    assert max(statuses[True]) < 500


def _bolt() -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U0"
        )

    bolt = AsyncApp(
        client=AsyncWebClient(token="xoxb-1", base_url="http://127.0.0.1:9/"),
        authorize=authorize,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        logger=_silent(),
        raise_error_for_unhandled_request=True,  # as the bot has it
        process_before_response=True,
    )

    @bolt.command("/factcheck")
    async def heard(ack: Any, command: dict[str, str]) -> None:
        await ack("heard " + command["text"])

    return bolt


def _silent() -> logging.Logger:
    logger = logging.getLogger("tests.bolt")
    logger.setLevel(logging.CRITICAL)
    return logger
