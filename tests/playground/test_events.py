"""What people do reaches the app as events, again and again until it takes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from playground.server import DELIVERIES
from playground.values import Message
from tests.playground.conftest import SECRET


async def until(seen: Callable[[], Any]) -> Any:
    async with asyncio.timeout(5):
        while not (value := seen()):
            await asyncio.sleep(0.005)
        return value


def told(stage) -> list[dict[str, Any]]:
    """The events so far."""
    return [json.loads(body)["event"] for _, body in stage.bot.received]


async def direct(stage, text: str) -> str:
    """Ann writes to the app; the channel of that."""
    _, opened = await stage.tell("direct", **{"as": "U0ANN", "with": stage.workspace.bot})
    await stage.tell("say", **{"as": "U0ANN", "channel": opened["channel"], "text": text})
    return opened["channel"]


async def test_a_mention_is_an_event_signed_and_named(stage):
    await stage.say("@quorum summarize this")
    await until(lambda: stage.bot.received)

    headers, body = stage.bot.received[0]
    envelope = json.loads(body)
    event = envelope["event"]
    assert SignatureVerifier(SECRET).is_valid_request(body, headers)
    assert headers["Content-Type"] == "application/json"
    assert (envelope["type"], event["type"]) == ("event_callback", "app_mention")
    assert envelope["event_id"].startswith("Ev")
    assert envelope["authorizations"][0]["user_id"] == stage.workspace.bot
    assert event["text"] == f"<@{stage.workspace.bot}> summarize this"
    assert (event["user"], event["channel"]) == ("U0ANN", "C0GENERAL")
    assert event["event_ts"] == event["ts"]


async def test_a_mention_in_a_thread_names_the_thread(stage):
    root = stage.workspace.post("C0GENERAL", Message(ts="", user="U0BEN", text="root"))
    await stage.say("@quorum factcheck", thread_ts=root.ts)

    assert (await until(lambda: told(stage)))[0]["thread_ts"] == root.ts


async def test_a_direct_message_is_one_event(stage):
    channel = await direct(stage, "factcheck honey never spoils")

    (event,) = await until(lambda: told(stage))
    assert (event["type"], event["channel_type"]) == ("message", "im")
    assert event["channel"] == channel


async def test_what_does_not_concern_the_app_is_not_told(stage):
    await stage.say("nobody is meant")
    await stage.slack.chat_postMessage(channel="C0GENERAL", text=f"<@{stage.workspace.bot}>")
    await stage.say("@quorum help")

    assert [event["text"] for event in await until(lambda: told(stage))] == [
        f"<@{stage.workspace.bot}> help"
    ]


async def test_an_event_comes_again_with_its_name_until_it_is_taken(stage):
    stage.bot.reply = web.Response(status=500)
    await stage.say("@quorum help")
    await until(lambda: len(stage.bot.received) == 2)  # the second try is made at once
    assert stage.app[DELIVERIES].waiting == 1
    stage.bot.reply = None
    assert await stage.tell("hurry") == (200, {"events": 1})
    await until(lambda: not stage.app[DELIVERIES].waiting)

    (_, first), (again, second), (last, third) = stage.bot.received
    assert json.loads(first) == json.loads(second) == json.loads(third)
    assert again["X-Slack-Retry-Num"] == "1"
    assert again["X-Slack-Retry-Reason"] == "http_error"
    assert last["X-Slack-Retry-Num"] == "2"


async def test_an_event_that_is_never_taken_is_given_up(stage):
    stage.app[DELIVERIES].retries = (0.0, 0.0, 0.0)
    stage.bot.reply = web.Response(status=500)
    await stage.say("@quorum help")
    await until(lambda: len(stage.bot.received) == 4)

    await until(lambda: not stage.app[DELIVERIES].waiting)


async def test_a_delivery_that_gets_lost_on_the_way_comes_again_as_an_event(stage):
    stage.app[DELIVERIES].lose = 1
    await stage.say("@quorum help")
    await until(lambda: stage.bot.received)

    (headers, _) = stage.bot.received[0]
    assert headers["X-Slack-Retry-Reason"] == "http_timeout"


async def test_a_bot_that_is_offline_gets_nothing(stage):
    stage.app[DELIVERIES].offline = True
    await stage.say("/factcheck x")

    assert stage.bot.received == []
    assert stage.whispers()[0].text.endswith("Is the bot running?")


async def test_who_is_taken_off_hears_of_the_tokens_and_of_itself(stage):
    await stage.tell("uninstall")
    await until(lambda: len(stage.bot.received) == 2)

    assert {event["type"] for event in told(stage)} == {"tokens_revoked", "app_uninstalled"}


async def test_agents_say_that_they_work_and_what_to_ask_them(stage):
    channel = await direct(stage, "hello")
    prompts = [{"title": "Check", "message": "factcheck "}]
    suggest = stage.slack.assistant_threads_setSuggestedPrompts
    await suggest(channel_id=channel, thread_ts="", prompts=prompts)
    (root,) = [m.ts for m in stage.workspace.logs[channel].all()]
    status = {"channel_id": channel, "thread_ts": root, "status": "processing"}
    await stage.slack.api_call("agents.sessions.setStatus", json=status)

    assert stage.workspace.prompts[channel]["prompts"] == prompts
    assert stage.workspace.sessions[channel, root] == "processing"


@pytest.mark.parametrize(
    "method",
    [
        "agents.sessions.setStatus",
        "assistant.threads.setStatus",
        "assistant.threads.setSuggestedPrompts",
    ],
)
async def test_an_app_that_is_no_agent_may_not(stage, method):
    await stage.tell("app", agent=False)
    url = f"{stage.url}/api/{method}"
    headers = {"Authorization": "Bearer xoxb-tests"}
    async with stage.http.post(url, json={}, headers=headers) as reply:
        assert (await reply.json())["error"] == "not_authorized"


async def test_a_method_can_be_made_unknown(stage):
    status, said = await stage.tell("app", absent=["views.publish"])
    assert (status, said["absent"]) == (200, ["views.publish"])
    headers = {"Authorization": "Bearer xoxb-tests"}
    async with stage.http.post(f"{stage.url}/api/views.publish", headers=headers) as reply:
        assert (await reply.json())["error"] == "unknown_method"
