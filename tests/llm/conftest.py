"""A scripted model server and the real client in front of it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.llm.build import open_model
from bot.llm.openai import OpenAIModel
from bot.llm.retrying import Retrying
from patterns.ports import SILENT
from tests.conftest import Serve
from tests.fakes.model_server import ModelServer

#: Serves a script; gives the client's side of it, without retries.
Spoken = Callable[[ModelServer], Awaitable[OpenAIModel]]


@pytest.fixture
async def spoken(serve: Serve) -> AsyncIterator[Spoken]:
    async with AsyncExitStack() as stack:

        async def start(server: ModelServer) -> OpenAIModel:
            url = await serve(server.app())
            model_for = await stack.enter_async_context(
                open_model(
                    name="house-model",
                    api_key="sk-canary",
                    base_url=f"{url}/v1",
                    attempt_seconds=10,
                    simulated_pace=0,
                )
            )
            ring = model_for(SILENT)
            assert isinstance(ring, Retrying)
            inner = ring._model
            assert isinstance(inner, OpenAIModel)
            return inner

        yield start


@pytest.fixture
def unused_url() -> str:
    """An address where nobody listens: the port was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}/v1"
