"""The pictures of the README, taken from the running demo: `make screenshot`."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

CLAIM = "The Great Wall is visible from the Moon"
#: What was said in the channel tells of it.
KNOWN = "Support had 214 tickets, 31 fewer than last week"
CLAIMS = (
    "The move of the build server took 18 minutes. Our builds are about a third faster now. Falcon "
    "is 40 grams of glass. I think that will be our best brochure."
)
CHROMIUM = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chromium-headless-shell",
)
WIDE: ViewportSize = {"width": 1120, "height": 720}
TALL: ViewportSize = {"width": 1120, "height": 900}
NARROW = {"width": 390, "height": 844}
WAIT = 60_000  # milliseconds


async def main(folder: Path) -> None:
    """Every picture is a PNG in *folder*."""
    chromium = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    async with demo() as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        async with page_of(browser, url, viewport=WIDE, color_scheme="light") as page:
            await fact_check(page, folder)
            await several_claims(page, folder / "claims.png")
            await summarize(page, folder)
            await brainstorm(page, folder)
            await form(page, folder / "form.png")
            await shortcuts(page, folder / "shortcuts.png")
            await home(page, folder / "home.png")
        for name, look in {
            "dark": {"viewport": WIDE, "color_scheme": "dark"},
            "narrow": {"viewport": NARROW, "color_scheme": "light"},
            "narrow-dark": {"viewport": NARROW, "color_scheme": "dark"},
        }.items():
            async with page_of(browser, url, **look) as page:
                await page.screenshot(path=folder / f"{name}.png")
                await verdict(page, folder / f"factcheck-{name}.png")
                await home(page, folder / f"home-{name}.png")
        async with page_of(browser, url, viewport=NARROW, color_scheme="dark") as page:
            await form(page, folder / "form-narrow-dark.png")
        await browser.close()


async def form(page: Page, path: Path) -> None:
    await say(page, "/factcheck")
    await expect(page.locator("#modal")).to_be_visible(timeout=WAIT)
    await page.locator("#modal textarea").fill(CLAIM)
    await page.screenshot(path=path)
    await page.keyboard.press("Escape")


async def shortcuts(page: Page, path: Path) -> None:
    await page.locator("#places").get_by_text("falcon").click()
    await page.locator("#log .thread-link").first.click()
    reply = page.locator("#thread-log article", has_text="hit dozens of times a year")
    await reply.scroll_into_view_if_needed()
    await reply.hover()
    await reply.get_by_role("button", name="More actions").click()
    await page.screenshot(path=path)
    await page.keyboard.press("Escape")
    await page.locator("#close-thread").click()


async def home(page: Page, path: Path) -> None:
    if await page.locator("#open-drawer").is_visible():
        await page.locator("#open-drawer").click()
    await page.locator("#places").get_by_text("Quorum").click()
    await page.locator("#tab-home").click()
    await expect(page.locator("#home .block-header").first).to_be_visible(timeout=WAIT)
    await page.screenshot(path=path)


async def fact_check(page: Page, folder: Path) -> None:
    await say(page, f"/factcheck {CLAIM}")
    await expect(card_of(page, CLAIM).locator(".plan")).to_be_visible(timeout=WAIT)
    await page.screenshot(path=folder / "working.png")
    await expect(card_of(page, CLAIM)).to_contain_text("Close the vote", timeout=WAIT)
    await say(page, f"/factcheck {KNOWN}")
    card = card_of(page, KNOWN)
    await expect(card).to_contain_text("Close the vote", timeout=WAIT)
    await expect(card.locator(".thread-link")).to_contain_text("6 replies", timeout=WAIT)
    await card.locator(".thread-link").click()
    await expect(page.locator("#thread-log article")).to_have_count(7, timeout=WAIT)
    await verdict(page, folder / "factcheck.png")
    await page.locator("#close-thread").click()


async def verdict(page: Page, path: Path) -> None:
    """The whole card of what was checked against the channel."""
    size = page.viewport_size
    assert size
    await page.mouse.move(0, 0)  # no toolbar over what is to be read
    await page.set_viewport_size({"width": size["width"], "height": TALL["height"]})
    await card_of(page, KNOWN).evaluate("each => each.scrollIntoView({block: 'start'})")
    await page.screenshot(path=path)
    await page.set_viewport_size(size)


async def several_claims(page: Page, path: Path) -> None:
    await say(page, CLAIMS)
    said = page.locator("#log article", has_text="our best brochure").first
    await said.hover()
    await said.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Fact-check message").click()
    await said.locator(".thread-link").click(timeout=WAIT)
    card = page.locator("#thread-log article", has_text="3 claims").first
    await expect(card).to_contain_text("vote on them in the thread", timeout=WAIT)
    await page.mouse.move(0, 0)
    await page.set_viewport_size(TALL)
    await card.evaluate("each => each.scrollIntoView({block: 'start'})")
    await page.screenshot(path=path)
    await page.set_viewport_size(WIDE)
    await page.locator("#close-thread").click()


def card_of(page: Page, claim: str) -> Locator:
    return page.locator("#log article:has(.avatar.bot)", has_text=claim).first


async def summarize(page: Page, folder: Path) -> None:
    await page.locator("#places").get_by_text("falcon").click()
    await say(page, "/summarize since 7d")
    # the card and the broadcast
    await expect(page.locator("#log article", has_text="Read 34 of 34")).to_have_count(
        2, timeout=WAIT
    )
    await page.screenshot(path=folder / "summarize.png")


async def brainstorm(page: Page, folder: Path) -> None:
    await page.locator("#places").get_by_text("general").click()
    await say(page, "/brainstorm Nobody reads our release notes")
    await expect(page.locator("#log article", has_text="release notes").last).to_contain_text(
        "replied to a thread", timeout=WAIT
    )
    await page.screenshot(path=folder / "brainstorm.png")


async def say(page: Page, text: str) -> None:
    await page.locator("#composer-input").fill(text)
    await page.locator("#composer-input").press("Enter")


@asynccontextmanager
async def page_of(browser: Browser, url: str, **look: Any) -> AsyncIterator[Page]:
    context = await browser.new_context(reduced_motion="reduce", **look)
    page = await context.new_page()
    await page.goto(url)
    await expect(page.locator("#bot-state")).to_contain_text("online", timeout=WAIT)
    yield page
    await context.close()


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """`quorum demo` in a folder of its own."""
    port, bot_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as home:
        command = ["demo", "--no-browser", "--port", str(port), "--bot-port", str(bot_port)]
        process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("quorum"),
            *command,
            cwd=home,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        try:
            await ready(process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            await process.communicate()


async def ready(process: Process) -> None:
    assert process.stdout
    async with asyncio.timeout(30):
        while b"Open" not in await process.stdout.readline():
            if process.stdout.at_eof():
                raise SystemExit("The demo did not start.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/images"))
    asyncio.run(main(parser.parse_args().folder))
