"""Summaries of what nobody holds in memory, and of what could be read in part."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from patterns.errors import BudgetSpent, ModelUnavailable, NothingToDo, QuorumMissed
from patterns.events import Planned
from patterns.fanout import Limits
from patterns.ports import Prompt
from patterns.recipes.summarize import POINTS_MOST, Kind, Notes, Summary, summarize
from patterns.task import Depth, Message, Messages, Task
from patterns.testing import ListSink, ScriptedModel
from tests.fakes.virtual_time import in_virtual_time
from tests.patterns.samples import talk

LONG = talk(*[f"Ada: Point {n} " + "word " * 1_300 for n in range(1, 41)])


async def stream(messages: Sequence[Message]) -> AsyncGenerator[Message]:
    for message in messages:
        yield message


def reader(kind: Kind = Kind.FACT, items: int = 1) -> Any:
    def answer(prompt: Prompt[Any]) -> dict[str, Any]:
        if prompt.answer is not Notes:
            return {"overview": "All.", "keep": list(range(1, 9))}
        number = int(re.findall(r"\[(\d+)\]", prompt.text)[0])
        quote = f"Point {number}"
        item = {"kind": kind, "text": f"Item {number}", "messages": [number], "quote": quote}
        return {"overview": f"{prompt.key} read.", "items": [item] * items}

    return answer


async def read(messages: Messages, model: ScriptedModel, sink: ListSink | None = None) -> Summary:
    task = Task(messages=messages, depth=Depth.DEEP)
    return await summarize(task, model, sink or ListSink(), Limits())


async def test_a_stream_is_summed_up_as_the_list_would_be():
    """But for the titles of its parts, which cannot say how many they are."""
    sink = ListSink()

    summary = await read(stream(LONG), ScriptedModel(reader(Kind.DECISION)), sink)

    assert summary == await read(LONG, ScriptedModel(reader(Kind.DECISION)))
    assert (summary.read, summary.messages, summary.parts) == (40, 40, 40)
    assert isinstance(sink.events[0], Planned)
    assert sink.events[0].branches[0].title == "Part 1: 1 message by Ada"


async def test_an_empty_stream_is_nothing_to_do():
    with pytest.raises(NothingToDo, match="no messages"):
        await read(stream(()), ScriptedModel(reader()))


async def test_a_stream_of_which_no_part_could_be_read_says_why():
    with pytest.raises(QuorumMissed, match=r"No part could be read: no line"):
        await read(stream(LONG), ScriptedModel(lambda _: ModelUnavailable("no line")))


@pytest.mark.parametrize(("lost", "partial"), [(0, False), (4, False), (5, True), (39, True)])
async def test_below_nine_tenths_a_summary_is_partial(lost: int, partial: bool):
    gone = {f"part-{number}" for number in range(1, lost + 1)}
    model = ScriptedModel(lambda p: ModelUnavailable("no line") if p.key in gone else reader()(p))

    summary = await read(LONG, model)

    assert summary.partial is partial
    assert summary.read == 40 - lost
    assert [part.link for part in summary.unread] == [m.permalink for m in LONG[:lost]]


@pytest.mark.parametrize("seed", range(30))
def test_with_one_question_in_ten_lost_there_is_always_a_summary(seed: int):
    dice = random.Random(seed)

    def script(prompt: Prompt[Any]) -> Any:
        return ModelUnavailable("no line") if dice.random() < 0.1 else reader(Kind.ACTION)(prompt)

    summary = in_virtual_time(read(stream(LONG), ScriptedModel(script, delay=1)))

    assert summary.read + len(summary.unread) == summary.messages == 40
    assert len(summary.points) == summary.read


async def test_reading_and_merging_together_are_no_wider_than_allowed():
    model = ScriptedModel(reader(), delay=0.001)
    task = Task(messages=stream(LONG), depth=Depth.DEEP)

    await summarize(task, model, ListSink(), Limits(width=4))

    assert sum(key.startswith("part") for key in model.asked) < len(model.asked)
    assert model.most_at_once == 4


@pytest.mark.parametrize("failing", [True, False])
async def test_what_a_summary_has_no_room_for_is_counted(failing: bool):
    """Facts go first; a merge that fails makes no room either."""

    def script(prompt: Prompt[Any]) -> Any:
        if prompt.answer is not Notes:
            keep = {"overview": "All.", "keep": list(range(1, 10_000))}
            return ModelUnavailable("no line") if failing else keep
        return reader(Kind.DECISION if prompt.key == "part-40" else Kind.FACT, 15)(prompt)

    summary = await read(stream(LONG), ScriptedModel(script))

    assert len(summary.points) == POINTS_MOST
    assert summary.cut == 40 * 15 - POINTS_MOST
    assert sum(point.kind is Kind.DECISION for point in summary.points) == 15


@pytest.mark.parametrize("failing", [True, False])
async def test_of_more_decisions_than_a_merge_is_shown_none_is_lost(failing: bool):
    shown: list[int] = []

    def script(prompt: Prompt[Any]) -> Any:
        if prompt.answer is not Notes:
            shown.append(prompt.text.count("decision: "))
            return ModelUnavailable("no line") if failing else {"overview": "All.", "keep": [7, 3]}
        return reader(Kind.DECISION, 15)(prompt)

    summary = await read(stream(LONG), ScriptedModel(script))

    assert len(summary.points) == 40 * 15
    assert summary.cut == 0
    assert max(shown) == POINTS_MOST


async def test_at_a_cap_reading_stops_and_the_summary_says_where():
    left = 5

    def script(prompt: Prompt[Any]) -> Any:
        nonlocal left
        left -= 1
        return reader()(prompt) if left >= 0 else BudgetSpent("the budget is spent")

    summary = await read(stream(LONG), ScriptedModel(script))

    assert summary.partial
    assert summary.stopped == "the budget is spent"
    assert summary.read == 5
    assert summary.messages < 30
    assert summary.unread_parts == len(summary.unread) == summary.messages - 5


async def test_of_very_many_unread_parts_the_first_are_named_and_all_are_counted():
    many = talk(*[f"Ada: {n} " + "word " * 2_000 for n in range(150)])

    summary = await read(
        many, ScriptedModel(lambda p: ModelUnavailable("no") if p.key != "part-1" else reader()(p))
    )

    assert (len(summary.unread), summary.unread_parts) == (100, 149)
