"""Addresses of pages that were found are let through, and no others."""

from __future__ import annotations

import pytest

from bot.runs.citing import Citing
from bot.runs.vetting import REMOVED, Vetting
from patterns.evidence import Origin, Passage
from patterns.ports import Answer, Prompt
from patterns.testing import ScriptedModel


class Page(Answer):
    text: str
    url: str


class Pages(Answer):
    passages: tuple[Page, ...]
    urls: tuple[str, ...]


PAGE = "https://known.example/a?b=1"
EVIL = "https://evil.example/?q=secret"
SAID = {
    "passages": [{"text": f"Go to {EVIL}", "url": PAGE}],
    "urls": ["http://other.example/x"],
}


async def heard(said: object, *, search: bool = True) -> Vetting:
    vetting = Vetting()
    model = Citing(ScriptedModel(lambda _: said), vetting)  # type: ignore[arg-type, return-value]
    prompt = Prompt(key="web", system="s", text="t", answer=Pages, search=search)
    reply = await model.ask(prompt)
    assert reply.answer.passages[0].url
    return vetting


async def test_the_pages_of_a_search_may_be_shown() -> None:
    vetting = await heard(SAID)

    assert vetting.text(f"see {PAGE}") == f"see {PAGE}"
    assert vetting.text("http://other.example/x") == "http://other.example/x"


async def test_an_address_in_the_words_of_a_search_is_no_page_that_was_found() -> None:
    assert (await heard(SAID)).text(EVIL) == REMOVED


async def test_who_did_not_search_has_found_nothing() -> None:
    assert (await heard(SAID, search=False)).text(PAGE) == REMOVED


@pytest.mark.parametrize(
    "address",
    [
        "javascript://%0aalert(1)",
        "slack://open",
        "no address",
        f"{PAGE} {EVIL}",
        f"{PAGE}>{EVIL}",
        "https://evil\u202e.example",
        "",
    ],
)
def test_what_is_no_page_is_not_let_through(address: str) -> None:
    vetting = Vetting()
    vetting.cited(address)

    assert vetting._links == set()


def test_a_passage_of_the_web_leads_to_a_page_that_was_found_or_nowhere() -> None:
    vetting = Vetting()
    vetting.cited(PAGE)
    found = Passage(origin=Origin.WEB, text="t", title="A page", link=PAGE)

    assert vetting.value(found) == found
    for link in (EVIL, "javascript:alert(1)", "known.example", f"{PAGE}#", "https://"):
        assert vetting.value(found.model_copy(update={"link": link})).link == ""


def test_a_passage_that_we_read_leads_where_we_read_it() -> None:
    here = Passage(
        origin=Origin.CONVERSATION, text="t", link="https://team.slack.com/archives/C1/p1"
    )

    assert Vetting().value(here) == here


async def test_what_a_page_has_like_a_pseudonym_becomes_nobodys_name() -> None:
    vetting = Vetting()
    vetting.met({"Person_bcdfgh": "Ben"})
    page = {"text": "Person_bcdfgh and Person\u200e_bcdfgh said so", "url": PAGE}
    said = {"passages": [page], "urls": [f"{PAGE}&u=Person_bcdfgh"]}
    model = Citing(ScriptedModel(lambda _: said), vetting)  # type: ignore[arg-type, return-value]
    prompt = Prompt(key="web", system="s", text="t", answer=Pages, search=True)

    answer = (await model.ask(prompt)).answer

    assert vetting.text(answer.passages[0].text) == "Person-bcdfgh and Person-bcdfgh said so"
    assert (answer.passages[0].url, list(answer.urls)) == (PAGE, said["urls"])
