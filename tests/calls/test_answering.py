"""From a question to its answer, which has the shape that was asked for or is none."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from patterns.errors import AnswerUnusable, ModelDenied, ModelUnavailable
from patterns.ports import Answer, Prompt, Reply
from patterns.usage import Usage
from tests.calls.road import GOOD, TAKEN, Ballot, FakeSender, Label, Road, ballot
from tests.fakes.virtual_time import in_virtual_time

BROKEN = '{"label": "refutd", "reason": ""}'


async def test_a_good_answer_has_its_shape_its_cost_and_the_name_of_the_model() -> None:
    road = Road(FakeSender(GOOD), cost=lambda usage: 7)

    reply = await road.ask(ballot())

    assert reply.answer == Ballot(label=Label.REFUTED, reason="They see.")
    assert reply.usage == Usage(calls=1, input_tokens=90, output_tokens=10, cost=7)
    assert reply.model == "fake-1"


async def test_the_question_is_two_turns_and_the_longest_answer() -> None:
    road = Road(FakeSender(GOOD))

    await road.ask(ballot(claim="half a pair \ud83d"))

    (call,) = road.sender.calls
    assert call.turns == (
        {"role": "system", "content": "Vote."},
        {"role": "user", "content": "half a pair ?"},
    )
    assert call.most_output == 1000


@pytest.mark.parametrize("fence", ["```json\n%s\n```", "\n```\n%s```  ", "```JSON \n%s\n\n```\n"])
async def test_a_code_fence_around_the_answer_is_no_mistake(fence: str) -> None:
    road = Road(FakeSender(fence % GOOD))

    await road.ask(ballot())

    assert len(road.sender.calls) == 1


@pytest.mark.parametrize(
    "broken",
    [
        "Well, I would say refuted.",
        '{"label": "maybe", "reason": "x"}',
        '{"label": "refuted"}',
        "[]",
        "[" * 100_000,
    ],
)
async def test_a_wrong_shape_is_sent_back_once_with_what_is_wrong(broken: str) -> None:
    road = Road(FakeSender(broken, GOOD))

    reply = await road.ask(ballot())

    assert reply.answer.label is Label.REFUTED
    assert reply.usage == TAKEN + TAKEN
    again = road.sender.calls[1].turns
    assert again[:2] == road.sender.calls[0].turns
    assert again[2] == {"role": "assistant", "content": broken[:4000]}
    assert '"additionalProperties": false' in again[3]["content"]


async def test_a_shape_wrong_twice_is_unusable_and_never_a_vote() -> None:
    road = Road(FakeSender(BROKEN, BROKEN, GOOD))

    with pytest.raises(AnswerUnusable) as unusable:
        await road.ask(ballot())

    assert len(road.sender.calls) == 2
    assert unusable.value.usage == TAKEN + TAKEN, "bad answers are paid for like good ones"


async def test_an_answer_cut_short_is_not_asked_to_be_put_right() -> None:
    road = Road(FakeSender(AnswerUnusable("the answer was cut short", usage=TAKEN)))

    with pytest.raises(AnswerUnusable, match="cut short") as cut:
        await road.ask(ballot())

    assert len(road.sender.calls) == 1
    assert cut.value.usage == TAKEN


def test_the_repair_has_attempts_of_its_own_and_all_add_up() -> None:
    trouble = ModelUnavailable("x", usage=Usage(calls=1))
    road = Road(FakeSender(trouble, BROKEN, trouble, trouble, GOOD))

    async def ask() -> Usage:
        return (await road.ask(ballot())).usage

    assert in_virtual_time(ask()) == TAKEN + TAKEN + Usage(calls=3)


async def test_what_was_paid_before_the_run_is_over_is_told() -> None:
    """A `ModelDenied` ends the run: it goes past all who count."""
    road = Road(FakeSender(BROKEN, ModelDenied("no credit")))

    with pytest.raises(ModelDenied):
        await road.ask(ballot())

    assert road.lost == [("voter-1", TAKEN + Usage(calls=1))]


def test_of_a_third_of_broken_answers_no_vote_is_made_and_none_is_asked_for_twice() -> None:
    chance = random.Random(5)
    road = Road(FakeSender(fate=lambda number: BROKEN if chance.random() < 0.3 else GOOD))
    asked = [ballot(f"voter-{n % 5}", claim=f"Claim {n // 5}") for n in range(300)]

    async def panels() -> list[Reply[Ballot] | BaseException]:
        return await asyncio.gather(*map(road.ask, asked), return_exceptions=True)

    for reply in in_virtual_time(panels()):
        if isinstance(reply, BaseException):
            assert isinstance(reply, AnswerUnusable)
        else:
            assert reply.answer.label is Label.REFUTED
    repairs = [call for call in road.sender.calls if len(call.turns) == 4]
    assert len(road.sender.calls) == 300 + len(repairs)
    assert 60 < len(repairs) < 120
    assert len({(c.prompt.key, c.turns[1]["content"]) for c in repairs}) == len(repairs)
    assert road.is_clear()


class Page(Answer):
    url: str
    text: str


class Pages(Answer):
    passages: list[Page]


def looked_up(*urls: str) -> str:
    return Pages(passages=[Page(url=url, text="words") for url in urls]).model_dump_json()


SEARCH = Prompt(key="search-1", system="Search.", text="Bats", answer=Pages, search=True)


@pytest.mark.parametrize("fence", ["%s", "```json\n%s\n```"])
async def test_an_answer_that_was_searched_for_leads_to_pages_that_were_found(fence: str) -> None:
    answer = looked_up("https://bats.example/eyes", "https://made-up.example/")
    road = Road(FakeSender(fence % answer, found=["https://bats.example/eyes"]))

    reply = await road.ask(SEARCH)

    assert [page.url for page in reply.answer.passages] == ["https://bats.example/eyes"]


async def test_links_of_other_answers_are_none_of_our_business() -> None:
    road = Road(FakeSender(looked_up("https://as.it.was.example/")))

    reply = await road.ask(replace(SEARCH, search=False))

    assert len(reply.answer.passages) == 1


async def test_a_question_given_up_before_anything_was_sent_took_nothing() -> None:
    road = Road(FakeSender())
    task = asyncio.create_task(road.ask(ballot()))
    await asyncio.sleep(0)

    task.cancel()
    await asyncio.wait([task])

    assert road.lost == []
    assert road.is_clear()
