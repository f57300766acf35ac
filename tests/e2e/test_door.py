"""The bot's port as strangers find it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import ClientSession

from tests.conftest import Serve
from tests.e2e.town import Town, town, until


async def test_a_stranger_is_turned_away_without_a_word_in_the_log(tmp_path: Path, serve: Serve):
    """Also one who says that plain bytes are packed."""
    async with town(serve, tmp_path) as here, ClientSession() as http:
        for headers in ({}, {"Content-Encoding": "gzip"}, {"X-Slack-Signature": "v0=0"}):
            async with http.post(here.bot.url, data=b"command=/factcheck", headers=headers) as no:
                assert (no.status, await no.read()) == (401, b"")

        assert "Traceback" not in here.bot.log()
        assert here.of_the_bot() == []


async def test_by_socket_mode_a_run_needs_no_address_of_ours(tmp_path: Path, serve: Serve):
    env = {"SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": ""}
    async with town(serve, tmp_path, env=env) as here, ClientSession() as http:
        async with asyncio.timeout(20):
            while await sockets_of(here, http) < 2:
                await asyncio.sleep(0.02)
        await here.say("/factcheck Honey never spoils")
        await until(here.of_the_bot)

        async with http.post(here.bot.url, data=b"command=/factcheck") as no:
            assert no.status == 404
        async with http.get(here.bot.url.replace("slack/events", "readyz")) as ready:
            assert ready.status == 200


async def sockets_of(here: Town, http: ClientSession) -> int:
    """Connections that the bot holds to the playground."""
    async with http.get(f"{here.url}/playground/bot") as reply:
        return (await reply.json())["sockets"]
