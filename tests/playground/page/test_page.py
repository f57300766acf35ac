"""The page in a real browser: hostile text stays text, keys work, nothing overflows."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from playground.values import Message

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<img src=x onerror=alert(1)> <javascript:alert(1)|here> <data:text/html,x|there>"


async def test_hostile_text_stays_text_in_every_block(stage, page):
    plain = {"type": "plain_text", "text": HOSTILE[:70]}
    words = {"type": "text", "text": HOSTILE}
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [words]}],
    }
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}},
        {"type": "header", "text": plain},
        {"type": "markdown", "text": f"[a](javascript:alert(1)) {HOSTILE}\n{'>' * 2_000} deep"},
        {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": plain}]},
        {
            "type": "plan",
            "title": HOSTILE,
            "tasks": [{"type": "task_card", "task_id": "a", "title": HOSTILE, "details": rich}],
        },
        {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
        rich,
    ]
    await stage.slack.chat_postMessage(channel="C0GENERAL", text=HOSTILE, blocks=blocks)

    last = page.locator("#log .message").last
    await expect(last.locator(".plan")).to_be_visible()
    assert (
        await last.locator("img, script, iframe, a[href^=javascript], a[href^=data]").count() == 0
    )
    assert await last.get_by_text("onerror=alert(1)").count() >= len(blocks)


async def test_a_command_is_completed_and_sent_by_keyboard(stage, page):
    field = page.locator("#composer-input")
    await field.press_sequentially("/fa")
    await expect(page.locator(".choice")).to_have_count(1)
    await field.press("Enter")
    await expect(field).to_have_value("/factcheck ")
    await expect(page.locator("#composer .usage")).to_contain_text("[claim]")
    await field.press_sequentially("the Moon is cheese")
    async with page.expect_response("**/playground/say"):
        await field.press("Enter")
    await expect(field).to_have_value("")

    assert stage.bot.form["text"] == "the Moon is cheese"


async def test_a_button_asks_before_it_is_pressed(stage, page):
    text = {"type": "plain_text", "text": "Cancel"}
    confirm = {"title": {"type": "plain_text", "text": "Sure?"}, "text": text}
    element = {"type": "button", "action_id": "cancel", "text": text, "confirm": confirm}
    blocks = [{"type": "actions", "elements": [element]}]
    await stage.slack.chat_postMessage(channel="C0GENERAL", text="card", blocks=blocks)

    button = page.locator("#log .message").last.get_by_role("button", name="Cancel")
    await button.click()
    await page.locator("#confirm-no").click()
    assert stage.bot.received == []
    await button.click()
    async with page.expect_response("**/playground/press"):
        await page.locator("#confirm-yes").click()
    assert len(stage.bot.received) == 1


async def test_a_link_to_a_reply_opens_the_thread_at_that_reply(stage, page):
    log = stage.workspace.logs["C0FALCON"]
    root = max(log.between(None, None), key=lambda message: len(log.replies(message.ts)))
    reply = log.replies(root.ts)[4]
    digits = reply.ts.replace(".", "")
    await page.goto(f"{stage.url}/archives/C0FALCON/p{digits}?thread_ts={root.ts}")

    await expect(page.locator(f'#thread-log [data-ts="{reply.ts}"]')).to_be_in_viewport()
    await expect(page.locator(f'#log [data-ts="{root.ts}"]')).to_be_in_viewport()


async def test_a_guest_sees_less(stage, page):
    await page.locator("#acting").select_option("U0FINN")

    await expect(page.locator(".place")).to_have_text(["general", "QQuorum"])


async def test_nothing_is_wider_than_a_narrow_screen(stage, page):
    await page.set_viewport_size({"width": 360, "height": 700})
    long = Message(ts="", user="U0BEN", text="x" * 500)
    stage.workspace.post("C0GENERAL", long)
    await expect(page.locator("#log .message").last).to_contain_text("xxx")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.locator("#open-drawer").click()
    await page.locator(".place").nth(1).click()
    await page.locator(".thread-link").first.click()
    await expect(page.locator("#thread-log")).to_be_in_viewport(ratio=0.99)


async def test_a_long_channel_holds_few_rows_and_reaches_its_beginning(stage, page):
    for number in range(600):
        stage.workspace.post("C0LEADS", Message(ts="", user="U0BEN", text=f"number {number}"))
    await page.locator(".place").nth(2).click()
    await expect(page.get_by_text("number 599")).to_be_visible()
    scroll_up = "document.querySelector('#log').scrollTop = 0"
    while not await page.locator("#log .beginning").count():
        await page.evaluate(scroll_up)
        await page.evaluate("new Promise(requestAnimationFrame)")

    assert await page.locator("#log .message").count() <= 400
    await page.locator("#to-latest").click()
    await expect(page.get_by_text("number 599")).to_be_in_viewport()


async def test_going_back_returns_to_the_channel_before(stage, page):
    await page.locator(".place").nth(1).click()
    await expect(page.locator("#title")).to_have_text("falcon")
    await page.go_back()

    await expect(page.locator("#title")).to_have_text("general")


async def test_what_is_said_while_a_thread_opens_is_not_lost(stage, page):
    """The answer of the server is a snapshot: here it is older than what the stream says."""
    posted = await stage.slack.chat_postMessage(channel="C0GENERAL", text="card")
    reply = {"channel": "C0GENERAL", "thread_ts": posted["ts"]}
    await stage.slack.chat_postMessage(**reply, text="first")
    link = page.locator(f'#log [data-ts="{posted["ts"]}"] .thread-link')
    await expect(link).to_contain_text("1 reply")

    async def late(route):
        answer = await route.fetch()
        await stage.slack.chat_postMessage(**reply, text="meanwhile")
        await expect(link).to_contain_text("2 replies")
        await route.fulfill(response=answer)

    await page.route("**/playground/thread?*", late)
    await link.click()
    await expect(page.locator("#thread-log .message")).to_have_count(3)


async def test_starting_over_shows_the_sample_to_a_reader_further_up(stage, page):
    for number in range(150):
        stage.workspace.post("C0GENERAL", Message(ts="", user="U0BEN", text=f"number {number}"))
    await expect(page.get_by_text("number 149")).to_be_visible()
    await page.evaluate("document.querySelector('#log').scrollTop = 700")
    await page.locator("#reset").click()
    await page.locator("#confirm-yes").click()

    await expect(page.get_by_text("number 1")).to_have_count(0)
    await expect(page.get_by_text("All hands tomorrow")).to_be_in_viewport()
