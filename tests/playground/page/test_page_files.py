"""Files on the page: chosen, dropped, pasted, taken away again; and those of messages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.async_api import expect

from playground.shelf import Shelf, new_file
from playground.values import Message
from tests.playground.page.test_page_screens import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"All is well."}
PHOTO = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\0"}
#: What a person holds over *selector*, and lets go of there.
DROP = """([selector, kind]) => {
  const held = new DataTransfer();
  held.items.add(new File(['dropped words'], 'dropped.txt', { type: 'text/plain' }));
  const event = new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true });
  return !document.querySelector(selector).dispatchEvent(event);
}"""
PASTE = """([words]) => {
  const held = new DataTransfer();
  held.items.add(new File(['x'], 'image.png', { type: 'image/png' }));
  if (words) held.setData('text/plain', words);
  const told = { clipboardData: held, bubbles: true, cancelable: true };
  const event = new ClipboardEvent('paste', told);
  document.querySelector('#composer-input').dispatchEvent(event);
}"""


def chips(page, where: str = "#composer"):
    return page.locator(f"{where} .chip")


async def test_files_are_chosen_taken_away_and_sent_by_keyboard(stage, page):
    async with page.expect_file_chooser() as chooser:
        await page.locator("#composer").get_by_role("button", name="Attach files").press("Enter")
    await (await chooser.value).set_files([NOTES, PHOTO, {**NOTES, "name": HOSTILE}])
    await expect(page.locator("#composer-input")).to_be_focused()
    await expect(chips(page)).to_have_count(3)
    await page.get_by_role("button", name=f"Remove {HOSTILE}").press("Enter")
    await expect(page.get_by_role("button", name="Remove photo.png")).to_be_focused()
    await expect(page.get_by_role("list", name="Files to send")).to_contain_text("notes.txt12 B")
    await page.locator("#composer-input").press("Enter")

    sent = page.locator("#log .message").last
    await expect(sent.locator(".file-name")).to_have_text(["notes.txt", "photo.png"])
    await expect(chips(page)).to_have_count(0)
    said = stage.workspace.logs["C0GENERAL"].between(None, None)[-1]
    assert (said.text, len(said.files)) == ("", 2)


async def test_what_is_dropped_on_a_thread_goes_to_the_thread(stage, page):
    await page.locator("#log .thread-link").first.click()
    for kind in ("dragover", "drop"):
        assert await page.evaluate(DROP, ["#thread-log", kind])
    await expect(chips(page, "#thread-composer")).to_have_count(1)
    await expect(chips(page)).to_have_count(0)
    await page.locator("#thread-input").press("Enter")

    last = page.locator("#thread-log .message").last
    await expect(last.locator(".file-name")).to_have_text("dropped.txt")


async def test_a_file_over_a_channel_that_one_is_not_in_goes_nowhere(stage, page):
    await page.locator("#acting").select_option("U0GRO")
    await page.locator(".place", has_text="falcon").click()
    await expect(page.locator("#composer .closed")).to_be_visible()

    assert await page.evaluate(DROP, ["#log", "drop"])  # and the browser stays on the page
    await expect(chips(page)).to_have_count(0)


async def test_a_picture_is_pasted_and_a_table_is_pasted_as_words(stage, page):
    await page.evaluate(PASTE, ["a\tb"])
    await expect(chips(page)).to_have_count(0)
    await page.evaluate(PASTE, [""])

    await expect(chips(page)).to_contain_text("image.png")


async def test_what_cannot_be_shared_is_said_in_a_sentence(stage, page):
    chooser, trouble = (
        page.locator("#composer input[type=file]"),
        page.locator("#composer [role=alert]"),
    )
    await chooser.set_input_files({**NOTES, "buffer": b""})
    await expect(trouble).to_have_text("notes.txt is empty.")
    await chooser.set_input_files({**NOTES, "name": "big.zip", "buffer": bytes(10_000_001)})
    await expect(trouble).to_have_text("big.zip is too big: a file may have up to 10 MB.")
    await chooser.set_input_files([{**NOTES, "name": f"{number}.txt"} for number in range(11)])
    await expect(trouble).to_have_text("A message may have up to 10 files.")
    await expect(chips(page)).to_have_count(10)
    await page.locator("#composer-input").fill("/factcheck all this")
    await page.locator("#composer-input").press("Enter")
    await expect(trouble).to_have_text("A command takes no files: share them first, then ask.")
    await expect(page.locator("#composer-input")).to_have_value("/factcheck all this")
    assert stage.bot.received == []


async def test_what_could_not_be_sent_stays_in_the_field(stage, page):
    await page.route("**/playground/upload?*", lambda route: route.abort())
    await page.locator("#composer input[type=file]").set_input_files(NOTES)
    await page.locator("#composer-input").fill("see this")
    await page.locator("#composer-input").press("Enter")

    await expect(page.locator("#toast")).to_contain_text("Not sent.")
    await expect(page.locator("#composer-input")).to_have_value("see this")
    await expect(chips(page)).to_have_count(1)


async def test_a_long_file_unfolds_to_all_of_it_and_a_hostile_one_to_its_text(stage, page):
    text = "".join(f"line {number}\n" for number in range(300))
    await stage.share(("long.log", text.encode()), ("page.html", HOSTILE.encode()))
    last = page.locator("#log .message").last
    for number in range(2):
        await last.locator("summary").nth(number).press("Enter")

    await expect(last.locator(".file-text").first).to_contain_text("line 299")
    await expect(last.locator(".file-text").last).to_have_text(HOSTILE)
    async with page.expect_download() as download:
        await last.get_by_role("link", name="Download page.html").press("Enter")
    assert (await download.value).suggested_filename == "page.html"
    assert await last.locator("img, script, iframe").count() == 0


async def test_files_that_are_not_here_offer_nothing(stage, page):
    stage.workspace.shelf = Shelf(most=3)
    for name in ("old.txt", "new.txt"):
        await stage.share((name, b"xyz"))
    old = page.locator("#log .message").nth(-2)
    await expect(old.locator(".file")).to_have_text("This file is no longer kept.")
    lost = new_file(name="lost.pdf", user="U0BEN", content=b"")
    stage.workspace.shelf.put(replace(lost, content=None, size=2_500_000))
    stage.workspace.post("C0GENERAL", Message(ts="", user="U0BEN", files=(lost.id,)))

    card = page.locator("#log .message").last.locator(".file")
    await expect(card).to_contain_text("lost.pdf")
    await expect(card).to_contain_text("PDF · 2.5 MB")
    await expect(card).to_contain_text("Not here")
    await expect(card.locator("a")).to_have_count(0)


async def test_a_files_link_opens_the_message_that_carries_it(stage, page):
    root = stage.workspace.logs["C0FALCON"].newest()
    [file] = await stage.share(("plan.txt", b"b"), where="falcon", thread_ts=root)
    link = f"{stage.url}/files/U0ANN/{file}/plan.txt"
    posted = await stage.slack.chat_postMessage(channel="C0GENERAL", text=f"see <{link}|the plan>")
    await page.locator(f'#log [data-ts="{posted["ts"]}"]').get_by_role("link").click()
    await expect(page.locator("#title")).to_have_text("falcon")
    await expect(page.locator("#thread-log .file-name")).to_have_text("plan.txt")
    await page.goto(link)

    await expect(page.locator("#thread-log .file-name")).to_have_text("plan.txt")


async def test_nothing_of_files_is_wider_than_a_narrow_screen(stage, page):
    await page.set_viewport_size({"width": 360, "height": 700})
    name = f"{'long' * 40}.txt"
    await stage.share((name, b"x" * 500))
    await page.locator("#composer input[type=file]").set_input_files({**NOTES, "name": name})
    await page.locator("#log .message").last.locator("summary").click()

    await expect(chips(page)).to_be_in_viewport(ratio=0.99)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("document.querySelector('#log').scrollWidth <= innerWidth")
