"""The whole way in: a page that says Allow, the database, and a workspace that can be spoken to."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.door.oauth import REFUSED, oauth_routes
from bot.runs.leaving import Leaving
from bot.runs.model import Place
from bot.slack.client import connect
from bot.slack.errors import NoEntry
from bot.slack.installed import Installed
from bot.slack.tokens import AppSecret, Tokens
from bot.store.database import Database
from bot.store.erasing import SqlEraser
from bot.store.installations import SqlInstallations
from bot.store.states import SqlStates
from bot.store.vault import Vault
from playground.sample import sample
from playground.server import build
from tests.conftest import Serve

KEY = "A" * 43 + "="


class Idle:
    """An engine with nothing to do."""

    async def start(self, run_id: str, /) -> None:
        raise NotImplementedError

    async def cancel(self, run_id: str, /) -> None:
        raise NotImplementedError


@dataclass
class House:
    url: str
    team: str
    browser: aiohttp.ClientSession
    workspaces: Installed
    leaving: Leaving

    async def page(self, address: str) -> str:
        async with self.browser.get(address) as reply:
            return await reply.text()

    async def choose(self, choice: str) -> str:
        """What the browser shows after "Allow", or "Cancel"."""
        asked = await self.page(f"{self.url}/slack/install")
        [link] = re.findall(rf'<a href="([^"]*)">{choice}</a>', asked)
        return await self.page(html.unescape(link))


@pytest.fixture
async def house(serve: Serve, database: Database, unused_tcp_port: int) -> AsyncIterator[House]:
    workspace = sample()
    there = build(workspace, bot_url="http://127.0.0.1:1", signing_secret="s", token="xoxb-none")
    api_url = f"{await serve(there)}/api/"
    installations = SqlInstallations(database, Vault(SecretStr(KEY)))
    url = f"http://127.0.0.1:{unused_tcp_port}"
    states = SqlStates(database)
    routes = oauth_routes(
        "1.2", "hush", url, installations=installations, states=states, api_url=api_url
    )
    async with (
        listening(routes, unused_tcp_port),
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser,
        connect(api_url=api_url) as line,
    ):
        tokens = Tokens(installations, line, AppSecret("1.2", SecretStr("hush")))
        workspaces = Installed(installations, line, tokens)
        eraser = SqlEraser(database)
        leaving = Leaving(eraser, Idle(), forget=workspaces.left)
        yield House(url, workspace.team, browser, workspaces, leaving)


@asynccontextmanager
async def listening(routes: list[web.RouteDef], port: int) -> AsyncIterator[None]:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


async def test_a_workspace_that_allows_it_can_be_spoken_to_until_it_leaves(house: House) -> None:
    place = Place(team=house.team, channel="")
    with pytest.raises(NoEntry):
        await house.workspaces.of(place)

    assert "/invite @Quorum" in await house.choose("Allow")

    workspace = await house.workspaces.of(place)
    assert workspace.identity.team_id == house.team
    told = await workspace.client.ask("auth.test")
    assert told["url"] == workspace.identity.url
    assert told["user_id"] == workspace.identity.user_id

    for _ in range(2):
        await house.leaving.left(house.team)
        with pytest.raises(NoEntry):
            await workspace.client.ask("auth.test")
        with pytest.raises(NoEntry):
            await house.workspaces.of(place)

    assert "/invite @Quorum" in await house.choose("Allow")  # and back again
    await (await house.workspaces.of(place)).client.ask("auth.test")


async def test_a_workspace_that_does_not_is_told_so(house: House) -> None:
    assert REFUSED in await house.choose("Cancel")

    with pytest.raises(NoEntry):
        await house.workspaces.of(Place(team=house.team, channel=""))
