"""Files as people share them on the page, and as the bot reads them for a claim."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.browsing import Street, card, choose, page_of, type_in

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CLAIM = "The new pump of Ostrand moves ninety litres a minute"
MEASURED = "Measured on 4 May: the new pump of Ostrand moves sixty litres a minute, not ninety."
REPORT = {
    "name": "pump-report.txt",
    "mimeType": "text/plain",
    "buffer": f"Report of the water works\n\n{MEASURED}\n\nSigned, the engineer\n".encode(),
}
TABLE = {"name": "litres.csv", "mimeType": "text/csv", "buffer": b"day,litres\n1,60\n2,61\n"}
PHOTO = {"name": "pump.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\0 no picture"}
BIG = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": bytes(10_000_001)}


async def attach(page: Page, *files: object, where: str = "#composer") -> Locator:
    """Choose *files* with the paperclip of a message field; its chips."""
    async with page.expect_file_chooser() as chooser:
        await page.locator(where).get_by_role("button", name="Attach files").click()
    await (await chooser.value).set_files(list(files))  # pyright: ignore[reportArgumentType]
    return page.locator(f"{where} .chip")


async def test_two_files_are_shared_unfolded_and_downloaded(simulated: Street):
    async with (
        page_of(simulated.browser, simulated.town) as ann,
        page_of(simulated.browser, simulated.town, person="Ben") as ben,
    ):
        chips = await attach(ann, TABLE, REPORT, PHOTO, BIG)
        await expect(ann.locator("#composer [role=alert]")).to_have_text(
            "film.mp4 is too big: a file may have up to 10 MB."
        )
        await expect(chips).to_have_count(3)
        await ann.get_by_role("button", name="Remove pump-report.txt").click()
        await type_in(ann, "the figures of the pump")
        shared = ben.locator("#log article", has_text="the figures of the pump")
        await expect(shared.locator(".file-name")).to_have_text(["litres.csv", "pump.png"])
        await shared.locator("summary").click()
        await expect(shared.locator(".file-text")).to_have_text("day,litres\n1,60\n2,61\n")
        for file in (TABLE, PHOTO):
            async with ben.expect_download() as download:
                await shared.get_by_role("link", name=f"Download {file['name']}").click()
            saved = await download.value
            assert saved.suggested_filename == file["name"]
            content = await asyncio.to_thread((await saved.path()).read_bytes)
            assert content == file["buffer"]


async def test_a_claim_is_checked_against_a_file_in_its_thread(simulated: Street):
    async with page_of(simulated.browser, simulated.town) as page:
        await type_in(page, CLAIM)
        claim = page.locator("#log article", has_text=CLAIM).last
        await claim.hover()
        await claim.get_by_role("button", name="Reply in thread").click()
        await attach(page, REPORT, where="#thread-composer")
        await page.locator("#thread-input").press("Enter")
        await expect(page.locator("#thread-log .file-name")).to_have_text(REPORT["name"])
        await choose(page, page.locator("#thread-log article").first, "Fact-check message")
        shown = card(page, "of 5 voters", thread=True)
        await expect(shown).to_contain_text("text file")
        await expect(shown).to_contain_text("sixty litres a minute")
        await expect(shown).to_contain_text("file “pump-report.txt”")
        await shown.locator("a[href*='/files/']").first.click()
        found = page.locator("#thread-log article:focus")
        await expect(found.locator(".file-name")).to_have_text(REPORT["name"])
