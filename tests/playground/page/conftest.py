"""The page in a browser. One browser for all tests: it starts slowly; each has its own page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.playground.conftest import Stage, staged
from tests.serving import serving

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium")
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(missing)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def stage() -> AsyncIterator[Stage]:
    async with serving() as serve, staged(serve) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="package")
async def page(stage: Stage, browser: Browser) -> AsyncIterator[Page]:
    """The page in a browser; no script of it may fail."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800}, reduced_motion="reduce"
    )
    page = await context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("dialog", lambda dialog: broken.append(dialog.message))
    await page.goto(stage.url)
    await page.wait_for_selector("html[data-ready]")
    yield page
    await context.close()
    assert broken == []
