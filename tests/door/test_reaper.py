"""Connections that bring nothing are closed, at no cost to those that do."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.door.reaper import (
    CONNECTIONS_MOST,
    SILENT_SECONDS,
    Connections,
    bearable,
    reaping,
)
from tests.door.door import Door, a_front_door, form, signature

HALF = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"


class Guests:
    """Connections as the server knows them, by name."""

    def __init__(self) -> None:
        self.known = Connections()
        self._note = self.known.middleware()
        self._protocols: dict[str, Any] = {}

    def protocol(self, name: str) -> Any:
        if name not in self._protocols:
            self._protocols[name] = make_mocked_request("GET", "/").protocol
        return self._protocols[name]

    def useless(self, *names: str, now: float, most: int = 100) -> list[str]:
        found = self.known.useless(map(self.protocol, names), now=now, most=most)
        return [name for name in names if self.protocol(name) in found]

    async def speaks(self, name: str, seconds: float = 0) -> None:
        async def handler(_: web.Request) -> web.Response:
            await asyncio.sleep(seconds)
            return web.Response()

        request = make_mocked_request("GET", "/", protocol=self.protocol(name))
        await self._note(request, handler)


async def test_who_never_ended_a_request_is_closed_after_ten_seconds() -> None:
    guests = Guests()
    await guests.speaks("slack")

    assert guests.useless("slack", "idler", now=0) == []
    assert guests.useless("slack", "idler", "newer", now=SILENT_SECONDS - 1) == []
    assert guests.useless("slack", "idler", "newer", now=SILENT_SECONDS) == ["idler"]
    assert guests.useless("slack", "newer", now=2 * SILENT_SECONDS) == ["newer"]


async def test_where_there_are_too_many_the_longest_idle_go_first() -> None:
    guests = Guests()
    for name in ("old", "middle", "new"):
        await guests.speaks(name)
    names = ("new", "half", "middle", "old")

    assert guests.useless(*names, now=1, most=4) == []
    assert guests.useless(*names, now=1, most=3) == ["half"]
    assert set(guests.useless(*names, now=1, most=1)) == {"half", "old", "middle"}


async def test_who_is_being_answered_is_never_closed() -> None:
    guests = Guests()
    async with asyncio.TaskGroup() as group:
        busy = group.create_task(guests.speaks("busy", seconds=60))
        await asyncio.sleep(0)
        assert guests.useless("busy", now=0, most=0) == []
        assert guests.useless("busy", now=99, most=0) == []
        busy.cancel()


@pytest.mark.parametrize(
    ("soft", "most"),
    [(256, 128), (1024, 512), (1_000_000, CONNECTIONS_MOST), (resource.RLIM_INFINITY, 2_000)],
)
def test_half_of_the_descriptors_stay_for_everything_else(soft: int, most: int) -> None:
    assert bearable(lambda _: (soft, soft)) == most


@pytest.fixture
async def runner() -> AsyncIterator[web.AppRunner]:
    """A front door with its reaper, on a free port."""
    door = Door("", None)  # type: ignore[arg-type]
    runner = web.AppRunner(a_front_door(door.dispatch, ["new-secret"]), shutdown_timeout=3)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner
    await runner.cleanup()


async def test_500_half_open_connections_are_closed_and_change_nothing(
    runner: web.AppRunner,
) -> None:
    """Each has sent half a head."""
    host, port = runner.addresses[0][:2]
    async with AsyncExitStack() as stack:
        idlers = [await asyncio.open_connection(host, port) for _ in range(500)]
        for _, writer in idlers:
            stack.callback(writer.close)
            writer.write(HALF)
        await connected(runner, 500)
        await answered(f"http://{host}:{port}/slack/events")

        async with asyncio.timeout(20), reaping(runner, silent_seconds=0.2, sweep_seconds=0.05):
            for reader, _ in idlers:
                with suppress(ConnectionResetError):
                    assert await reader.read() == b""
        await answered(f"http://{host}:{port}/slack/events")


async def test_who_speaks_is_not_reaped(runner: web.AppRunner) -> None:
    """A connection that ended a request may idle for as long as the server allows."""
    host, port = runner.addresses[0][:2]
    reader, writer = await asyncio.open_connection(host, port)
    _, silent = idler = await asyncio.open_connection(host, port)
    async with reaping(runner, silent_seconds=0.1, sweep_seconds=0.02):
        for _ in range(2):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            with suppress(ConnectionResetError):
                assert await idler[0].read() == b""
    writer.close()
    silent.close()


async def test_the_reaper_ends_with_the_runner(runner: web.AppRunner) -> None:
    async with asyncio.timeout(5), reaping(runner):
        await asyncio.sleep(0)


async def test_half_open_connections_and_stuck_bodies_do_not_hold_up_the_end(
    runner: web.AppRunner,
) -> None:
    host, port = runner.addresses[0][:2]
    head = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in signature(b"").items())
    stuck = HALF + head.encode() + b"Content-Length: 9\r\n\r\n"
    async with AsyncExitStack() as stack:
        for sent in [HALF, stuck] * 10:
            _, writer = await asyncio.open_connection(host, port)
            stack.callback(writer.close)
            writer.write(sent)
        await connected(runner, 20)

        async with asyncio.timeout(5):
            await runner.cleanup()


async def connected(runner: web.AppRunner, number: int) -> None:
    async with asyncio.timeout(10):
        while runner.server is None or len(runner.server.connections) < number:
            await asyncio.sleep(0.01)


async def answered(url: str) -> None:
    """A signed command gets its 200."""
    body = form(text=str(asyncio.get_running_loop().time()))
    headers = {name.replace("_", "-"): value for name, value in signature(body).items()}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as reply:
        assert reply.status == 200
