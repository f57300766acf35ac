"""What the measured process speaks to: other processes, on this machine."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def model_server(
    latency: float, *, lognormal: float = 0, seed: int = 0
) -> AsyncIterator[str]:
    """
    The base URL of a model whose answers take *latency* seconds.

    *lognormal* is how far they spread; with the same *seed* the nth call takes the same time.
    """
    options = {"--latency": latency, "--lognormal": lognormal, "--seed": seed}
    words = [str(word) for option in options.items() for word in option]
    async with _server("tests.fakes.model_server", *words) as url:
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
