"""A bot without a token of its own: a workspace installs it in a browser, and it works there."""

from __future__ import annotations

import asyncio
import html
import re
from pathlib import Path

import aiohttp

from tests.conftest import Serve
from tests.e2e.town import Town, town, until

#: The port is not known when the settings are; a browser of these tests finds it.
ADDRESS = "http://127.0.0.1:9"
BY_OAUTH = {
    "SLACK_BOT_TOKEN": "",
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "hush-hush",
    "QUORUM_SECRET_KEY": "A" * 43 + "=",
    "QUORUM_URL": ADDRESS,
    "QUORUM_SIMULATED_PACE": "0",
}


async def install(here: Town) -> str:
    """What the browser shows at the end."""
    bot = here.bot.url.removesuffix("/slack/events")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{bot}/slack/install") as reply:
            page = await reply.text()
        [back] = re.findall(r'<a href="([^"]*)">Allow</a>', page)
        async with browser.get(html.unescape(back).replace(ADDRESS, bot)) as reply:
            return await reply.text()


async def test_it_works_where_it_was_installed_and_nowhere_before(
    tmp_path: Path, serve: Serve
) -> None:
    async with town(serve, tmp_path, env=BY_OAUTH) as here:
        assert "Quorum is in" in await install(here)

        await here.say("/factcheck The moon is made of cheese")
        await until(lambda: len(_results(here)) == 1)

        await here.bot.stop()
        await here.bot.start()  # with the token that was written down
        await here.say("/factcheck The sun is made of butter")
        await until(lambda: len(_results(here)) == 2)

        assert "Traceback" not in here.bot.log()
        kept = await asyncio.to_thread(_written, tmp_path)
        assert b"xoxb-" not in kept
        assert b"hush-hush" not in kept


def _results(here: Town) -> list[str]:
    return [said.text for said in here.of_the_bot() if said.broadcast]


def _written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
