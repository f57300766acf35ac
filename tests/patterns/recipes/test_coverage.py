from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.fanout import Gap
from patterns.recipes.coverage import Coverage, Unread, parts
from patterns.streams import each
from patterns.task import Message
from tests.patterns.samples import talk

DAY = (
    *talk("Ada: Hello."),
    *talk("Ada: Lunch?", "Ben: Yes.", "Cy: " + "Where? " * 300, thread="t"),
    Message(id="m9", thread="m9", author="Ben", text="Good bye. " * 100),
)


async def stream(messages: Sequence[Message]) -> AsyncGenerator[Message]:
    for message in messages:
        yield message


async def read(messages: Sequence[Message], *, streamed: bool, lost: set[int]) -> Coverage:
    source = stream(messages) if streamed else messages
    coverage = Coverage(source)
    async for part in each(parts(source, 200)):
        gap = Gap(f"part-{part.number}", part.title, "no line") if part.number in lost else None
        coverage.see(part, gap)
    return coverage


@pytest.mark.parametrize("streamed", [True, False])
async def test_everything_that_was_read_is_counted(streamed: bool):
    coverage = await read(DAY, streamed=streamed, lost=set())

    assert (coverage.read, coverage.messages, coverage.threads) == (5, 5, 1)
    assert coverage.parts > 3
    assert coverage.unread == []


@settings(derandomize=True, deadline=None)
@given(st.sets(st.integers(1, 12)), st.booleans())
async def test_a_message_is_lost_when_any_of_its_parts_is(lost: set[int], streamed: bool):
    chunks = [part async for part in each(parts(DAY, 200))]
    gone = {line.number for part in chunks if part.number in lost for line in part.lines}

    coverage = await read(DAY, streamed=streamed, lost=lost)

    assert coverage.read == len(DAY) - len(gone)
    assert len(coverage.unread) == len(lost & {part.number for part in chunks})


async def test_an_unread_part_leads_to_its_first_message():
    message = Message(id="17", thread="17", author="Ada", text="Hi.")

    assert (await read((message,), streamed=False, lost={1})).unread == [
        Unread(part="1 message by Ada", link="17", reason="no line")
    ]
    assert (await read(DAY, streamed=True, lost={1})).unread[0].link == DAY[0].permalink


async def test_parts_of_a_stream_do_not_say_how_many_they_are():
    known = [part.title async for part in each(parts(DAY, 1_000))]
    unknown = [part.title async for part in each(parts(stream(DAY), 1_000))]

    assert known == ["5 messages, starting with Ada"]
    assert unknown == ["Part 1: 5 messages, starting with Ada"]
