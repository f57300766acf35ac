"""Socket Mode: one of the open connections gets each delivery, and answers in the envelope."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from playground.server import DELIVERIES
from tests.playground.test_events import until

APP = {"Authorization": "Bearer xapp-1"}


async def url_of(stage, headers: dict[str, str] = APP) -> dict[str, Any]:
    url = f"{stage.url}/api/apps.connections.open"
    async with stage.http.post(url, headers=headers) as reply:
        return await reply.json()


async def link(stage, stack: AsyncExitStack) -> ClientWebSocketResponse:
    """An open connection that was greeted."""
    http = await stack.enter_async_context(ClientSession())
    socket = await stack.enter_async_context(http.ws_connect((await url_of(stage))["url"]))
    assert (await socket.receive_json())["type"] == "hello"
    return socket


async def together(*work: Coroutine[Any, Any, object]) -> None:
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(one)


async def twice(stage) -> None:
    for text in ("/factcheck x", "/factcheck y"):
        await stage.say(text)


async def test_a_command_comes_over_the_socket_and_its_answer_is_shown(stage):
    async with AsyncExitStack() as stack:
        socket = await link(stage, stack)

        async def answer() -> None:
            envelope = await socket.receive_json()
            assert envelope["type"] == "slash_commands"
            assert envelope["accepts_response_payload"] is True
            assert envelope["payload"]["command"] == "/factcheck"
            reply = {"envelope_id": envelope["envelope_id"], "payload": {"text": "On it."}}
            await socket.send_json(reply)

        await together(answer(), stage.say("/factcheck x"))

    assert [message.text for message in stage.whispers()] == ["On it."]
    assert stage.bot.received == []


async def test_connections_take_turns_and_any_may_answer(stage):
    async with AsyncExitStack() as stack:
        sockets = [await link(stage, stack) for _ in range(2)]

        async def answer(here: ClientWebSocketResponse, there: ClientWebSocketResponse) -> None:
            envelope = await here.receive_json()
            await there.send_json({"envelope_id": envelope["envelope_id"]})

        one, two = sockets
        await together(answer(one, two), answer(two, one), twice(stage))

    assert stage.whispers() == []


async def test_an_event_that_is_not_answered_comes_again_with_its_number(stage):
    stage.be_impatient()
    async with AsyncExitStack() as stack:
        socket = await link(stage, stack)
        await stage.say("@quorum help")
        first = await socket.receive_json()
        again = await socket.receive_json()
        await socket.send_json({"envelope_id": again["envelope_id"]})

    assert (first["type"], first["retry_attempt"]) == ("events_api", 0)
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "http_timeout")
    assert again["payload"] == first["payload"]


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled", "warning"])
async def test_slack_asks_for_another_connection(stage, reason):
    async with AsyncExitStack() as stack:
        socket = await link(stage, stack)
        said = await stage.tell("sockets", do="disconnect", reason=reason)
        assert said == (200, {"connections": 1})
        told = await socket.receive_json()
        assert (told["type"], told["reason"]) == ("disconnect", reason)
        if reason != "warning":
            assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_a_connection_can_be_cut_and_then_deliveries_are_posted(stage):
    async with AsyncExitStack() as stack:
        socket = await link(stage, stack)
        assert await stage.tell("sockets", do="drop") == (200, {"connections": 1})
        assert (await socket.receive()).type is WSMsgType.CLOSE
        await until(lambda: not stage.app[DELIVERIES].sockets.connections)
        await stage.say("/factcheck x")

    assert stage.bot.form["command"] == "/factcheck"


async def test_a_ticket_is_good_once(stage):
    url = (await url_of(stage))["url"]
    async with stage.http.ws_connect(url) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(WSServerHandshakeError) as refused:
            await stage.http.ws_connect(url)

    assert refused.value.status == 403


async def test_only_an_app_token_opens_a_connection(stage):
    assert (await url_of(stage, {}))["error"] == "not_authed"
    bot = {"Authorization": "Bearer xoxb-tests"}
    assert (await url_of(stage, bot))["error"] == "not_allowed_token_type"
    await stage.tell("app", socket_mode=False)
    assert (await url_of(stage))["error"] == "socket_mode_not_enabled"


async def test_an_eleventh_connection_is_turned_away(stage):
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await link(stage, stack)
        http = await stack.enter_async_context(ClientSession())
        async with http.ws_connect((await url_of(stage))["url"]) as socket:
            said = json.loads((await socket.receive()).data)

    assert said == {"type": "disconnect", "reason": "too_many_websockets"}
