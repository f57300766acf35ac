from __future__ import annotations

import json
import logging
import random
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from tests.conftest import Serve
from tests.slack.door import (
    FORM,
    JSON,
    NEW,
    NOW,
    Door,
    a_front_door,
    form,
    interactive,
    signature,
)


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
    """2,000 cases, half of them signed: 401, 4xx or Bolt's own answer, never a 5xx."""
    chance = random.Random(7)
    statuses: dict[bool, set[int]] = {True: set(), False: set()}

    for _ in range(2_000):
        body, kind = _body(chance), chance.choice([FORM, JSON, "text/plain", ""])
        genuine = chance.random() < 0.5
        headers = signature(body) if genuine else _headers(chance)
        status, text = await bolted.send(body, Content_Type=kind, **headers)
        statuses[genuine].add(status)
        assert genuine or text == ""

    assert statuses[False] == {401}
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
    )

    @bolt.command("/factcheck")
    async def heard(ack: Any, command: dict[str, str]) -> None:
        await ack("heard " + command["text"])

    return bolt


def _silent() -> logging.Logger:
    logger = logging.getLogger("tests.bolt")
    logger.setLevel(logging.CRITICAL)
    return logger


def _headers(chance: random.Random) -> dict[str, str]:
    odd = ["", "v0=", "v0=" + "f" * 64, str(NOW), str(NOW - 9_999), "-1", "9" * 30, "é", "0x10"]
    names = ["X_Slack_Signature", "X_Slack_Request_Timestamp", "X_Slack_Retry_Num"]
    return {name: chance.choice(odd) for name in names if chance.random() < 0.8}


def _body(chance: random.Random) -> bytes:
    seeds = [
        form(text="payload"),
        interactive(
            {"type": "block_actions", "actions": [{"action_id": "a"}], "user": {"id": "U1"}}
        ),
        json.dumps(_value(chance, 0)).encode(),
        json.dumps({"type": chance.choice(TYPES), **_object(chance)}).encode(),
        interactive({"type": chance.choice(TYPES), **_object(chance)}),
        chance.randbytes(chance.randrange(60)),
    ]
    body = bytearray(chance.choice(seeds))
    for _ in range(chance.choice([0, 0, 1, 4])):
        if body:
            body[chance.randrange(len(body))] = chance.randrange(256)
    return bytes(body)


TYPES = [
    "event_callback", "block_actions", "view_submission", "view_closed", "shortcut",
    "message_action", "url_verification", "block_suggestion", "interactive_message", "x",
]  # fmt: skip
KEYS = [
    "type", "event", "user", "team", "team_id", "channel", "view", "actions", "message", "command",
    "authorizations", "enterprise", "callback_id", "ssl_check", "container", "bot_id", "item",
    "function_data", "is_ext_shared_channel", "previous_message", "assistant_thread", "payload",
]  # fmt: skip


def _object(chance: random.Random, depth: int = 0) -> dict[str, object]:
    return {chance.choice(KEYS): _value(chance, depth + 1) for _ in range(chance.randrange(6))}


def _value(chance: random.Random, depth: int) -> object:
    if depth > 3 or chance.random() < 0.4:
        return chance.choice([None, True, 0, -1, 1e9, "", "payload", "T1", "/factcheck", "1"])
    if chance.random() < 0.3:
        return [_value(chance, depth + 1) for _ in range(chance.randrange(3))]
    return _object(chance, depth)
