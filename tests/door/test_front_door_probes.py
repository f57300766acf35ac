"""What the front door tells those who watch the process: alive, ready, figures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from bot.door.readiness import READY_SECONDS
from bot.runs.errors import StorageFailed
from tests.conftest import Serve
from tests.door.door import NEW, NOW, Door, a_front_door
from tests.fakes.virtual_time import in_virtual_time

FIGURES = b"quorum_runs_total 5\n"


class Watched:
    """A door, and the database behind it."""

    def __init__(self, serve: Serve, session: aiohttp.ClientSession) -> None:
        self._serve = serve
        self._session = session
        self.url = ""
        self.now = float(NOW)
        self.asked = 0
        self.look: Callable[[], Awaitable[None]] = self.well

    async def well(self) -> None: ...

    async def failing(self) -> None:
        raise StorageFailed("disk I/O error at /srv/secret")

    async def ready(self) -> None:
        self.asked += 1
        await self.look()

    async def opened(self, token: str | None = None) -> None:
        dispatch = Door("", self._session).dispatch
        app = a_front_door(
            dispatch,
            [NEW],
            clock=lambda: self.now,
            ready=self.ready,
            metrics=lambda: (FIGURES, "text/plain; version=0.0.4"),
            metrics_token=token,
        )
        self.url = await self._serve(app)

    async def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        async with self._session.get(self.url + path, headers=headers) as reply:
            return reply.status, await reply.read()


@pytest.fixture
async def watched(serve: Serve) -> AsyncIterator[Watched]:
    async with aiohttp.ClientSession() as session:
        yield Watched(serve, session)


async def test_ready_is_who_has_a_database_that_answers(watched: Watched) -> None:
    await watched.opened()

    assert await watched.get("/readyz") == (200, b"OK")


async def test_without_its_database_the_process_lives_but_is_not_ready(watched: Watched) -> None:
    await watched.opened()
    watched.look = watched.failing

    assert await watched.get("/readyz") == (503, b"Service Unavailable")
    assert await watched.get("/healthz") == (200, b"ok")


def test_a_database_that_hangs_is_not_ready() -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    async def asked() -> tuple[int, float]:
        app = a_front_door(Door("", None).dispatch, [NEW], ready=hang)  # type: ignore[arg-type]
        readyz = next(r for r in app.router.routes() if r.resource.canonical == "/readyz")
        reply = await readyz.handler(make_mocked_request("GET", "/readyz"))
        return reply.status, asyncio.get_running_loop().time()

    assert in_virtual_time(asked()) == (503, READY_SECONDS)


async def test_however_often_it_is_asked_the_database_is_asked_once_a_second(
    watched: Watched,
) -> None:
    await watched.opened()

    await asyncio.gather(*(watched.get("/readyz") for _ in range(20)))
    assert watched.asked == 1

    watched.now += 1
    watched.look = watched.failing
    assert (await watched.get("/readyz"))[0] == 503
    assert watched.asked == 2


async def test_who_bears_the_token_reads_the_figures(watched: Watched) -> None:
    await watched.opened(token="k3y")

    assert await watched.get("/metrics", Authorization="Bearer k3y") == (200, FIGURES)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "k3y"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer k3"},
        {"Authorization": "Bearer k3y "[:-1] + "x"},
        {"Authorization": "Bearer ké"},
        {"Authorization": "Basic azN5"},
    ],
)
async def test_nobody_else_gets_a_byte_of_them(watched: Watched, headers: dict[str, str]) -> None:
    await watched.opened(token="k3y")

    assert await watched.get("/metrics", **headers) == (401, b"")


@pytest.mark.parametrize("token", [None, ""])
async def test_where_no_token_is_set_nobody_reads_the_figures(
    watched: Watched, token: str | None
) -> None:
    await watched.opened(token=token)

    for said in ("Bearer ", "Bearer None", ""):
        assert await watched.get("/metrics", Authorization=said) == (401, b"")
