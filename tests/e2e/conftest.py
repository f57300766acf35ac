"""Towns for the tests that look at the page as a person does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.e2e.browsing import Moods, Street
from tests.e2e.town import town
from tests.fakes.model_server import ModelServer
from tests.serving import serving


@asynccontextmanager
async def lived_in(
    home: Path, browser: Browser, model: ModelServer | None
) -> AsyncIterator[Street]:
    async with serving() as serve, town(serve, home, model=model) as here:
        yield Street(town=here, browser=browser)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def simulated(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> AsyncIterator[Street]:
    """One town for all tests of a module."""
    async with lived_in(tmp_path_factory.mktemp("simulated"), browser, None) as street:
        yield street


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def street(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, moods: Moods
) -> AsyncIterator[Street]:
    """The same, with a server of models that has its *moods*."""
    home = tmp_path_factory.mktemp("street")
    async with lived_in(home, browser, ModelServer(moods)) as street:
        yield street


@pytest.fixture(scope="module")
def moods() -> Moods:
    return Moods()
