"""Socket Mode against the playground's, which routes and redelivers as Slack does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession
from slack_bolt.response import BoltResponse

from bot.door.socket import Sockets, sockets
from playground.sample import sample
from playground.server import build
from tests.conftest import Serve
from tests.door.line import Listener
from tests.e2e.town import until


@dataclass
class Here:
    url: str
    listener: Listener
    door: Sockets

    async def tell(self, what: str, **body: object) -> None:
        async with (
            ClientSession(headers={"X-Playground": "1"}) as http,
            http.post(f"{self.url}/playground/{what}", json=body) as reply,
        ):
            assert reply.status == 200, await reply.text()

    async def say(self, text: str) -> None:
        await self.tell("say", **{"as": "U0ANN", "channel": "C0GENERAL", "text": text})


@pytest.fixture
async def here(serve: Serve) -> AsyncIterator[Here]:
    workspace, listener = sample(), Listener()
    app = build(workspace, bot_url="http://127.0.0.1:9/", signing_secret="s", token="xoxb-1")
    url = await serve(app)
    options = {"app_token": "xapp-1", "api_url": f"{url}/api/"}
    async with sockets(listener.dispatch, **options) as door:
        await until(lambda: door.connected == 2)
        yield Here(url, listener, door)


async def test_commands_and_mentions_come_in(here: Here) -> None:
    await here.say("/factcheck the Moon is cheese")
    await here.say("@quorum summarize")
    await until(lambda: len(here.listener.seen) == 2)

    command, event = (request.body for request in here.listener.seen)
    assert (command["command"], command["text"]) == ("/factcheck", "the Moon is cheese")
    assert event["event"]["type"] == "app_mention"


async def test_an_event_that_the_bot_could_not_keep_comes_again_and_counts_once_it_can(
    here: Here,
) -> None:
    here.listener.answer = BoltResponse(status=503)
    await here.say("@quorum help")
    await until(lambda: here.listener.seen)
    here.listener.answer = BoltResponse(status=200)
    await until(lambda: len(here.listener.seen) == 2)

    first, second = here.listener.seen
    assert first.body["event_id"] == second.body["event_id"]
    assert second.headers["x-slack-retry-num"] == ["1"]


@pytest.mark.parametrize(
    "trouble", [{"do": "disconnect", "reason": "warning"}, {"do": "disconnect"}, {"do": "drop"}]
)
async def test_whatever_happens_to_the_connections_others_follow(
    here: Here, trouble: dict[str, str]
) -> None:
    old = set(here.door._open)
    await here.tell("sockets", **trouble)
    await until(lambda: len(set(here.door._open) - old) == 2)
    await here.say("/factcheck x")

    assert here.listener.seen[0].body["text"] == "x"
