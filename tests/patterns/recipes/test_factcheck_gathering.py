"""Evidence: once for a claim, about the claim, and no more searches than it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from patterns.errors import BudgetSpent, ModelUnavailable
from patterns.evidence import Origin
from patterns.passages import PASSAGES_MOST
from patterns.ports import Prompt
from patterns.recipes.factcheck.ballots import Ballot
from patterns.recipes.factcheck.claims import Statements
from patterns.recipes.factcheck.gathering import SEARCHES_MOST, Pages
from patterns.task import Task
from patterns.testing import Line, ListSink, ScriptedModel
from tests.patterns.recipes.panels import (
    AGAINST,
    CLAIM,
    FOR,
    NO,
    WALL,
    Nearby,
    ballot,
    check,
    found,
    pages,
    passage,
    scripted,
    statement,
)
from tests.patterns.samples import done, talk

WEB = replace(CLAIM, web=True)


def searching(*answers: Line) -> ScriptedModel:
    """Search number n gets answer number n, the last one from then on."""
    left = list(answers)

    def search(_: Prompt[Any]) -> Line:
        return left.pop(0) if len(left) > 1 else left[0]

    return scripted(
        {Pages: search, Ballot: lambda _: ballot(NO, "far too narrow to be visible", 1)}
    )


def searches(model: ScriptedModel) -> int:
    return sum("search" in key for key in model.asked)


async def test_a_search_that_is_enough_is_the_only_one():
    model = searching(pages(found(AGAINST, date="2024-05-01")))
    sink = ListSink()

    [claim] = (await check(model, WEB, sink)).claims

    assert model.asked[0] == "search-1"
    assert (searches(model), claim.searches) == (1, 1)
    [seen] = claim.passages
    assert (seen.origin, seen.link, seen.date) == (Origin.WEB, "https://a.test/1", "2024-05-01")
    assert "far too narrow to be visible" in claim.votes[0].quote
    assert "search-1" in done(sink)


@pytest.mark.parametrize(
    ("then", "made"),
    [
        ("", 1),
        ("  ", 1),
        ("the great wall is visible from the moon!", 1),
        ("astronauts on the view of Earth", 2),
    ],
)
async def test_who_asks_for_the_same_again_has_searched_enough(then: str, made: int):
    model = searching(pages(found(FOR), enough=False, then=then))

    await check(model, WEB)

    assert searches(model) == made


async def test_there_are_three_searches_at_most():
    turns = iter(["crews in orbit", "width of walls", "eyes of people", "schoolbooks"])

    def search(_: Prompt[Any]) -> Line:
        return pages(enough=False, then=next(turns))

    model = scripted({Pages: search, Ballot: lambda _: ballot(NO)})

    [claim] = (await check(model, WEB)).claims

    assert searches(model) == claim.searches == SEARCHES_MOST == 3


async def test_on_average_a_claim_takes_one_search_and_a_half_at_most():
    """Of a hundred claims sixty are decided by what comes first; SAFE would search five times."""
    made = 0
    for number in range(100):
        first = pages(found(AGAINST), enough=number % 5 < 3, then="what astronauts said")
        model = searching(
            first, pages(found(FOR), enough=number % 5 < 4, then="what astronauts said")
        )
        [claim] = (await check(model, WEB)).claims
        made += claim.searches

    assert made <= 150


@pytest.mark.parametrize("error", [ModelUnavailable("no line"), BudgetSpent("the money is spent")])
async def test_a_search_that_fails_is_a_note_and_the_panel_votes_all_the_same(error: Any):
    model = searching(error)

    result = await check(model, WEB)

    assert result.notes == (f"A search of the web failed: {error}.",)
    assert result.claims[0].searches == 0
    assert len(result.claims[0].votes) == 3
    assert result.claims[0].unsourced


async def test_without_the_web_nobody_searches():
    model = searching(pages(found(AGAINST)))

    [claim] = (await check(model)).claims

    assert searches(model) == 0
    assert claim.unsourced


async def test_pages_found_twice_and_near_duplicates_are_one_passage():
    model = searching(
        pages(found(AGAINST), found(FOR, "https://b.test"), enough=False, then="what crews said"),
        pages(found(AGAINST.upper(), "https://c.test"), found("More of it.", "https://b.test")),
    )

    [claim] = (await check(model, WEB)).claims

    assert [p.link for p in claim.passages] == ["https://a.test/1", "https://b.test"]
    assert claim.passages[1].text == f"{FOR} […] More of it."


@pytest.mark.parametrize("url", ["", "not a link", "javascript:alert(1)"])
async def test_a_page_without_an_address_is_no_evidence(url: str):
    [claim] = (await check(searching(pages(found(AGAINST, url))), WEB)).claims

    assert claim.passages == ()


async def test_only_what_is_about_the_claim_is_shown_of_what_people_talk():
    chatter = [passage(f"lol {n}, lunch anyone?", n) for n in range(20)]
    nearby = Nearby(*chatter, passage(AGAINST, 99), looked=("this thread",))
    model = scripted({Ballot: lambda _: ballot(NO, "far too narrow", 1)})

    [claim] = (await check(model, replace(CLAIM, evidence=nearby))).claims

    assert [p.text for p in claim.passages] == [AGAINST]
    assert nearby.claims == [WALL]
    assert claim.looked == ("this thread",)
    assert claim.outcome == "refuted"


async def test_with_chatter_alone_the_panel_votes_by_what_it_knows():
    model = scripted({Ballot: lambda _: ballot(NO)})

    [claim] = (await check(model, replace(CLAIM, evidence=Nearby(passage("lol"))))).claims

    assert claim.outcome == "refuted"
    assert claim.unsourced


async def test_the_message_that_makes_the_claim_is_no_evidence_for_it():
    [message] = talk(f"Ada: {WALL}")
    nearby = Nearby(
        passage(WALL, link=message.permalink), passage(f"{WALL}!", 7), passage(AGAINST, 8)
    )

    [claim] = (await check(searching(pages()), Task(messages=(message,), evidence=nearby))).claims

    assert [p.text for p in claim.passages] == [AGAINST]


async def test_evidence_is_gathered_once_for_the_whole_panel_and_for_each_claim_its_own():
    text = "The wall was built in 1368. The moon is 384 thousand kilometres away."
    parts = ["The wall was built in 1368", "The moon is 384 thousand kilometres away"]
    nearby = Nearby(
        passage("They say the wall was built in 1368"),
        passage("Moon? 384 thousand kilometres away", 2),
    )
    model = scripted(
        {
            Statements: lambda _: {"claims": [statement(part) for part in parts]},
            Pages: lambda _: pages(enough=False),
            Ballot: lambda _: ballot(NO),
        }
    )

    result = await check(model, Task(text=text, evidence=nearby, web=True))

    assert nearby.claims == parts
    assert sorted(key for key in model.asked if "search" in key) == [
        "claim-1-search-1",
        "claim-2-search-1",
    ]
    assert [len(claim.passages) for claim in result.claims] == [1, 1]


async def test_a_panel_is_shown_eight_passages_at_most():
    many = [
        passage(f"The Great Wall, visible from the Moon? Crew {n} of {n * 7} says no.", n)
        for n in range(40)
    ]
    model = searching(pages(*[found(f"{WALL} {n}", f"https://{n}.test") for n in range(40)]))

    [claim] = (await check(model, replace(WEB, evidence=Nearby(*many)))).claims

    assert len(claim.passages) == PASSAGES_MOST
    assert {p.origin for p in claim.passages} == {Origin.CONVERSATION, Origin.WEB}


async def test_a_search_is_told_what_is_known_already():
    prompts: list[Prompt[Any]] = []

    def search(prompt: Prompt[Any]) -> Line:
        prompts.append(prompt)
        return pages(found(FOR, f"https://{len(prompts)}.test"), enough=False, then="crews")

    model = scripted({Pages: search, Ballot: lambda _: ballot(NO)})
    await check(model, replace(WEB, evidence=Nearby(passage(AGAINST))))

    assert all(prompt.search for prompt in prompts)
    assert FOR in prompts[1].text
    assert prompts[1].text.endswith("The query: ⟦crews⟧")


async def test_who_may_search_the_web_is_shown_nothing_that_people_said_nearby():
    prompts: list[Prompt[Any]] = []

    def search(prompt: Prompt[Any]) -> Line:
        prompts.append(prompt)
        return pages(found(FOR), enough=False, then="what crews said")

    model = scripted({Pages: search, Ballot: lambda _: ballot(NO)})
    [claim] = (await check(model, replace(WEB, evidence=Nearby(passage(AGAINST))))).claims

    assert len(prompts) == 2
    assert not any(AGAINST in prompt.text for prompt in prompts)
    assert [seen.text for seen in claim.passages] == [AGAINST, FOR]
