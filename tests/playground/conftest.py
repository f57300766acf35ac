"""A playground on a free port, a bot that records deliveries, Slack's own client, and a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientSession, web
from playwright.async_api import Page, async_playwright
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.sample import sample
from playground.server import DELIVERIES, LIMITS, build
from playground.values import Message
from playground.workspace import Workspace

SECRET, TOKEN = "a secret of the tests", "xoxb-tests"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


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


@pytest.fixture
async def stage(serve) -> AsyncIterator[Stage]:
    bot, workspace = Bot(), sample()
    bot_url = await serve(bot.app())
    app = build(workspace, bot_url=f"{bot_url}/slack/events", signing_secret=SECRET, token=TOKEN)
    url = await serve(app)
    slack = AsyncWebClient(TOKEN, base_url=f"{url}/api/", retry_handlers=[])
    async with ClientSession() as http:
        yield Stage(url=url, app=app, workspace=workspace, slack=slack, bot=bot, http=http)


@pytest.fixture
async def page(stage) -> AsyncIterator[Page]:
    """The page in a browser; no script of it may fail."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("dialog", lambda dialog: broken.append(dialog.message))
        await page.goto(stage.url)
        await page.wait_for_selector("html[data-ready]")
        yield page
        await browser.close()
    assert broken == []


async def refused(call: Awaitable[object]) -> str:
    """The word with which Slack refuses *call*."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response["error"]
