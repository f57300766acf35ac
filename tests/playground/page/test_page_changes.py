"""The page while things change under a reader's hands: edits, news, and where the reader is."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from playground.values import Message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TEXT = {"type": "plain_text", "text": "Cancel"}
CONFIRM = {"title": {"type": "plain_text", "text": "Sure?"}, "text": TEXT}
CARD = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "cancel", "text": TEXT, "confirm": CONFIRM}],
}
HERE = {"channel": "C0GENERAL", "text": "card"}


async def test_a_card_that_is_edited_under_the_dialog_is_still_pressed(stage, page):
    posted = await stage.slack.chat_postMessage(**HERE, blocks=[CARD])
    row = page.locator(f'#log [data-ts="{posted["ts"]}"]')
    await row.get_by_role("button", name="Cancel").click()
    blocks = [{"type": "divider"}, CARD]
    await stage.slack.chat_update(**HERE, ts=posted["ts"], blocks=blocks)
    await expect(row.locator("hr")).to_have_count(1)
    async with page.expect_response("**/playground/press") as pressed:
        await page.locator("#confirm-yes").click()

    assert (await pressed.value).status == 200
    assert len(stage.bot.received) == 1


async def test_a_button_that_went_away_under_the_dialog_is_explained(stage, page):
    posted = await stage.slack.chat_postMessage(**HERE, blocks=[CARD])
    row = page.locator(f'#log [data-ts="{posted["ts"]}"]')
    await row.get_by_role("button", name="Cancel").click()
    await stage.slack.chat_update(**HERE, ts=posted["ts"], blocks=[{"type": "divider"}])
    await expect(row.locator("hr")).to_have_count(1)
    await page.locator("#confirm-yes").click()

    gone = "This button is no longer there: the message has changed."
    await expect(page.locator("#toast")).to_have_text(gone)
    assert stage.bot.received == []


async def test_the_first_direct_message_is_unread_until_it_is_read(stage, page):
    direct = stage.workspace.direct("U0BEN", "U0ANN")
    stage.workspace.post(direct.id, Message(ts="", user="U0BEN", text="psst"))
    place = page.locator(".place", has_text="Ben")
    await expect(place.locator(".dot")).to_be_visible()
    await page.reload()
    await expect(place.locator(".dot")).to_be_visible()
    await expect(page.locator(".place .dot")).to_have_count(1)
    await place.click()

    await expect(page.get_by_text("psst")).to_be_visible()
    await expect(page.locator(".place .dot")).to_have_count(0)


async def test_a_broadcast_quotes_its_thread_as_it_now_is(stage, page):
    root = await stage.slack.chat_postMessage(channel="C0GENERAL", text="Five voters at work")
    thread = {"channel": "C0GENERAL", "thread_ts": root["ts"], "reply_broadcast": True}
    said = await stage.slack.chat_postMessage(**thread, text="verdict")
    note = page.locator(f'#log [data-ts="{said["ts"]}"] .note')
    await expect(note).to_contain_text("Five voters at work")
    await stage.slack.chat_update(channel="C0GENERAL", ts=root["ts"], text="False, 5 of 5 voters")

    await expect(note).to_contain_text("False, 5 of 5 voters")


@pytest.mark.parametrize("text", ["hello from the end", "/nonsense"])
async def test_who_sends_something_sees_it_at_the_end(stage, page, text):
    for number in range(60):
        stage.workspace.post("C0GENERAL", Message(ts="", user="U0BEN", text=f"number {number}"))
    await expect(page.get_by_text("number 59")).to_be_visible()
    await page.locator("#log").evaluate("log => { log.scrollTop = 0; }")
    await expect(page.locator("#to-latest")).to_be_visible()
    await page.locator("#composer-input").fill(text)
    await page.locator("#composer-input").press("Enter")

    await expect(page.locator("#log .message").last).to_contain_text(text)
    await expect(page.locator("#log .message").last).to_be_in_viewport()
    await expect(page.locator("#to-latest")).to_be_hidden()


async def test_who_sends_from_an_older_window_sees_it_at_the_end(stage, page):
    """The window was opened by a link and does not reach the newest message."""
    stamps = [
        stage.workspace.post("C0GENERAL", Message(ts="", user="U0BEN", text=f"number {n}")).ts
        for n in range(150)
    ]
    await page.goto(f"{stage.url}/archives/C0GENERAL/p{stamps[20].replace('.', '')}")
    await expect(page.get_by_text("number 20", exact=True)).to_be_in_viewport()
    await page.locator("#composer-input").fill("hello from the end")
    await page.locator("#composer-input").press("Enter")

    await expect(page.get_by_text("hello from the end")).to_be_in_viewport()


async def test_escape_closes_the_drawer_at_once_and_the_focus_comes_back(stage, page):
    await page.set_viewport_size({"width": 390, "height": 800})
    opener, sidebar = page.locator("#open-drawer"), page.locator("#sidebar")
    for _ in range(2):
        await opener.press("Enter")
        await expect(page.locator("#acting")).to_be_focused()
        await expect(opener).to_have_attribute("aria-expanded", "true")
        await page.keyboard.press("Escape")
        await expect(sidebar).to_be_hidden()
        await expect(opener).to_be_focused()
        await expect(opener).to_have_attribute("aria-expanded", "false")
    await opener.click()
    await page.locator(".place").nth(1).click()
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await expect(page.locator("#composer-input")).to_be_enabled()


async def test_one_escape_closes_a_thread_from_one_of_its_messages(stage, page):
    await page.locator(".place").nth(1).click()
    await page.locator("#log .thread-link").first.click()
    await page.locator("#thread-log .message").nth(2).focus()
    await page.keyboard.press("Escape")

    await expect(page.locator("#thread")).to_be_hidden()


async def test_an_indented_line_goes_on_with_the_bullet_before_it(stage, page):
    text = "• point #1\n      _“quote”_ Name\n• point #2\n\n  apart"
    markdown = {"type": "markdown", "text": "- point #1\n  and on\n- point #2\n\n  apart"}
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}, markdown]
    posted = await stage.slack.chat_postMessage(**HERE, blocks=blocks)

    row = page.locator(f'#log [data-ts="{posted["ts"]}"]')
    await expect(row.locator("ul")).to_have_count(2)
    await expect(row.locator("li")).to_have_text(
        ["point #1“quote” Name", "point #2", "point #1and on", "point #2"]
    )
    await expect(row.locator("li br")).to_have_count(2)
    await expect(row.locator("li em")).to_have_text("“quote”")
    await expect(row.get_by_text("apart")).to_have_count(2)
