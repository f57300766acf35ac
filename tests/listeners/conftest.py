"""A house of listeners, and a Slack that writes down what it is told."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from tests.conftest import Serve
from tests.listeners.house import Asked, House


@pytest.fixture
def asked() -> Asked:
    """Everything that was sent to Slack: path and body."""
    return asyncio.Queue()


@pytest.fixture
async def house(serve: Serve, asked: Asked) -> House:
    async def take(request: web.Request) -> web.Response:
        asked.put_nowait((request.path, await request.json()))
        return web.Response(text="ok")

    slack = web.Application()
    slack.router.add_route("*", "/{path:.*}", take)
    return House(await serve(slack))
