"""Summaries of what nobody holds in memory, and of what could be read in part."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from patterns.errors import BudgetSpent, ModelUnavailable, NothingToDo, QuorumMissed, TimeUp
from patterns.events import Planned
from patterns.fanout import Limits
from patterns.ports import Prompt
from patterns.recipes.summarize import Kind
from patterns.task import Depth, Message
from patterns.testing import ListSink
from tests.fakes.virtual_time import in_virtual_time
from tests.patterns.recipes.summaries import (
    DEEP,
    NOTHING,
    Script,
    long_talk,
    model,
    read,
    summary,
)
from tests.patterns.samples import talk

LONG = long_talk(40)


async def stream(messages: Sequence[Message]) -> AsyncGenerator[Message]:
    for message in messages:
        yield message


def without(*keys: str, part: Script = read) -> Script:
    return lambda p: ModelUnavailable("no line") if p.key in keys else part(p)


async def test_a_stream_is_summed_up_as_the_list_would_be():
    """But for the titles of its parts, which cannot say how many they are."""
    sink = ListSink()

    streamed = await summary(model(), stream(LONG), sink, depth=DEEP)

    assert streamed == await summary(model(), LONG, depth=DEEP)
    assert (streamed.read, streamed.messages, streamed.parts) == (40, 40, 40)
    assert isinstance(sink.events[0], Planned)
    assert sink.events[0].branches[0].title == "Part 1: 1 message by Ada"


@pytest.mark.parametrize(("words", "parts"), [(8_000, 1), (40_000, 10)])
async def test_a_stream_that_fits_into_one_question_is_one_question(words: int, parts: int):
    messages = talk(*["Ada: " + "word " * 1_000] * (words // 1_000))
    asked = model()

    streamed = await summary(asked, stream(messages))

    assert streamed.parts == len(asked.asked)
    assert (streamed.parts == 1) == (parts == 1)
    assert streamed == await summary(model(), messages)


async def test_an_empty_stream_is_nothing_to_do():
    with pytest.raises(NothingToDo, match="no messages"):
        await summary(model(), stream(()))
    with pytest.raises(NothingToDo, match="no messages"):
        await summary(model(), stream(()), depth=DEEP)


async def test_a_stream_of_which_no_part_could_be_read_says_why():
    with pytest.raises(QuorumMissed, match=r"No part could be read: no line"):
        await summary(model(lambda _: ModelUnavailable("no line")), stream(LONG))


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("came", [0, 2])
async def test_a_stream_that_is_cut_off_is_summed_up_as_far_as_it_came(depth: Depth, came: int):
    async def messages() -> AsyncGenerator[Message]:
        for message in LONG[:came]:
            yield message
        raise TimeUp("too late")

    if not came:
        with pytest.raises(QuorumMissed, match="too late"):
            await summary(model(), messages(), depth=depth)
        return
    result = await summary(model(), messages(), depth=depth)

    assert (result.read, result.stopped, result.partial) == (2, "too late", True)


@pytest.mark.parametrize(("lost", "partial"), [(0, False), (4, False), (5, True), (39, True)])
async def test_below_nine_tenths_a_summary_is_partial(lost: int, partial: bool):
    gone = [f"part-{number}" for number in range(1, lost + 1)]

    result = await summary(model(without(*gone)), LONG, depth=DEEP)

    assert result.partial is partial
    assert result.read == 40 - lost
    assert [part.link for part in result.unread] == [m.permalink for m in LONG[:lost]]


@pytest.mark.parametrize("seed", range(30))
def test_with_one_question_in_ten_lost_there_is_always_a_summary(seed: int):
    """What is counted as read is what was read; of that nothing is lost."""
    dice = random.Random(seed)
    lost: set[str] = set()

    def flaky(answer: Script) -> Script:
        def script(prompt: Prompt[Any]) -> Any:
            if dice.random() < 0.1:
                lost.add(prompt.key)
                return ModelUnavailable("no line")
            return answer(prompt)

        return script

    nothing = flaky(lambda _: {"overview": [], "same": [], "conflicts": []})
    asked = model(flaky(read), missed=flaky(lambda _: NOTHING), merge=nothing, delay=1)

    result = in_virtual_time(summary(asked, stream(LONG), depth=DEEP))

    gone = {int(key[5:]) for key in lost if key.startswith("part-") and "." not in key}
    assert result.read == 40 - len(gone)
    assert [part.link[-3:] for part in result.unread] == [f"/m{n}"[-3:] for n in sorted(gone)]
    assert {int(point.text.split()[-1]) for point in result.points} == set(range(1, 41)) - gone


@pytest.mark.parametrize("depth", [Depth.NORMAL, DEEP])
async def test_reading_and_merging_together_are_no_wider_than_allowed(depth: Depth):
    asked = model(delay=0.001)

    await summary(asked, stream(long_talk(80)), limits=Limits(width=4), depth=depth)

    assert any(key.startswith("merge") for key in asked.asked)
    assert asked.most_at_once == 4


async def test_at_a_cap_reading_stops_and_the_summary_says_where():
    left = 5

    def part(prompt: Prompt[Any]) -> Any:
        nonlocal left
        left -= 1
        return read(prompt) if left >= 0 else BudgetSpent("the budget is spent")

    over = model(part, missed=lambda _: NOTHING)

    result = await summary(over, stream(LONG), depth=DEEP)

    assert result.partial
    assert result.stopped == "the budget is spent"
    assert result.read == 5
    assert result.messages < 30
    assert result.unread_parts == len(result.unread) == result.messages - 5


@pytest.mark.parametrize("over", [BudgetSpent("the budget is spent"), ModelUnavailable("no")])
async def test_what_was_read_stays_when_there_is_nothing_left_to_mend_it_with(over: Any):
    def part(prompt: Prompt[Any]) -> Any:
        answer = read(prompt)
        bad = {**answer["items"][0], "speaker": "Mallory"}
        return {**answer, "items": [*answer["items"], bad]}

    result = await summary(model(part, mend=lambda _: over), LONG[:5], depth=Depth.QUICK)

    assert (result.read, len(result.points), result.dropped) == (5, 5, 1)


async def test_of_very_many_unread_parts_the_first_are_named_and_all_are_counted():
    asked = model(lambda p: read(p) if p.key == "part-1" else ModelUnavailable("no"))

    result = await summary(asked, long_talk(150, Kind.FACT), depth=DEEP)

    assert (len(result.unread), result.unread_parts) == (100, 149)


def test_a_question_that_takes_too_long_is_given_up_and_no_other_with_it():
    """Of a part that was read what held stays, when mending it takes too long."""

    def part(prompt: Prompt[Any]) -> Any:
        answer = read(prompt)
        return {**answer, "items": [*answer["items"], {**answer["items"][0], "speaker": "Eve"}]}

    slow = {"part-2", "part-1.mend", "part-3.missed"}
    asked = model(part, delay=lambda p: 100 if p.key in slow else 9)

    result = in_virtual_time(
        summary(asked, LONG[:3], limits=Limits(width=8, seconds=10), depth=DEEP)
    )

    assert [part.reason for part in result.unread] == ["no answer within 10 s"]
    assert (result.read, len(result.points), result.dropped) == (2, 2, 2)
