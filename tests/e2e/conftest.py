"""A browser for the tests that look at the page as a person does."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.e2e.browsing import Moods, Street
from tests.e2e.town import town
from tests.fakes.model_server import ModelServer
from tests.serving import serving

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@asynccontextmanager
async def opened() -> AsyncIterator[Browser]:
    """The system's Chromium, else Playwright's own; `scripts/browser` installs one."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        await browser.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with opened() as browser:
        yield browser


@asynccontextmanager
async def lived_in(home: Path, model: ModelServer | None) -> AsyncIterator[Street]:
    async with (
        serving() as serve,
        town(serve, home, model=model) as here,
        opened() as browser,
    ):
        yield Street(town=here, browser=browser)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulated(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    """One town and one browser for all tests of a module: each starts slowly."""
    async with lived_in(tmp_path_factory.mktemp("simulated"), None) as street:
        yield street


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory, moods: Moods) -> AsyncIterator[Street]:
    """The same, with a server of models that has its *moods*."""
    async with lived_in(tmp_path_factory.mktemp("street"), ModelServer(moods)) as street:
        yield street


@pytest.fixture(scope="module")
def moods() -> Moods:
    return Moods()
