"""What tests of several rooms share: a migrated database, a store, servers on free ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from bot.store.database import Database, connect, upgrade
from bot.store.runs import SqlRunStore

Serve = Callable[[web.Application], Awaitable[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits comes first, the longest before all: at the end nobody waits for it."""

    def place(item: pytest.Item) -> int:
        where = item.path.relative_to(Path(__file__).parent).as_posix()
        return 0 if where == "e2e/test_load.py" else 1 if where.startswith("e2e/") else 2

    items.sort(key=place)


@pytest.fixture
async def database_url(tmp_path: Path) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path}/quorum.db"
    await upgrade(url)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with connect(database_url) as database:
        yield database


@pytest.fixture
def store(database: Database) -> SqlRunStore:
    return SqlRunStore(database)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts an aiohttp application on a free port of loopback; returns its base URL."""
    runners: list[web.AppRunner] = []

    async def start(app: web.Application) -> str:
        runner = web.AppRunner(app, shutdown_timeout=1)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    yield start
    for runner in runners:
        await runner.cleanup()
