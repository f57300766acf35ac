"""The bot's port as strangers find it."""

from __future__ import annotations

from pathlib import Path

from aiohttp import ClientSession

from tests.conftest import Serve
from tests.e2e.town import town


async def test_a_stranger_is_turned_away_without_a_word_in_the_log(tmp_path: Path, serve: Serve):
    """Also one who says that plain bytes are packed."""
    async with town(serve, tmp_path) as here, ClientSession() as http:
        for headers in ({}, {"Content-Encoding": "gzip"}, {"X-Slack-Signature": "v0=0"}):
            async with http.post(here.bot.url, data=b"command=/factcheck", headers=headers) as no:
                assert (no.status, await no.read()) == (401, b"")

        assert "Traceback" not in here.bot.log()
        assert here.of_the_bot() == []
