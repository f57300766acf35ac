"""A scripted model server and the real client in front of it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.calls.port import Call
from bot.llm.build import _client
from bot.llm.openai import OpenAISender
from bot.llm.searching import SearchSender
from patterns.ports import Prompt
from tests.conftest import Serve
from tests.fakes.model_server import ModelServer
from tests.llm.questions import ballot

#: Serves a script; gives the client's side of it: one request, no second attempt.
Spoken = Callable[[ModelServer], Awaitable[OpenAISender]]
#: The same, to search the web.
Searching = Callable[[ModelServer], Awaitable[SearchSender]]


def call(prompt: Prompt | None = None) -> Call:
    asked = prompt or ballot()
    turns = ({"role": "system", "content": asked.system}, {"role": "user", "content": asked.text})
    return Call(prompt=asked, turns=turns, most_output=500)


@pytest.fixture
async def spoken(serve: Serve) -> AsyncIterator[Spoken]:
    async with AsyncExitStack() as stack:

        async def start(server: ModelServer) -> OpenAISender:
            url = await serve(server.app())
            client = await stack.enter_async_context(_client("sk-canary", f"{url}/v1", 10, 500))
            return OpenAISender(client, "house-model")

        yield start


@pytest.fixture
async def searching(serve: Serve) -> AsyncIterator[Searching]:
    async with AsyncExitStack() as stack:

        async def start(server: ModelServer) -> SearchSender:
            url = await serve(server.app())
            client = await stack.enter_async_context(_client("sk-canary", f"{url}/v1", 10, 500))
            return SearchSender(client, "house-model")

        yield start


@pytest.fixture
def unused_url() -> str:
    """An address where nobody listens: the port was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}/v1"


async def quiet(server: ModelServer) -> None:
    """Returns when nothing is open at *server* any more; fails after five seconds."""
    async with asyncio.timeout(5):
        while server.at_once:
            await asyncio.sleep(0.01)
