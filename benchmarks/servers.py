"""What the measured process speaks to: other processes, on this machine."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def model_server(latency: float) -> AsyncIterator[str]:
    """The base URL of a model whose answers take *latency* seconds."""
    async with _server("tests.fakes.model_server", "--latency", str(latency)) as url:
        yield url


@asynccontextmanager
async def slack_api() -> AsyncIterator[str]:
    """The address of the Web API of a Slack."""
    async with _server("tests.fakes.slack_api") as url:
        yield url


@asynccontextmanager
async def _server(module: str, *options: str) -> AsyncIterator[str]:
    """The address that *module* prints first."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *options, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert server.stdout
        yield (await server.stdout.readline()).decode().strip()
    finally:
        server.terminate()
        await server.wait()
