"""From a question to its answer, which has the shape that was asked for or is none."""

from __future__ import annotations

import asyncio
import random

import pytest

from patterns.errors import AnswerUnusable, ModelDenied, ModelUnavailable
from patterns.fanout import Limits
from patterns.recipes.factcheck import Ballot, Label, factcheck
from patterns.task import Task
from patterns.testing import ListSink
from patterns.usage import Usage
from tests.calls.road import GOOD, TAKEN, FakeSender, Road, ballot
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
    asked = 0

    async def panels() -> None:
        nonlocal asked
        for number in range(60):
            task = Task(text=f"Claim {number}")
            verdict = await factcheck(task, road, ListSink(), Limits())
            assert all(vote.label is Label.REFUTED for vote in verdict.votes)
            assert len(verdict.votes) + len(verdict.missing) == verdict.asked
            asked += verdict.asked

    in_virtual_time(panels())

    repairs = [call for call in road.sender.calls if len(call.turns) == 4]
    assert asked == 300
    assert len(road.sender.calls) == asked + len(repairs)
    assert 60 < len(repairs) < 120
    assert len({(c.prompt.key, c.turns[1]["content"]) for c in repairs}) == len(repairs)
    assert road.is_clear()


async def test_five_voters_on_one_long_claim_share_nearly_all_of_their_beginning() -> None:
    """Providers bill a repeated beginning less."""
    road = Road(FakeSender())
    claim = "The moon is made of cheese. " * 180

    await factcheck(Task(text=claim[:5000], voters=5), road, ListSink(), Limits())

    texts = ["".join(turn["content"] for turn in call.turns) for call in road.sender.calls]
    shared = next(n for n, letters in enumerate(zip(*texts, strict=False)) if len(set(letters)) > 1)
    assert len(texts) == 5
    assert shared >= 0.9 * max(map(len, texts))


async def test_a_question_given_up_before_anything_was_sent_took_nothing() -> None:
    road = Road(FakeSender())
    task = asyncio.create_task(road.ask(ballot()))
    await asyncio.sleep(0)

    task.cancel()
    await asyncio.wait([task])

    assert road.lost == []
    assert road.is_clear()
