"""A house of listeners, and a Slack that nothing may be sent to but through the ports."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from aiohttp import web

from tests.conftest import Serve
from tests.listeners.house import House


@pytest.fixture
async def house(serve: Serve) -> AsyncGenerator[House]:
    """Bolt asks Slack nothing by itself: not for who we are, and not for a person."""
    asked: list[str] = []

    async def take(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="ok")

    slack = web.Application()
    slack.router.add_route("*", "/{path:.*}", take)
    yield House(await serve(slack))
    assert asked == []
