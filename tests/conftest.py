"""What tests of several rooms share: a migrated database, a store, servers, a browser."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from bot.store.database import Database, connect, upgrade
from bot.store.runs import SqlRunStore
from tests.browsers import opened

Serve = Callable[[web.Application], Awaitable[str]]
#: Of the tests that mostly wait.
LONGEST = "test_load.py"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """The tests are no garbage: to look through them again and again takes a tenth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000)
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """
    Every other worker begins with what mostly waits: beside it there is something to do.

    Each is handed as many tests in a row, and who is done takes from the end of another's row.
    """
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    waiting = sorted(filter(_waits, items), key=lambda item: item.path.name != LONGEST)
    rest = [item for item in items if not _waits(item)]
    items.clear()
    for left in range(workers, 0, -1):
        row = (len(waiting) + len(rest)) // left
        here = len(waiting) // -(-left // 2) if (workers - left) % 2 == 0 else 0
        fill = max(row - here, 0)
        items += waiting[:here] + rest[:fill]
        waiting, rest = waiting[here:], rest[fill:]


def _waits(item: pytest.Item) -> bool:
    return item.path.parent.name == "e2e" or item.path.name == "test_rough_weather.py"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them, to be copied: that is quicker."""
    path = tmp_path_factory.mktemp("migrated") / "quorum.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def database_url(migrated: Path, tmp_path: Path) -> str:
    path = shutil.copy(migrated, tmp_path / "quorum.db")
    return f"sqlite+aiosqlite:///{path}"


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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One for all tests: it starts slowly. Who uses it has the event loop of the session."""
    async with opened() as browser:
        yield browser
