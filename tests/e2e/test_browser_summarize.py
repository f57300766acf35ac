"""A summary as people meet it on the page: of a thread, of what is new, of files, and of a log."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.browsing import Street, card, choose, go_to, page_of, type_in, whisper
from tests.e2e.test_browser_files import attach
from tests.e2e.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MINUTES = {
    "name": "minutes.md",
    "mimeType": "text/markdown",
    "buffer": b"# Minutes\n\nWe decided to close the harbour of Ostrand on Sunday.\n",
}
LOG = {
    "name": "harbour.log",
    "mimeType": "text/plain",
    "buffer": b"".join(
        f"2026-11-24 10:00:{n % 60:02} ERROR crane {n} failed to stop\n".encode() for n in range(90)
    ),
}
ORDERS = {
    "name": "orders.csv",
    "mimeType": "text/csv",
    "buffer": b"customer,amount\nAnn,12.50\nBen,7\n",
}


def about(page: Page, words: str) -> Locator:
    return page.locator("#log article", has_text=words).first


async def thread(page: Page, first: str, *more: str) -> Locator:
    """A thread that begins with *first*; its message in the channel."""
    await type_in(page, first)
    said = about(page, first)
    await said.hover()
    await said.get_by_role("button", name="Reply in thread").click()
    for each in more:
        await type_in(page, each, thread=True)
        await expect(page.locator("#thread-log article", has_text=each)).to_be_visible()
    return said


async def link_to(page: Page, here: Town, words: str) -> str:
    await expect(about(page, words)).to_be_visible()
    channel = here.workspace.channel_named("general").id
    said = next(m for m in here.workspace.logs[channel].all() if words in m.text)
    return f"{here.url}/archives/{channel}/p{said.ts.replace('.', '')}"


async def test_a_thread_by_its_shortcut_and_by_its_link(simulated: Street):
    async with page_of(simulated.browser, simulated.town) as page:
        said = await thread(
            page,
            "Shall we paint the harbour of Ostrand?",
            "We decided to paint it blue.",
            "I'll buy the paint by Friday.",
        )
        await choose(page, said, "Summarize thread")
        found = card(page, "We decided to paint it blue", thread=True)
        await expect(found).to_contain_text("Decisions")
        await expect(found).to_contain_text("due: “Friday”")
        await expect(found).to_contain_text("Read 3 of 3 messages, 1 thread")
        link = await link_to(page, simulated.town, "Shall we paint")
        await type_in(page, f"/summarize {link}")
        found = card(page, re.compile("points from 3 messages"))
        await expect(found).to_contain_text("I'll buy the paint by Friday")
        await found.get_by_role("link", name="#2").first.click()
        await expect(page.locator("#thread-log")).to_contain_text("We decided to paint it blue.")


async def test_since_last_tells_what_is_new_and_what_is_not(simulated: Street):
    async with page_of(simulated.browser, simulated.town) as page:
        await go_to(page, "falcon")
        await type_in(page, "We decided to buy a second kettle.")
        await type_in(page, "/summarize since last")
        first = card(page, re.compile("We decided to buy a second kettle"))
        await expect(first).to_contain_text("Read ")
        await type_in(page, "/summarize since last")
        await expect(card(page, "nobody wrote anything since your last summary")).to_be_visible()
        await type_in(page, "I'll clean the old kettle by tomorrow.")
        await expect(about(page, "clean the old kettle")).to_be_visible()
        await type_in(page, "/summarize since last")
        new = card(page, re.compile("from 1 message"))
        await expect(new).to_contain_text("clean the old kettle")
        await expect(new).not_to_contain_text("second kettle")


async def test_a_private_channel_asked_from_a_public_one_is_for_who_asked_alone(simulated: Street):
    async with (
        page_of(simulated.browser, simulated.town) as ann,
        page_of(simulated.browser, simulated.town, person="Dev") as dev,
    ):
        await type_in(ann, "/summarize #leads since 30d")
        await expect(whisper(ann)).to_contain_text("I answer you in our direct messages")
        await expect(dev.locator("#log article", has_text="leads")).to_have_count(0)
        await expect(dev.locator(".whisper")).to_have_count(0)
        await go_to(ann, "Quorum")
        await expect(card(ann, re.compile("points? from"))).to_contain_text("Decisions")


async def test_a_file_is_read_with_its_message(simulated: Street):
    async with page_of(simulated.browser, simulated.town) as page:
        await attach(page, MINUTES)
        await type_in(page, "the minutes of the harbour")
        link = await link_to(page, simulated.town, "the minutes of the harbour")
        await type_in(page, f"/summarize {link}")
        found = card(page, re.compile("close the harbour of Ostrand on Sunday"))
        await expect(found).to_contain_text("1 file")


async def test_a_log_is_counted_and_a_table_comes_back_as_a_file(simulated: Street):
    async with page_of(simulated.browser, simulated.town) as page:
        await attach(page, LOG)
        await type_in(page, "what the crane says")
        link = await link_to(page, simulated.town, "what the crane says")
        await type_in(page, f"/quorum logs {link}")
        found = card(page, re.compile("1 finding in 90 lines"))
        await expect(found).to_contain_text("90 lines")
        await attach(page, ORDERS)
        await type_in(page, "orders of today")
        link = await link_to(page, simulated.town, "orders of today")
        await type_in(page, f"/quorum extract {link} fields: customer, amount: number")
        found = card(page, re.compile("2 rows"))
        await expect(found).to_contain_text("Ann")
        await found.get_by_role("button", name=re.compile("repl")).first.click()
        await expect(page.locator("#thread-log .file-name")).to_have_text(["orders-extracted.csv"])
