"""Every way in, walked on the playground's page with the bot behind it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import VERDICT, Street, card, choose, go_to, page_of, type_in, whisper

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_quorum_lists_shows_and_tells_what_was_spent(street: Street):
    async with page_of(street.browser, street.town) as page:
        await type_in(page, "/quorum help")
        await expect(whisper(page)).to_contain_text("/quorum runs")
        await type_in(page, "/brainstorm Nobody reads our release notes")
        await expect(card(page, "release notes").get_by_text("Re-run")).to_be_visible()
        await type_in(page, "/quorum runs")
        await expect(whisper(page)).to_contain_text("release notes")
        run = re.findall(r"\b[0-9a-f]{8}\b", await whisper(page).inner_text())[0]

        await type_in(page, f"/quorum show {run}")
        await expect(page.locator("#modal")).to_contain_text("release notes")
        await page.keyboard.press("Escape")
        await type_in(page, f"/quorum cancel {run}")
        await expect(whisper(page)).to_contain_text("over already")
        await type_in(page, "/quorum usage")
        await expect(whisper(page)).to_contain_text("token")
        await type_in(page, "/quorum factcheck Honey never spoils")
        await expect(card(page, "Honey never spoils")).to_be_visible()


async def test_a_command_without_words_opens_a_form(street: Street):
    async with page_of(street.browser, street.town) as page:
        await type_in(page, "/factcheck")
        form = page.locator("#modal")
        await expect(page.locator("#modal-title")).to_have_text("Fact-check")
        await page.locator("#modal-submit").click()
        await expect(form.locator(".field-error").first).to_contain_text("required")
        await form.locator("textarea").fill("Glass is a liquid")
        await form.get_by_label("How many voters?").fill("3")
        await page.locator("#modal-submit").click()
        await expect(form).to_be_hidden()
        await expect(card(page, "Glass is a liquid")).to_contain_text(VERDICT)


async def test_a_shortcut_works_on_a_reply_and_answers_in_its_thread(street: Street):
    async with page_of(street.browser, street.town) as page:
        await go_to(page, "falcon")
        await page.locator("#log .thread-link").first.click()
        reply = page.locator("#thread-log article", has_text="hit dozens of times a year")
        await choose(page, reply, "Fact-check message")
        await expect(card(page, VERDICT, thread=True)).to_be_visible()
        await expect(page.locator("#log article", has_text="replied to a thread")).to_have_count(0)


async def test_shortcuts_work_on_messages_of_a_channel(street: Street):
    async with page_of(street.browser, street.town) as page:
        root = page.locator("#log article", has_text="Draft of the launch post")
        await choose(page, root, "Summarize thread")
        await root.locator(".thread-link").click()
        await expect(card(page, "Read 8 of 8", thread=True)).to_be_visible()
        await page.locator("#close-thread").click()
        wifi = page.locator("#log article", has_text="Wi-Fi name")
        await choose(page, wifi, "Brainstorm on this")
        await wifi.locator(".thread-link").click()
        await expect(card(page, "Re-run", thread=True)).to_be_visible()


async def test_where_the_bot_is_not_a_shortcut_is_answered_to_the_person(street: Street):
    async with page_of(street.browser, street.town) as page:
        await go_to(page, "kitchen")
        claim = page.locator("#log article", has_text="cold coffee")
        await choose(page, claim, "Fact-check message")
        await expect(whisper(page)).to_contain_text("Only visible to you")
        await expect(whisper(page)).to_contain_text("invite")


async def test_a_mention_is_completed_and_heard_in_channels_and_threads(street: Street):
    async with page_of(street.browser, street.town) as page:
        field = page.locator("#composer-input")
        await field.press_sequentially("@quo")
        await field.press("Tab")
        await field.press_sequentially("factcheck Bats are blind")
        await field.press("Enter")
        await expect(card(page, "Bats are blind")).to_contain_text(VERDICT)

        await go_to(page, "falcon")
        root = page.locator("#log article", has_text="Where do we launch in the morning")
        await root.locator(".thread-link").click()
        await type_in(page, "@quorum summarize", thread=True)
        await expect(card(page, "Re-run", thread=True)).to_be_visible()
        await type_in(page, "@quorum dance", thread=True)
        await expect(whisper(page)).to_contain_text("Say what to do after my name")


async def test_the_apps_place_suggests_and_answers_in_threads(street: Street):
    async with page_of(street.browser, street.town, person="Chloe") as page:
        await go_to(page, "Quorum")
        await page.locator(".prompts").get_by_role("button", name="Check a claim").click()
        asked = page.locator("#log article", has_text="factcheck")
        await asked.locator(".thread-link").click()
        await expect(card(page, VERDICT, thread=True)).to_be_visible()


async def test_the_home_starts_runs_and_lists_those_a_person_may_see(street: Street):
    async with page_of(street.browser, street.town, person="Elif") as page:
        await go_to(page, "Quorum")
        await page.locator("#tab-home").click()
        home = page.locator("#home")
        await home.get_by_role("button", name="Brainstorm").click()
        await page.locator("#modal textarea").fill("Fewer meetings")
        await page.locator("#modal-submit").click()
        await expect(page.locator("#modal")).to_be_hidden()
        await page.locator("#tab-messages").click()
        await expect(card(page, "Fewer meetings").get_by_text("Re-run")).to_be_visible()
        await page.locator("#tab-home").click()
        await expect(home).to_contain_text("Fewer meetings")
        await home.get_by_role("button", name="Details").first.click()
        await expect(page.locator("#modal")).to_contain_text("Fewer meetings")
        await page.keyboard.press("Escape")
        await expect(home.get_by_role("button", name="Change settings")).to_have_count(0)

    async with page_of(street.browser, street.town, person="Dev") as page:
        await go_to(page, "Quorum")
        await page.locator("#tab-home").click()
        await expect(page.locator("#home")).to_contain_text("Recent runs")
        await expect(page.locator("#home")).not_to_contain_text("Fewer meetings")


async def test_a_guest_is_answered_where_a_guest_may_be(street: Street):
    async with page_of(street.browser, street.town, person="Finn") as page:
        await type_in(page, "/summarize #falcon since 7d")
        await expect(whisper(page)).to_contain_text("Only visible to you")
        await expect(whisper(page)).not_to_contain_text("Launch on Thursday")
