"""The clock that the other tests of this room tell the time by."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.slack.client import connect
from tests.conftest import Serve
from tests.slack.virtual import VirtualClock


async def test_no_time_passes_while_slack_is_asked(serve: Serve) -> None:
    clock = VirtualClock(breath=0.001)
    answered = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(0.05)  # of the real time, in which the clock could jump fifty times
        answered.set()
        return web.json_response({"ok": True, "now": clock.now()})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    async with connect("xoxb-1", api_url=f"{await serve(app)}/api/") as client:
        clock.heed(client)
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(client.ask("auth.test"))
            await asyncio.sleep(0)
            await clock.sleep(10)

    assert answered.is_set()
    assert asked.result()["now"] == 0
    assert clock.now() == 10
