"""A person at the playground's page, in a browser: what they look at and what they do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from playwright.async_api import Browser, Locator, Page, expect
from playwright.async_api import TimeoutError as TooLate

from tests.e2e.town import Town
from tests.fakes.model_server import Asked, Turn, hangs, refuses

WAIT = 60_000  # milliseconds
#: Words in a question that tell the model's server how to behave.
SLOWLY, DECLINED = "slowly", "unspeakable"
#: On every card with a verdict; without a majority it has no "3 of 5 voters".
VERDICT = re.compile(r"of \d voters|\d seats|No majority|Conflicting")


@dataclass
class Moods:
    """A script for the model's server: some questions never end, others are declined by one."""

    well: bool = False
    answered: list[str] = field(default_factory=list[str])

    def __call__(self, asked: Asked) -> Turn | None:
        words = str(asked.messages)
        if SLOWLY in words:
            return hangs()
        if DECLINED in words and "skeptic" in words.lower() and not self.well:
            return refuses()
        self.answered.append(words)
        return None


@dataclass(frozen=True, kw_only=True)
class Street:
    """A town that all tests of a module share, and the browser that they look at it with."""

    town: Town
    browser: Browser


@asynccontextmanager
async def page_of(
    browser: Browser, here: Town, *, person: str = "Ann", **options: object
) -> AsyncIterator[Page]:
    """The page of *person*; no script failed on it and its security policy refused nothing."""
    context = await browser.new_context(**{"reduced_motion": "reduce"} | options)  # pyright: ignore[reportArgumentType]
    page = await context.new_page()
    page.set_default_timeout(WAIT)
    expect.set_options(timeout=WAIT)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    who = here.workspace.person_named(person).id
    await page.add_init_script(
        f"localStorage.getItem('playground.as') ?? localStorage.setItem('playground.as', '{who}')"
    )
    await page.goto(here.url)
    await expect(page.locator("#bot-state")).to_contain_text("online")
    await page.wait_for_selector("html[data-ready]")
    yield page
    await context.close()
    assert troubles == []


async def type_in(page: Page, text: str, *, thread: bool = False) -> None:
    entry = page.locator("#thread-input" if thread else "#composer-input")
    await entry.fill(text)
    await entry.press("Enter")


async def act_as(page: Page, here: Town, name: str) -> None:
    await page.locator("#acting").select_option(here.workspace.person_named(name).id)


async def go_to(page: Page, place: str) -> None:
    await page.locator(".place", has_text=place).click()
    await expect(page.locator("#title")).to_contain_text(place)


async def choose(page: Page, message: Locator, entry: str) -> None:
    """An entry of the menu of *message*."""
    more = message.get_by_role("button", name="More actions").first
    opened = False
    while not opened:  # until the message stays under the mouse, while others come in
        await message.hover()
        with suppress(TooLate):
            await more.click(timeout=2_000)
            opened = True
    await page.get_by_role("menuitem", name=entry).click()


def card(page: Page, of: str | re.Pattern[str], *, thread: bool = False) -> Locator:
    """The first message of the bot that says *of*."""
    log = page.locator("#thread-log" if thread else "#log")
    return log.locator("article:has(.avatar.bot)", has_text=of).first


def whisper(page: Page) -> Locator:
    """What the person alone was told last."""
    return page.locator(".whisper").last
