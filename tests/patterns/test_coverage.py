from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.coverage import Coverage, Part, Unread, parts
from patterns.fanout import Gap
from patterns.packing import Line
from patterns.streams import each
from patterns.task import Cuts, Message
from tests.patterns.channels import channel
from tests.patterns.samples import talk

#: Five messages; the fourth stands in several parts, and the first of Dee's was read before.
DAY = (
    *talk("Ada: Hello."),
    *talk("Ada: Lunch?", "Ben: Yes.", "Cy: " + "Where? " * 300, thread="t"),
    Message(id="d1", thread="d1", author="Dee", text="Rain?", context=True),
    Message(id="d2", thread="d1", author="Ben", text="Good bye. " * 60),
)
SIZES = pytest.mark.parametrize("streamed", [True, False])


async def stream(messages: Sequence[Message]) -> AsyncGenerator[Message]:
    for message in messages:
        yield message


async def found(messages: Sequence[Message], *, streamed: bool, cap: int = 200) -> list[Part]:
    source = stream(messages) if streamed else messages
    return [part async for part in each(parts(source, cap, Cuts()))]


async def read(messages: Sequence[Message], *, streamed: bool, lost: set[int]) -> Coverage:
    coverage = Coverage(stream(messages) if streamed else messages)
    for part in await found(messages, streamed=streamed):
        gap = Gap(f"part-{part.number}", part.title, "no line") if part.number in lost else None
        coverage.see(part, gap)
    return coverage


@SIZES
async def test_everything_that_was_read_is_counted_and_context_is_not(streamed: bool):
    coverage = await read(DAY, streamed=streamed, lost=set())

    assert (coverage.read, coverage.messages) == (5, 5)
    assert coverage.threads == (2 if streamed else 1), "of a stream, what is an answer"
    assert coverage.parts > 3
    assert coverage.unread == []


@settings(derandomize=True, deadline=None)
@given(st.sets(st.integers(1, 12)), st.booleans())
async def test_a_message_is_read_only_if_all_of_its_parts_were(lost: set[int], streamed: bool):
    chunks = await found(DAY, streamed=streamed)
    gone = {line.message.id for part in chunks if part.number in lost for line in part.cited}

    coverage = await read(DAY, streamed=streamed, lost=lost)

    assert coverage.messages == 5
    assert coverage.read == 5 - len(gone)
    assert coverage.unread_parts == len(lost & {part.number for part in chunks})


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.sets(st.integers(1, 80)), st.booleans())
async def test_of_a_whole_channel_the_numbers_are_true(lost: set[int], streamed: bool):
    day = channel(3, 400)
    chunks = await found(day, streamed=streamed)
    gone = {line.message.id for part in chunks if part.number in lost for line in part.cited}

    coverage = await read(day, streamed=streamed, lost=lost)

    answered = {message.thread for message in day if message.thread != message.id}
    assert (coverage.read, coverage.messages) == (400 - len(gone), 400)
    assert (coverage.parts, coverage.threads) == (len(chunks), len(answered))


async def test_an_unread_part_leads_to_its_first_message_that_is_no_context():
    message = Message(id="17", thread="17", author="Ada", text="Hi.")

    assert (await read((message,), streamed=False, lost={1})).unread == [
        Unread(part="1 message by Ada", link="17", reason="no line")
    ]
    assert (await read(DAY, streamed=True, lost={1})).unread[0].link == DAY[0].permalink
    assert (await read(DAY[4:], streamed=True, lost={1})).unread[0].link == "d2"


def test_of_very_many_unread_parts_the_first_are_named():
    [message] = talk("Ada: Hi.")
    coverage = Coverage(())
    for number in range(1, 151):
        part = Part(number, None, [Line(1, message, "Hi.", reply=False)])
        coverage.see(part, Gap(f"part-{number}", part.title, "no line"))

    assert (len(coverage.unread), coverage.unread_parts) == (100, 150)


async def test_a_part_tells_how_many_messages_it_holds_and_who_comes_first():
    assert [part.title for part in await found(DAY, streamed=False, cap=700)] == [
        "Part 1 of 2: 4 messages, starting with Ada",
        "Part 2 of 2: 1 message by Ben",
    ]
    assert [part.title for part in await found(DAY, streamed=True, cap=700)] == [
        "Part 1: 4 messages, starting with Ada",
        "Part 2: 1 message by Ben",
    ]
    assert [part.title for part in await found(DAY[:4], streamed=False, cap=700)] == [
        "4 messages, starting with Ada"
    ]


@SIZES
async def test_it_is_noted_where_parts_begin_and_they_do_so_again(streamed: bool):
    """Where a message goes on is none of these places."""
    chunks = await found(DAY, streamed=streamed)
    cuts = Cuts()
    first = [part async for part in each(parts(DAY, 200, cuts))]

    assert cuts.made == ["m1", "d2"]
    assert len(chunks) == len(first) > len(cuts.made)
    source = stream(DAY) if streamed else DAY
    again = Cuts(before=frozenset({*cuts.made, "m9"}))
    assert [part.lines async for part in each(parts(source, 200, again))] == [
        part.lines for part in first
    ]
    assert again.made == cuts.made


async def test_parts_of_a_stream_come_one_by_one():
    came: list[str] = []

    async def watched() -> AsyncGenerator[Message]:
        for message in channel(3, 400):
            came.append(message.id)
            yield message

    found = parts(watched(), 300, Cuts())
    async for _ in each(found):
        break

    assert len(came) < 60
