from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from enum import StrEnum
from typing import Any

import pytest

from patterns.errors import ModelUnavailable, NothingToDo, QuorumMissed
from patterns.itemizing import SHOWN_MOST, Mapped, Merging, map_items
from patterns.items import Point
from patterns.merging import Node
from patterns.packing import tokens
from patterns.portions import Portions
from patterns.ports import Prompt
from patterns.task import Message
from patterns.testing import ScriptedModel
from tests.patterns.samples import talk

WANTED = "List plans and fears."
SMALL = Portions(cap=300, whole=300)


class Kind(StrEnum):
    PLAN = "plan"
    FEAR = "fear"


def box(number: int, line: int) -> dict[str, Any]:
    return {
        "kind": "plan",
        "text": f"box {number} goes to town",
        "lines": [line],
        "quote": f"We ship box {number}",
        "speaker": "Ada",
        "owner": None,
        "due": None,
        "confidence": 5,
    }


def script(prompt: Prompt[Any]) -> dict[str, Any]:
    if prompt.key.startswith("merge"):
        return {"overview": [{"text": "Boxes.", "items": [1]}], "same": [], "conflicts": []}
    lines = re.findall(r"\[(\d+)\] Ada: We ship box (\d+)", prompt.text)
    return {"overview": [], "items": [box(int(n), int(line)) for line, n in lines]}


def boxes(count: int) -> tuple[Message, ...]:
    return talk(*[f"Ada: We ship box {n}. " + "so " * 250 for n in range(1, count + 1)])


async def mapped(messages: Any, model: ScriptedModel | None = None) -> Mapped:
    return await map_items(
        messages, model or ScriptedModel(script), kinds=Kind, wanted=WANTED, portions=SMALL
    )


async def streamed(messages: tuple[Message, ...]) -> AsyncGenerator[Message]:
    for message in messages:
        yield message


@pytest.mark.parametrize("stream", [True, False])
async def test_points_of_all_parts_come_with_the_messages_that_they_rest_on(stream: bool):
    messages = boxes(20)

    result = await mapped(streamed(messages) if stream else messages)

    assert {point.text for point in result.points} == {
        f"box {n} goes to town" for n in range(1, 21)
    }
    assert result.cited == {message.id: message for message in messages}
    assert [told.text for told in result.overview] == ["Boxes."]
    assert (result.read, result.messages, result.parts) == (20, 20, 20)


async def test_what_is_not_cited_is_not_kept():
    messages = (*boxes(1), *talk("Ben: " + "chatter " * 100, thread="t"))

    assert set((await mapped(messages)).cited) == {"m1"}


async def test_a_part_that_fails_is_named_and_the_rest_is_there():
    model = ScriptedModel(
        lambda prompt: ModelUnavailable("no") if prompt.key == "part-2" else script(prompt)
    )

    result = await mapped(boxes(3), model)

    assert len(result.points) == 2
    assert [(part.link, part.reason) for part in result.unread] == [("https://acme.test/m2", "no")]


async def test_without_messages_and_without_answers_there_is_no_result():
    with pytest.raises(NothingToDo, match="no messages"):
        await mapped(())
    with pytest.raises(QuorumMissed, match="No part could be read: no"):
        await mapped(boxes(3), ScriptedModel(lambda _: ModelUnavailable("no")))


async def test_kinds_that_must_be_told_come_first_where_all_else_is_equal():
    def part(_: Prompt[Any]) -> dict[str, Any]:
        fear = {**box(1, 1), "kind": "fear", "text": "it breaks"}
        return {"overview": [], "items": [box(1, 1), fear]}

    for kept, first in (("fear", "fear"), ("plan", "plan")):
        result = await map_items(
            boxes(1), ScriptedModel(part), kinds=Kind, wanted=WANTED, kept=[kept]
        )

        assert result.points[0].kind == first


def node(points: int, words: int = 30, start: int = 0) -> Node:
    said = tuple(
        Point(kind="plan", text=f"{n} " + "word " * words, quote="", speaker="", sources=(f"{n}",))
        for n in range(start, start + points)
    )
    return Node(1, 1, said)


@pytest.mark.parametrize("nodes", [1, 4, 8])
def test_a_merge_is_shown_as_much_as_fits_into_a_question(nodes: int):
    merging = Merging(about="", kept=())
    many = [node(500, start=500 * n) for n in range(nodes)]

    prompt = merging.question("merge-1.1", many)

    assert tokens(prompt.text) <= 1.2 * SHOWN_MOST
    assert len(merging.join(many, None).points) == 500 * nodes


def test_nodes_count_as_they_fill_a_question_and_none_for_more_than_a_quarter():
    merging = Merging(about="", kept=())

    assert merging.size(node(0)) == 0
    assert 0 < merging.size(node(1)) < merging.size(node(2))
    assert merging.size(node(5_000)) == SHOWN_MOST // 4
