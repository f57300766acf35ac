"""A playground on a free port, a bot that records deliveries, and Slack's own client."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientSession, web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.sample import sample
from playground.server import DELIVERIES, LIMITS, build
from playground.values import Message
from playground.workspace import Workspace
from tests.conftest import Serve

SECRET, TOKEN = "a secret of the tests", "xoxb-tests"


@dataclass
class Bot:
    """Answers every delivery with *reply*; keeps headers and body of each."""

    reply: web.Response | None = None
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    wait_for: asyncio.Event | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/slack/events", self.receive)
        return app

    async def receive(self, request: web.Request) -> web.Response:
        self.received.append((dict(request.headers), await request.read()))
        if self.wait_for is not None:
            await self.wait_for.wait()
        if self.reply is None:
            return web.Response()
        return web.Response(
            status=self.reply.status, text=self.reply.text, content_type=self.reply.content_type
        )

    async def event(self, kind: str) -> dict[str, Any]:
        """The first event of *kind* that arrived; waits until there is one."""
        async with asyncio.timeout(10):
            while True:
                for headers, body in self.received:
                    if headers["Content-Type"] == "application/json":
                        event = json.loads(body)["event"]
                        if event["type"] == kind:
                            return event
                await asyncio.sleep(0.01)

    @property
    def form(self) -> dict[str, str]:
        _, body = self.received[-1]
        parsed = parse_qs(body.decode(), keep_blank_values=True)
        return {name: values[0] for name, values in parsed.items()}


@dataclass
class Stage:
    """Everything a test of the playground wants at hand."""

    url: str
    app: web.Application
    workspace: Workspace
    slack: AsyncWebClient
    bot: Bot
    http: ClientSession

    async def tell(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        url = f"{self.url}/playground/{path}"
        async with self.http.post(url, json=body, headers={"X-Playground": "1"}) as reply:
            return reply.status, await reply.json()

    async def ask(self, path: str, **query: str) -> tuple[int, Any]:
        async with self.http.get(f"{self.url}/playground/{path}", params=query) as reply:
            return reply.status, await reply.json()

    async def bring(
        self,
        content: bytes | AsyncIterator[bytes],
        name: str = "notes.txt",
        *,
        who: str = "Ann",
        where: str = "general",
    ) -> tuple[int, dict[str, Any]]:
        """Bring a file that a message can name; the status and the answer."""
        person, place = self.workspace.person_named(who).id, self.workspace.channel_named(where).id
        query = {"as": person, "channel": place, "name": name}
        url, headers = f"{self.url}/playground/upload", {"X-Playground": "1"}
        data = io.BytesIO(content) if isinstance(content, bytes) else content
        async with self.http.post(url, data=data, params=query, headers=headers) as reply:
            return reply.status, await reply.json()

    async def share(self, *files: tuple[str, bytes], text: str = "", **more: Any) -> list[str]:
        """Say *text* with files, by their names; their ids."""
        at = {name: more[name] for name in ("who", "where") if name in more}
        brought = [await self.bring(content, name, **at) for name, content in files]
        ids = [told["id"] for _, told in brought]
        assert await self.say(text, files=ids, **more) == 200
        return ids

    async def say(self, text: str, *, who: str = "Ann", where: str = "general", **more: Any) -> int:
        person, place = self.workspace.person_named(who).id, self.workspace.channel_named(where).id
        status, _ = await self.tell("say", **{"as": person, "channel": place, "text": text, **more})
        return status

    def whispers(self) -> list[Message]:
        return [message for _, message in self.workspace.whispers.values()]

    def limits_on(self) -> None:
        self.app[LIMITS].on = True

    def be_impatient(self) -> None:
        self.app[DELIVERIES].patience = 0.05


@pytest.fixture
def workspace() -> Workspace:
    return sample()


@asynccontextmanager
async def staged(serve: Serve) -> AsyncIterator[Stage]:
    bot, workspace = Bot(), sample()
    bot_url = await serve(bot.app())
    app = build(workspace, bot_url=f"{bot_url}/slack/events", signing_secret=SECRET, token=TOKEN)
    url = await serve(app)
    slack = AsyncWebClient(TOKEN, base_url=f"{url}/api/", retry_handlers=[])
    async with ClientSession() as http:
        yield Stage(url=url, app=app, workspace=workspace, slack=slack, bot=bot, http=http)


@pytest.fixture
async def stage(serve: Serve) -> AsyncIterator[Stage]:
    async with staged(serve) as stage:
        yield stage


async def refused(call: Awaitable[object]) -> str:
    """The word with which Slack refuses *call*."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]
