"""A person at the playground's page: types, reads the thread, presses buttons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.conftest import Serve
from tests.e2e.town import Town, town

pytestmark = pytest.mark.browser

WAIT = 60_000  # milliseconds
CLAIM = "The Great Wall is visible from the Moon"


@asynccontextmanager
async def page_of(browser: Browser, here: Town, **options: object) -> AsyncIterator[Page]:
    """A page on which no script failed and nothing was refused by its security policy."""
    context = await browser.new_context(**options)  # pyright: ignore[reportArgumentType]
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    await page.goto(here.url)
    await expect(page.locator("#bot-state")).to_contain_text("online", timeout=WAIT)
    yield page
    await context.close()
    assert troubles == []


async def type_in(page: Page, text: str) -> None:
    field = page.locator("#composer-input")
    await field.fill(text)
    await field.press("Enter")


async def act_as(page: Page, here: Town, name: str) -> None:
    await page.locator("#acting").select_option(here.workspace.person_named(name).id)


def card(page: Page, of: str):
    return page.locator("#log article", has_text=of).first


async def test_a_claim_is_typed_and_its_verdict_read(
    browser: Browser, serve: Serve, tmp_path: Path
):
    """Card, five branch messages in the thread, verdict in the channel."""
    async with town(serve, tmp_path) as here, page_of(browser, here) as page:
        field = page.locator("#composer-input")
        await field.type("/fact")
        await expect(page.locator(".choice", has_text="/factcheck")).to_be_visible()
        await field.press("Tab")
        await expect(page.locator(".usage").first).to_contain_text("/factcheck")
        await field.type(CLAIM)
        await field.press("Enter")

        await expect(card(page, CLAIM)).to_contain_text("of 5 voters", timeout=WAIT)
        await expect(card(page, CLAIM)).to_contain_text("Simulated model")
        broadcast = page.locator("#log article", has_text="replied to a thread")
        await expect(broadcast).to_contain_text("of 5 voters", timeout=WAIT)
        await card(page, CLAIM).locator(".thread-link").click()
        thread = page.locator("#thread-log article")
        await expect(thread).to_have_count(7, timeout=WAIT)
        for seat in ("Skeptic", "Advocate", "Neutral reader", "Numbers and dates"):
            await expect(page.locator("#thread-log")).to_contain_text(seat)


async def test_a_run_is_cancelled_by_who_asked_and_nobody_else(
    browser: Browser, serve: Serve, tmp_path: Path
):
    """Branches go on, and the card with them, while a person reads the question."""
    slow = {"QUORUM_SIMULATED_PACE": "5"}
    async with town(serve, tmp_path, env=slow) as here, page_of(browser, here) as page:
        await type_in(page, f"/factcheck {CLAIM} --voters 15")
        await expect(card(page, CLAIM)).to_contain_text("0 of 15 voters done", timeout=WAIT)

        await act_as(page, here, "Ben")
        await card(page, CLAIM).get_by_role("button", name="Cancel").click()
        await page.locator("#confirm-yes").click()
        await expect(page.locator(".whisper")).to_contain_text("asked", timeout=WAIT)

        await act_as(page, here, "Ann")
        read = await card(page, CLAIM).locator(".plan").inner_text()
        await card(page, CLAIM).get_by_role("button", name="Cancel").click()
        await expect(card(page, CLAIM).locator(".plan")).not_to_have_text(
            read, use_inner_text=True, timeout=WAIT
        )
        await page.locator("#confirm-yes").click()
        await expect(card(page, CLAIM)).to_contain_text("ancelled", timeout=WAIT)
        await expect(card(page, CLAIM).get_by_role("button", name="Cancel")).to_have_count(0)


async def test_every_line_of_a_summary_leads_to_its_message(
    browser: Browser, serve: Serve, tmp_path: Path
):
    async with town(serve, tmp_path) as here, page_of(browser, here) as page:
        await page.locator("#places").get_by_text("falcon").click()
        await type_in(page, "/summarize since 7d")

        done = card(page, "Read 34 of 34 messages")
        links = done.locator("a[href*='/p1']")
        await expect(links.first).to_be_visible(timeout=WAIT)
        stamps = {
            f"p{said.ts.replace('.', '')}"
            for said in here.workspace.logs[here.workspace.channel_named("falcon").id].all()
        }
        hrefs = [str(await link.get_attribute("href")) for link in await links.all()]
        assert hrefs
        assert {re.findall(r"/(p\d{16})", href)[0] for href in hrefs} <= stamps
        await links.first.click()
        await expect(page.locator("article.found").first).to_be_visible()


async def test_a_mistake_is_answered_to_the_person_alone(
    browser: Browser, serve: Serve, tmp_path: Path
):
    async with town(serve, tmp_path) as here, page_of(browser, here) as page:
        for wrong in ("/factcheck", "/summarize since yesterday", "/brainstorm --loud x"):
            await type_in(page, wrong)
            whisper = page.locator(".whisper").last
            await expect(whisper).to_contain_text("Only visible to you", timeout=WAIT)
            await whisper.get_by_role("button", name="Dismiss").click()

        assert here.of_the_bot() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_serves_a_narrow_screen(
    scheme: str, browser: Browser, serve: Serve, tmp_path: Path
):
    """At 360 pixels nothing sticks out to the side, and the channel list is a drawer."""
    look = {"viewport": {"width": 360, "height": 740}, "color_scheme": scheme}
    async with town(serve, tmp_path) as here, page_of(browser, here, **look) as page:
        await type_in(page, f"/factcheck {CLAIM}")
        await expect(card(page, CLAIM)).to_contain_text("of 5 voters", timeout=WAIT)
        await page.locator("#open-drawer").click()
        await expect(page.locator("#places")).to_be_in_viewport()

        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert await page.evaluate(wide) is False
