"""Every button, pressed on the playground's page by those who may and by those who may not."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browsing import (
    DECLINED,
    SLOWLY,
    VERDICT,
    Moods,
    Street,
    act_as,
    card,
    go_to,
    page_of,
    type_in,
    whisper,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


#: What is drawn before the word depends on the fonts of the machine.
HELPFUL = re.compile(r"\bHelpful$")


async def press(page: Page, of: str, name: str | re.Pattern[str]) -> None:
    await card(page, of).get_by_role("button", name=name).click()


async def test_a_run_is_cancelled_by_an_admin_and_by_no_other_member(street: Street):
    claim = f"Rome was built {SLOWLY}"
    async with page_of(street.browser, street.town, person="Ben") as page:
        await type_in(page, f"/factcheck {claim}")
        await expect(card(page, claim).get_by_role("button", name="Cancel")).to_be_visible()

        await act_as(page, street.town, "Dev")
        await press(page, claim, "Cancel")
        await page.locator("#confirm-yes").click()
        await expect(whisper(page)).to_contain_text("admin of the workspace")

        await act_as(page, street.town, "Ann")
        await press(page, claim, "Cancel")
        await page.locator("#confirm-yes").click()
        await expect(card(page, claim)).to_contain_text("ancelled")
        await expect(card(page, claim).get_by_role("button", name="Try again")).to_be_visible()


async def test_what_failed_is_asked_again_and_no_answer(street: Street, moods: Moods):
    claim = f"The word is {DECLINED}"
    moods.well = False
    async with page_of(street.browser, street.town) as page:
        await type_in(page, f"/factcheck {claim}")
        await expect(card(page, claim)).to_contain_text(VERDICT)
        await expect(card(page, claim).get_by_role("button", name="Retry failed")).to_be_visible()
        moods.well = True
        await press(page, claim, "Retry failed")
        await expect(card(page, claim).get_by_role("button", name="Retry failed")).to_have_count(0)
        await expect(card(page, claim).get_by_role("button", name="Re-run")).to_be_visible()

        assert len(moods.answered) == len(set(moods.answered)), "no answer is asked for again"
        assert any("skeptic" in words.lower() for words in moods.answered)


async def test_a_result_is_rated_looked_into_and_asked_again(street: Street):
    claim = "Goldfish forget within seconds"
    async with page_of(street.browser, street.town) as page:
        await type_in(page, f"/factcheck {claim}")
        await expect(card(page, claim).get_by_role("button", name="Re-run")).to_be_visible()
        await press(page, claim, HELPFUL)
        await expect(whisper(page)).to_contain_text("Thank you")
        await press(page, claim, "Not helpful")
        await page.locator("#modal textarea").fill("Too sure of itself.")
        await page.locator("#modal-submit").click()
        await expect(page.locator("#modal")).to_be_hidden()

        await press(page, claim, "Details")
        await expect(page.locator("#modal-title")).to_have_text("Run details")
        await expect(page.locator("#modal")).to_contain_text("keptic")
        await page.keyboard.press("Escape")

        cards = page.locator("#log article:has(button)", has_text=claim)
        await press(page, claim, "Re-run")
        await expect(cards.get_by_role("button", name="Re-run")).to_have_count(2)


async def test_a_private_result_is_shared_by_who_asked(street: Street):
    claim = "Bulls hate the colour red"
    async with page_of(street.browser, street.town) as page:
        await type_in(page, f"/factcheck {claim} --private")
        await go_to(page, "Quorum")
        await press(page, claim, "Share to channel")
        await expect(page.locator("#confirm-text")).to_contain_text("will see the result")
        await page.locator("#confirm-yes").click()
        await expect(
            card(page, claim).get_by_role("button", name="Share to channel")
        ).to_have_count(0)
        await go_to(page, "general")
        await expect(card(page, claim)).to_contain_text("Shared by @Ann Ruiz")


async def test_stop_ends_the_run_of_a_direct_message(street: Street):
    async with page_of(street.browser, street.town, person="Ben") as page:
        await go_to(page, "Quorum")
        await type_in(page, f"factcheck Glaciers move {SLOWLY}")
        await page.locator("#work").get_by_role("button", name="Stop").click()
        await expect(page.get_by_role("button", name="Stop")).to_have_count(0)
        await page.locator("#log .thread-link").last.click()
        await expect(card(page, "Glaciers", thread=True)).to_contain_text("ancelled")


async def test_settings_are_changed_by_an_admin_for_everybody(street: Street):
    async with page_of(street.browser, street.town) as page:
        await go_to(page, "Quorum")
        for paused in (True, False):
            await page.locator("#tab-home").click()
            await page.locator("#home").get_by_role("button", name="Change settings").click()
            await page.locator("#modal").get_by_label("Start nothing new").set_checked(paused)
            await page.locator("#modal-submit").click()
            await expect(page.locator("#modal")).to_be_hidden()
            said = "nothing new is started"
            if paused:
                await expect(page.locator("#home")).to_contain_text(said)
                await page.locator("#tab-messages").click()
                await type_in(page, "/factcheck Nothing is new")
                await expect(whisper(page)).to_contain_text("paused")
            else:
                await expect(page.locator("#home")).not_to_contain_text(said)
