"""A person at the playground's page: types, reads the thread, presses buttons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.browsing import WAIT, Street, act_as, card, page_of, type_in
from tests.e2e.town import town
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CLAIM = "The Great Wall is visible from the Moon"


async def test_a_claim_is_typed_and_its_verdict_read(simulated: Street):
    """Card, five branch messages in the thread, verdict in the channel."""
    async with page_of(simulated.browser, simulated.town) as page:
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


async def test_a_run_is_cancelled_by_who_asked_and_nobody_else(browser: Browser, tmp_path: Path):
    """Branches go on, and the card with them, while a person reads the question."""
    slow = {"QUORUM_SIMULATED_PACE": "5"}
    async with (
        serving() as serve,
        town(serve, tmp_path, env=slow) as here,
        page_of(browser, here) as page,
    ):
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


async def test_every_line_of_a_summary_leads_to_its_message(simulated: Street):
    async with page_of(simulated.browser, simulated.town) as page:
        await page.locator("#places").get_by_text("falcon").click()
        await type_in(page, "/summarize since 7d")

        done = card(page, "Read 34 of 34 messages")
        links = done.locator("a[href*='/p1']")
        await expect(links.first).to_be_visible(timeout=WAIT)
        places = simulated.town.workspace
        stamps = {
            f"p{said.ts.replace('.', '')}"
            for said in places.logs[places.channel_named("falcon").id].all()
        }
        hrefs = [str(await link.get_attribute("href")) for link in await links.all()]
        assert hrefs
        assert {re.findall(r"/(p\d{16})", href)[0] for href in hrefs} <= stamps
        await links.first.click()
        await expect(page.locator("article.found").first).to_be_visible()


async def test_a_mistake_is_answered_to_the_person_alone(simulated: Street):
    async with page_of(simulated.browser, simulated.town) as page:
        before = simulated.town.of_the_bot()
        for wrong in ("/summarize since yesterday", "/brainstorm --loud x"):
            await type_in(page, wrong)
            whisper = page.locator(".whisper").last
            await expect(whisper).to_contain_text("Only visible to you", timeout=WAIT)
            await whisper.get_by_role("button", name="Dismiss").click()

        assert simulated.town.of_the_bot() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_serves_a_narrow_screen(scheme: str, simulated: Street):
    """At 360 pixels nothing sticks out to the side, and the channel list is a drawer."""
    look = {"viewport": {"width": 360, "height": 740}, "color_scheme": scheme}
    async with page_of(simulated.browser, simulated.town, **look) as page:
        claim = f"Screens are {scheme}"
        await type_in(page, f"/factcheck {claim}")
        await expect(card(page, claim)).to_contain_text("of 5 voters", timeout=WAIT)
        await page.locator("#open-drawer").click()
        await expect(page.locator("#places")).to_be_in_viewport()

        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert await page.evaluate(wide) is False
