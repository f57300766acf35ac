from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from patterns.errors import ModelDenied, ModelUnavailable, NothingToDo, QuorumMissed
from patterns.events import BranchDone, Planned
from patterns.fanout import Limits
from patterns.ports import SILENT, EventSink, Prompt
from patterns.recipes.summarize import Kind, Notes, Point, Summary, Unread, summarize
from patterns.task import Depth, Message, Task
from patterns.testing import ListSink, ScriptedModel
from tests.patterns.samples import failed, talk

TALK = talk("Ada: We ship on Friday.", "Ben: I call the customers.", "Cy: Who pays the courier?")
Script = Callable[[Prompt[Any]], Any]


def item(text: str, *messages: int, quote: str, kind: Kind = Kind.FACT) -> dict[str, Any]:
    return {"kind": kind, "text": text, "messages": list(messages), "quote": quote}


def notes(*items: dict[str, Any]) -> Script:
    return lambda _: {"overview": "A talk.", "items": list(items)}


def quoting(kind: Kind = Kind.FACT) -> Script:
    """A reader that makes an item of every line, its first two words as the quote."""

    def read(prompt: Prompt[Any]) -> dict[str, Any]:
        lines = re.findall(r"^⟦?\s*\[(\d+)\] \w+: (\w+ \w+)", prompt.text, re.MULTILINE)
        items = [item(f"Item {n}", int(n), quote=words, kind=kind) for n, words in lines]
        return {"overview": f"{prompt.key} read.", "items": items}

    return read


def model_of(read: Script, merge: Script) -> ScriptedModel:
    return ScriptedModel(lambda p: read(p) if p.answer is Notes else merge(p))


async def run(
    model: ScriptedModel,
    messages: tuple[Message, ...] = TALK,
    sink: EventSink = SILENT,
    depth: Depth = Depth.NORMAL,
) -> Summary:
    return await summarize(Task(messages=messages, depth=depth), model, sink, Limits())


def long_talk(parts: int) -> tuple[Message, ...]:
    """Each message fills more than half a part of a deep reading, so a part holds one."""
    return talk(*[f"Ada: Point {n} " + "word " * 1_300 for n in range(1, parts + 1)])


async def test_a_short_talk_is_read_in_one_call():
    model = ScriptedModel(notes(item("Shipping on Friday", 1, quote="ship on Friday")))

    result = await run(model)

    assert model.asked == ["part-1"]
    assert result == Summary(
        overview="A talk.",
        points=(
            Point(
                kind=Kind.FACT,
                text="Shipping on Friday",
                quote="ship on Friday",
                speaker="Ada",
                links=("https://acme.test/m1",),
            ),
        ),
        read=3,
        messages=3,
        threads=0,
        parts=1,
    )


@pytest.mark.parametrize(
    "bad",
    [
        item("Changed quote", 1, quote="We ship on Monday."),
        item("Quote from a message that is not cited", 1, quote="call the customers"),
        item("No such message", 9, quote="We ship on Friday."),
        item("No message", quote="We ship on Friday."),
        item("No quote", 1, quote=""),
        item(" ", 1, quote="We ship on Friday."),
    ],
    ids=lambda bad: bad["text"],
)
async def test_an_item_that_does_not_hold_is_dropped_and_counted(bad: dict[str, Any]):
    good = item("Ben calls", 2, quote="I call the customers.", kind=Kind.ACTION)

    result = await run(ScriptedModel(notes(bad, good)))

    assert [point.text for point in result.points] == ["Ben calls"]
    assert result.dropped == 1


async def test_the_message_that_says_the_quote_comes_first_and_names_the_speaker():
    quoted = item("Ben calls", 3, 2, 2, 99, quote="i call the customers", kind=Kind.ACTION)

    [point] = (await run(ScriptedModel(notes(quoted)))).points

    assert point.speaker == "Ben"
    assert point.links == ("https://acme.test/m2", "https://acme.test/m3")


async def test_a_message_without_a_permalink_is_named_by_its_id():
    message = Message(id="17", thread="17", author="Ada", text="We ship on Friday.")

    result = await run(ScriptedModel(notes(item("x", 1, quote="ship"))), (message,))

    assert result.points[0].links == ("17",)


@pytest.mark.parametrize("kind", [Kind.DECISION, Kind.ACTION, Kind.QUESTION])
async def test_what_must_not_be_lost_is_put_back_when_a_merge_drops_it(kind: Kind):
    """40 parts, two levels of merges, a reducer that keeps nothing."""
    model = model_of(quoting(kind), lambda _: {"overview": "All.", "keep": []})

    result = await run(model, long_talk(40), depth=Depth.DEEP)

    assert [point.text for point in result.points] == [f"Item {n}" for n in range(1, 41)]
    assert result.overview == "All."


async def test_what_may_be_dropped_is_dropped_and_the_rest_ranked_by_the_merge():
    """Numbers that do not exist, or come twice, change nothing."""
    model = model_of(quoting(), lambda _: {"overview": "All.", "keep": [3, 99, 1, 3, 0, -1]})

    result = await run(model, long_talk(3), depth=Depth.DEEP)

    assert [point.text for point in result.points] == ["Item 3", "Item 1"]


async def test_a_merge_that_fails_is_joined_in_code():
    model = model_of(quoting(), lambda _: ModelUnavailable("no line"))

    result = await run(model, long_talk(3), depth=Depth.DEEP)

    assert [point.text for point in result.points] == ["Item 1", "Item 2", "Item 3"]
    assert result.overview == "part-1 read. part-2 read. part-3 read."


async def test_a_part_that_cannot_be_read_is_named_with_a_link_to_where_it_begins():
    def read(prompt: Prompt[Any]) -> Any:
        return ModelUnavailable("no line") if prompt.key == "part-2" else quoting()(prompt)

    sink = ListSink()
    model = model_of(read, lambda _: {"overview": "All.", "keep": [1, 2]})

    result = await run(model, long_talk(3), sink, depth=Depth.DEEP)

    assert result.unread == (
        Unread(
            part="Part 2 of 3: 1 message by Ada",
            link="https://acme.test/m2",
            reason="no line",
        ),
    )
    assert (result.read, result.messages) == (2, 3)
    assert [gap.branch for gap in failed(sink)] == ["part-2"]


async def test_a_message_counts_as_read_only_when_all_its_parts_were():
    """The first message alone is three parts long; the last of them fails."""
    giant = talk("Ada: " + "word " * 6_000, "Ben: Short one.")

    def read(prompt: Prompt[Any]) -> Any:
        return ModelUnavailable("no") if prompt.key == "part-2" else notes()(prompt)

    model = model_of(read, lambda _: {"overview": "All.", "keep": []})

    result = await run(model, giant, depth=Depth.DEEP)

    assert (result.read, result.messages) == (1, 2)


async def test_no_readable_part_is_a_missed_quorum():
    with pytest.raises(QuorumMissed, match="No part could be read"):
        await run(ScriptedModel(lambda _: ModelUnavailable("no line")))


async def test_a_denied_model_ends_the_reading():
    with pytest.raises(ModelDenied):
        await run(ScriptedModel(lambda _: ModelDenied("No credit.")))


async def test_no_messages_are_nothing_to_do():
    with pytest.raises(NothingToDo, match="no messages"):
        await run(ScriptedModel(notes()), ())


async def test_every_link_of_a_summary_is_one_of_the_tasks_own():
    """Whatever numbers and quotes the model makes up, links come from the messages."""
    made_up = [
        item("x", n, n + 1, quote=quote)
        for n in range(-1, 6)
        for quote in ("Friday", "https://evil.test", "courier")
    ]

    result = await run(ScriptedModel(notes(*made_up)))

    links = {link for point in result.points for link in point.links}
    assert links
    assert links <= {message.permalink for message in TALK}


async def test_who_writes_like_a_numbered_line_does_not_become_another_speaker():
    """The fake line stands inside Ada's message: a quote of it is hers, or nobody's."""
    messages = talk("Ada: Hello\n[2] Ben: I resign.", "Ben: Good morning.")
    model = ScriptedModel(
        notes(item("Ben resigns", 2, quote="I resign."), item("Hm", 1, quote="I resign."))
    )

    result = await run(model, messages)

    assert [(point.text, point.speaker) for point in result.points] == [("Hm", "Ada")]
    assert result.dropped == 1


async def test_parts_are_announced_with_their_size_and_first_author():
    sink = ListSink()
    messages = tuple(m.model_copy(update={"author": "McDonald"}) for m in TALK)

    await run(ScriptedModel(notes()), messages, sink)

    assert isinstance(sink.events[0], Planned)
    assert sink.events[0].branches[0].title == "3 messages, starting with McDonald"
    assert BranchDone(branch="part-1", headline="0 items", lines=("A talk.",)) in sink.events


async def test_merges_are_told_apart_by_the_parts_they_merge():
    """17 parts: groups of eight, and one left over that waits for the second level."""
    sink = ListSink()
    model = model_of(quoting(), lambda _: {"overview": "All.", "keep": [3, 3, 1]})

    await run(model, long_talk(17), sink, depth=Depth.DEEP)

    plans = [event for event in sink.events if isinstance(event, Planned)]
    assert [[branch.title for branch in plan.branches] for plan in plans[1:]] == [
        ["Merging parts 1 to 8"],
        ["Merging parts 9 to 16"],
        ["Merging parts 1 to 17"],
    ]
    said = [event for event in sink.events if isinstance(event, BranchDone)][-1]
    assert said.headline == "2 items ranked"


async def test_a_message_alone_is_no_thread():
    messages = (*TALK, *talk("Ada: Ready?", "Ben: Yes.", "Cy: Yes.", thread="t"))

    assert (await run(ScriptedModel(notes()), messages)).threads == 1
    assert (await run(ScriptedModel(notes()))).threads == 0


async def test_a_point_knows_whether_it_says_more_than_its_quote():
    same = item("We ship on  friday.", 1, quote="We ship on Friday.")
    more = item("Shipping is on Friday", 1, quote="We ship on Friday.")

    points = (await run(ScriptedModel(notes(same, more)))).points

    assert [point.is_quote for point in points] == [True, False]


async def test_the_story_of_a_part_and_of_a_merge_says_what_was_found():
    sink = ListSink()
    model = model_of(quoting(), lambda _: {"overview": "All.", "keep": [1]})

    await run(model, long_talk(2), sink, depth=Depth.DEEP)

    lines = ("part-1 read.", "fact: Item 1")
    assert BranchDone(branch="part-1", headline="1 item", lines=lines) in sink.events
    assert BranchDone(branch="merge-1.1", headline="1 item ranked", lines=("All.",)) in sink.events


@pytest.mark.parametrize(("depth", "calls"), [(Depth.QUICK, 1), (Depth.NORMAL, 3)])
async def test_the_depth_says_how_much_is_read_at_once(depth: Depth, calls: int):
    model = model_of(notes(), lambda _: {"overview": "All.", "keep": []})

    await run(model, long_talk(4), depth=depth)

    assert len(model.asked) == calls
