"""A fact-check as people meet it on the page: its evidence, its verdicts, and their own vote."""

from __future__ import annotations

import json
import re

import pytest
from playwright.async_api import Page, expect

from patterns.recipes.factcheck.panel import Case, seat_name
from tests.e2e.browsing import Moods, Street, card, choose, page_of, type_in, whisper
from tests.fakes.model_server import Asked, Turn, refuses, says

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BRIDGE = "The bridge of Ostrand was closed on 3 May"
TOLD = "The town hall writes that the bridge of Ostrand was closed on 3 May, after the storm."
THREE = (
    "The library of Ostrand opens at nine. Its roof is from 1931. "
    "It holds forty thousand books. I think it is the nicest place in town."
)
PARTS = {
    "The library of Ostrand opens at nine.": ("The library opens at nine", "supported"),
    "Its roof is from 1931.": ("The roof of the library is from 1931", "refuted"),
    "It holds forty thousand books.": (
        "The library holds forty thousand books",
        "not_enough_evidence",
    ),
}
OPINION = "I think it is the nicest place in town."
TIE, LOST = "The moon festival began in 1820", "The old mill has nine wheels"
TIED = ("supported", "not_enough_evidence", "refuted", "supported", "not_enough_evidence")
_SHOWN = re.compile(r"^⟦?\s*\[(\d+)\] ?(.*)$", re.MULTILINE)
_SEATS = ("Skeptic", "Advocate", "Neutral reader", "Numbers and dates", "Second neutral reader")
#: Two of the first wave.
_LOST_SEATS = tuple(seat_name(Case(claim=LOST), number) for number in range(2))


class Panel(Moods):
    """Voters with a script for each of the claims above; two seats of one panel never answer."""

    def __call__(self, asked: Asked) -> Turn | None:
        fields = asked.schema.get("properties", {})
        if "claims" in fields:
            return says(json.dumps({"claims": told()}))
        if "label" not in fields:
            return None
        seat = seat_of(asked)
        if LOST in asked.text and seat in _LOST_SEATS:
            return refuses()
        return says(json.dumps(ballot(asked, seat)))


def told() -> list[dict[str, str]]:
    parts = [
        {"claim": claim, "quote": quote, "kind": "checkable"} for quote, (claim, _) in PARTS.items()
    ]
    return [{"claim": OPINION, "quote": OPINION, "kind": "opinion"}, *reversed(parts)]


def seat_of(asked: Asked) -> str:
    """The longest title that is named: one is the end of another."""
    return max((seat for seat in _SEATS if f"Your seat: {seat}." in asked.text), key=len)


def ballot(asked: Asked, seat: str) -> dict[str, object]:
    label = next((name for claim, name in PARTS.values() if claim in asked.text), "supported")
    if TIE in asked.text:
        label = TIED[_SEATS.index(seat)]
    number, quote = next(
        ((int(n), TOLD) for n, said in _SHOWN.findall(asked.text) if TOLD in said), (None, "")
    )
    return {
        "label": label,
        "evidence": [number] if number else [],
        "quote": quote,
        "reason": f"The {seat.lower()} has looked it up.",
        "confidence": 0.8,
    }


@pytest.fixture(scope="module")
def moods() -> Moods:
    return Panel()


async def finished(page: Page, of: str) -> None:
    await expect(card(page, of).get_by_role("button", name="Re-run")).to_be_visible()


async def test_a_claim_is_checked_against_what_was_said_in_its_channel(street: Street):
    await street.town.say(TOLD, person="Ben")
    async with page_of(street.browser, street.town) as page:
        await type_in(page, f"/factcheck {BRIDGE}")
        await finished(page, BRIDGE)
        shown = card(page, BRIDGE)
        await expect(shown).to_contain_text("Supported")
        await expect(shown).to_contain_text("3 of 5 voters")
        await expect(shown).to_contain_text("stopped early")
        await expect(shown).to_contain_text(TOLD.rstrip("."))
        source = shown.locator("a[href*='/archives/']").first
        await expect(source).to_be_visible()


async def test_three_claims_of_a_message_have_three_verdicts_in_its_order(street: Street):
    await street.town.say(THREE, person="Ben")
    async with page_of(street.browser, street.town) as page:
        message = page.locator("#log article", has_text="the nicest place in town").last
        await choose(page, message, "Fact-check message")
        await message.locator(".thread-link").click()
        shown = card(page, "3 claims", thread=True)
        await expect(shown).to_contain_text("1 supported")
        words = await shown.inner_text()
        verdicts = ("Supported", "Refuted", "Not enough evidence")
        wanted = [
            word
            for number, ((claim, _), verdict) in enumerate(
                zip(PARTS.values(), verdicts, strict=True), 1
            )
            for word in (f"{number}. {verdict}: 3 of 5 voters", claim)
        ]
        places = [words.index(word) for word in wanted]

        assert places == sorted(places)
        await expect(shown).to_contain_text(f"Not voted on: “{OPINION.rstrip('.')}” (opinion)")


async def test_a_tie_names_no_winner(street: Street):
    async with page_of(street.browser, street.town) as page:
        await type_in(page, f"/factcheck {TIE}")
        await finished(page, TIE)
        shown = card(page, TIE)
        await expect(shown).to_contain_text("No majority")
        for count in ("2 supported", "1 refuted", "2 not enough evidence"):
            await expect(shown).to_contain_text(count)
        await expect(shown).not_to_contain_text("stopped early")
        await expect(shown).not_to_contain_text("Supported:")


async def test_a_panel_that_lost_two_voters_has_replaced_them(street: Street):
    async with page_of(street.browser, street.town) as page:
        await type_in(page, f"/factcheck {LOST}")
        await finished(page, LOST)
        shown = card(page, LOST)
        await expect(shown).to_contain_text("Supported: 3 of 5 voters")
        for seat in _LOST_SEATS:
            await expect(shown).to_contain_text(f"No answer from {seat}")


async def test_people_vote_blind_and_their_word_is_shown_when_the_vote_is_closed(street: Street):
    claim = "The Ostrand fair lasts nine days"
    async with (
        page_of(street.browser, street.town) as ann,
        page_of(street.browser, street.town, person="Ben") as ben,
        page_of(street.browser, street.town, person="Dev") as dev,
    ):
        await type_in(ann, f"/factcheck {claim}")
        await finished(ann, claim)
        await vote(ann, claim, "Agree")
        await expect(whisper(ann)).to_contain_text("You voted: it's true. So far: 1 agrees")
        await vote(ben, claim, "Disagree")
        await expect(whisper(ben)).to_contain_text(
            "You voted: it's false. So far: 1 agrees with the claim · 1 disagrees"
        )
        await expect(card(dev, claim)).to_contain_text("2 people voted")
        await expect(dev.locator("body")).not_to_contain_text("You voted")
        await expect(dev.locator("body")).not_to_contain_text("1 disagree")
        await expect(ann.locator("body")).not_to_contain_text("1 disagree")

        await close(dev, claim)
        await expect(whisper(dev)).to_contain_text("Only who asked")
        await vote(dev, claim, "Agree")
        await vote(dev, claim, "Agree")
        await expect(whisper(dev)).to_contain_text("2 agree with the claim · 1 disagrees")
        await close(ann, claim)
        await expect(card(ben, claim)).to_contain_text(
            "2 agree with the claim · 1 disagrees; they say: it's true"
        )
        await expect(card(ben, claim).get_by_role("button", name="Agree")).to_have_count(0)
        await expect(card(ben, claim)).to_contain_text("Supported: 3 of 5 voters")


async def test_a_vote_outlives_the_bot_that_took_it(street: Street):
    claim = "The Ostrand ferry has two decks"
    async with page_of(street.browser, street.town) as page:
        await type_in(page, f"/factcheck {claim}")
        await finished(page, claim)
        await vote(page, claim, "Agree")
        await expect(whisper(page)).to_contain_text("You voted: it's true")
    street.town.bot.kill()
    await street.town.bot.killed()
    await street.town.bot.start()
    async with page_of(street.browser, street.town, person="Ben") as page:
        await vote(page, claim, "Can't tell")
        await expect(whisper(page)).to_contain_text("1 agrees with the claim")
        await expect(whisper(page)).to_contain_text("1 can't tell")


async def vote(page: Page, claim: str, opinion: str) -> None:
    name = re.compile(rf"\b{opinion}\b")
    await card(page, claim).get_by_role("button", name=name).click()


async def close(page: Page, claim: str) -> None:
    await card(page, claim).get_by_role("button", name="Close the vote").click()
    await page.locator("#confirm-yes").click()
