"""Forms, shortcuts, the app's tabs and the developer's drawer, as a person meets them."""

from __future__ import annotations

import json

import pytest
from aiohttp import web
from playwright.async_api import expect

from playground.shelf import new_file
from playground.values import Message
from tests.playground.forms import DEPTH, NUMBER, WORDS, button, home, modal, option, plain, row

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<img src=x onerror=alert(1)> <javascript:alert(1)|x>"


async def opened(stage, view) -> str:
    trigger = stage.workspace.triggers.issue("U0ANN")
    return (await stage.slack.views_open(trigger_id=trigger, view=view))["view"]["id"]


async def test_a_form_is_filled_in_corrected_and_sent_by_keyboard(stage, page):
    await opened(stage, modal(WORDS, NUMBER, DEPTH))
    form = page.locator("#modal")
    words = form.get_by_label("words")
    await expect(words).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(form.locator("[data-block=words] .field-error")).to_contain_text("required")
    await expect(words).to_have_attribute("aria-invalid", "true")
    assert stage.bot.received == []

    stage.bot.reply = web.json_response(
        {"response_action": "errors", "errors": {"words": "That is no claim."}}
    )
    await page.keyboard.type("the Moon")
    await page.keyboard.press("Tab")
    await page.keyboard.type("7")
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await form.get_by_role("button", name="Go").press("Enter")
    await expect(form.locator("[data-block=words] .field-error")).to_have_text("That is no claim.")
    await expect(words).to_be_focused()
    values = json.loads(stage.bot.form["payload"])["view"]["state"]["values"]
    assert values["number"]["it"]["value"] == "7"
    assert values["depth"]["it"]["selected_option"] == option("deep")


async def test_a_form_that_is_drawn_anew_keeps_what_was_typed(stage, page):
    await page.locator("#composer-input").focus()
    view = await opened(stage, modal(WORDS, DEPTH))
    await page.locator("#modal").get_by_label("words").fill("the Moon")
    await stage.slack.views_update(view_id=view, view=modal(WORDS, title=plain("Once more")))
    await expect(page.locator("#modal-title")).to_have_text("Once more")
    await expect(page.locator("#modal").get_by_label("words")).to_have_value("the Moon")
    await page.locator("#modal").get_by_role("button", name="Go").click()

    await expect(page.locator("#modal")).to_be_hidden()
    await expect(page.locator("#composer-input")).to_be_focused()


async def test_escape_closes_a_form_and_nothing_behind_it(stage, page):
    await page.locator("#log .thread-link").first.click()
    view = await opened(stage, modal(WORDS))
    await expect(page.locator("#modal")).to_be_visible()
    async with page.expect_response("**/playground/close"):
        await page.keyboard.press("Escape")

    await expect(page.locator("#modal")).to_be_hidden()
    await expect(page.locator("#thread")).to_be_visible()
    assert view not in stage.workspace.modals


async def test_hostile_text_stays_text_in_forms_homes_and_files(stage, page):
    words = {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}}
    hostile = {**WORDS, "label": plain(HOSTILE), "hint": plain(HOSTILE)}
    await page.locator(".place", has_text="Quorum").click()
    await page.locator("#tab-home").click()
    await stage.slack.views_publish(user_id="U0ANN", view=home(words))
    await expect(page.locator("#home")).to_contain_text("onerror")
    await page.locator("#tab-messages").click()
    place = stage.workspace.direct("U0ANN", stage.workspace.bot).id
    stage.workspace.suggest(place, [{"title": HOSTILE, "message": HOSTILE}], HOSTILE)
    file = new_file(name=HOSTILE, user=stage.workspace.bot, content=HOSTILE.encode())
    stage.workspace.keep(file)
    stage.workspace.post(place, Message(ts="", user=stage.workspace.bot, files=(file.id,)))
    await page.locator(".file summary").click()
    await expect(page.locator(".file-text")).to_have_text(HOSTILE)
    await expect(page.locator(".prompts button")).to_have_text(HOSTILE)
    await opened(stage, modal(words, hostile, title=plain(HOSTILE[:24])))
    await expect(page.locator("#modal .field-hint").first).to_have_text(HOSTILE)

    assert await page.locator("img, iframe, a[href^=javascript]").count() == 0


async def test_a_shortcut_is_chosen_from_the_menu_of_a_reply_by_keyboard(stage, page):
    await page.locator("#log .thread-link").first.click()
    reply = page.locator("#thread-log .message").nth(2)
    await reply.focus()
    await reply.get_by_role("button", name="More actions").press("Enter")
    await expect(page.get_by_role("menuitem", name="Fact-check message")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    async with page.expect_response("**/playground/shortcut"):
        await page.keyboard.press("Enter")

    told = json.loads(stage.bot.form["payload"])
    assert told["callback_id"] == "summarize_thread"
    assert told["message"]["ts"] == await reply.get_attribute("data-ts")
    assert told["message"]["thread_ts"] != told["message"]["ts"]


async def test_the_apps_place_has_a_home_prompts_and_a_stop_button(stage, page):
    await page.locator(".place", has_text="Quorum").click()
    assert (await stage.bot.event("app_home_opened"))["tab"] == "messages"
    place = stage.workspace.direct("U0ANN", stage.workspace.bot).id
    prompts = [{"title": "Check a claim", "message": "factcheck The Moon is cheese"}]
    await stage.slack.assistant_threads_setSuggestedPrompts(channel_id=place, prompts=prompts)
    await page.get_by_role("button", name="Check a claim").click()
    said = await stage.bot.event("message")
    assert (said["text"], said["channel_type"]) == ("factcheck The Moon is cheese", "im")

    session = {"channel_id": place, "thread_ts": said["ts"]}
    await stage.slack.api_call(
        "agents.sessions.setStatus", params={**session, "status": "processing"}
    )
    await page.get_by_role("button", name="Stop").click()
    assert (await stage.bot.event("agent_session_stopped"))["thread_ts"] == said["ts"]
    await stage.slack.api_call("agents.sessions.setStatus", params={**session, "status": "active"})
    await expect(page.get_by_role("button", name="Stop")).to_have_count(0)

    await page.locator("#tab-messages").press("ArrowLeft")
    await expect(page.locator("#home")).to_contain_text("not drawn")
    more = {"type": "overflow", "action_id": "more", "options": [option("again")]}
    await stage.slack.views_publish(user_id="U0ANN", view=home(row(button("start", "Start"), more)))
    await page.locator("#home").get_by_role("button", name="More actions").click()
    async with page.expect_response("**/playground/press-view"):
        await page.get_by_role("menuitem", name="Again").click()
    action = json.loads(stage.bot.form["payload"])["actions"][0]
    assert action["selected_option"]["value"] == "again"


async def test_the_wire_breaks_on_demand(stage, page):
    await page.locator("#open-developer").click()
    drawer = page.locator("#developer")
    await expect(drawer).to_contain_text("no socket is open")
    await drawer.locator("#fault-kind").select_option("internal_error")
    await drawer.locator("#plan-fault").click()
    await expect(drawer.locator("#faults")).to_contain_text("internal_error, 1×")
    await drawer.locator("#faults").get_by_role("button", name="Take back").click()
    await expect(drawer.locator("#faults li")).to_have_count(0)
    async with page.expect_response("**/playground/settings"):
        await drawer.get_by_text("The bot cannot be reached").click()
    await page.keyboard.press("Escape")
    await page.locator("#composer-input").fill("/factcheck x")
    await page.locator("#composer-input").press("Enter")

    await expect(page.locator(".whisper")).to_contain_text("Is the bot running?")
    assert stage.bot.received == []


async def test_what_one_person_was_shown_is_gone_with_the_page(stage, page):
    await stage.slack.chat_postEphemeral(channel="C0GENERAL", user="U0ANN", text="psst")
    await expect(page.locator(".whisper")).to_contain_text("psst")
    await page.reload()
    await page.wait_for_selector("html[data-ready]")

    await expect(page.locator("#log .message").last).to_contain_text("All hands")
    await expect(page.locator(".whisper")).to_have_count(0)
