from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import pytest

from patterns.errors import TimeUp
from patterns.packing import tokens
from patterns.portions import Portions, heard, portioned
from patterns.streams import each
from patterns.task import Cuts, Message
from tests.patterns.samples import talk

SIZES = Portions(cap=300, whole=600)


def words(count: int) -> tuple[Message, ...]:
    """Messages of some hundred tokens."""
    return talk(*[f"Ada: {n} " + "word " * 78 for n in range(count)])


async def streamed(
    messages: Sequence[Message], err: Exception | None = None
) -> AsyncGenerator[Message]:
    for message in messages:
        yield message
    if err:
        raise err


@pytest.mark.parametrize(("count", "chunks"), [(0, 0), (1, 1), (5, 1), (6, 3), (20, 10)])
async def test_what_fits_into_one_question_is_one_part(count: int, chunks: int):
    made = portioned(words(count), SIZES)

    assert isinstance(made, Sequence)
    assert len(made) == chunks
    assert all(sum(tokens(line.text) for line in part.lines) <= 600 for part in made)


async def test_where_the_parts_begin_is_noted():
    for count in (5, 6):
        cuts = Cuts()

        made = portioned(words(count), Portions(cap=300, whole=600, cuts=cuts))

        assert isinstance(made, Sequence)
        assert cuts.made == [part.lines[0].message.id for part in made]


async def test_what_fits_into_one_question_is_not_cut_where_it_was():
    cuts = Cuts(before=frozenset({"m1", "m3"}))

    made = portioned(words(4), Portions(cap=300, whole=600, cuts=cuts))

    assert isinstance(made, Sequence)
    assert len(made) == 1


async def test_a_short_stream_is_heard_to_its_end_and_a_long_one_is_not():
    short, long = words(5), words(30)
    came: list[Message] = []

    async def watched() -> AsyncGenerator[Message]:
        for message in long:
            came.append(message)
            yield message

    assert await heard(streamed(short), SIZES) == list(short)
    rest = await heard(watched(), SIZES)
    assert len(came) < 10
    assert not isinstance(rest, Sequence)
    assert tuple([message async for message in rest]) == long


async def test_what_is_a_sequence_or_never_one_question_is_as_it_was():
    stream = streamed(words(1))

    assert await heard(words(2), SIZES) == words(2)
    assert await heard(stream, Portions(cap=300, whole=300)) is stream
    await stream.aclose()


async def test_what_ends_a_stream_early_is_met_where_it_stood():
    rest = await heard(streamed(words(2), TimeUp("too late")), SIZES)

    came: list[Message] = []
    with pytest.raises(TimeUp, match="too late"):
        async for message in each(rest):
            came += [message]
    assert tuple(came) == words(2)
