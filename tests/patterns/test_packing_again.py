"""Chunks begin where they did, so that what was paid for them once is not paid for again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from statistics import mean

import pytest

from patterns.packing import Chunk, pack, tokens
from patterns.task import Message
from tests.patterns.channels import channel, late
from tests.patterns.samples import talk

CAP = 1_500
SEEDS = range(50)
#: Words that take 95 of 200 tokens, as a line of Ada's.
HALF = "abc " * 92


def written(chunk: Chunk) -> str:
    return "\n".join(map(str, chunk.lines))


@cache
def packed(seed: int) -> Sequence[Chunk]:
    return pack(channel(seed), CAP)


def cuts(chunks: Sequence[Chunk]) -> frozenset[str]:
    return frozenset(chunk.start for chunk in chunks)


def new(chunks: Sequence[Chunk], known: Sequence[Chunk]) -> int:
    """How many have another text than any of those that are *known*."""
    return len(set(map(written, chunks)) - set(map(written, known)))


def ids(chunks: Sequence[Chunk]) -> list[list[str]]:
    """Context with a dot."""
    return [[line.message.id + "·" * (not line.number) for line in c.lines] for c in chunks]


def test_two_thousand_messages_are_some_75_chunks_and_these_well_filled():
    first = [packed(seed) for seed in SEEDS]
    fills = [mean(tokens(written(chunk)) / CAP for chunk in chunks) for chunks in first]

    assert 74 < mean(map(len, first)) < 76
    assert mean(fills) > 0.88
    assert min(fills) >= 0.85


def test_nothing_new_is_nothing_to_read_again():
    for seed in SEEDS:
        assert pack(channel(seed), CAP, cuts(packed(seed))) == packed(seed)


def test_a_late_reply_changes_its_chunk_and_seldom_makes_another():
    changed: list[int] = []
    for seed in SEEDS:
        day, first = channel(seed), packed(seed)
        changed.append(new(pack([*day, *late(seed, day, 1)], CAP, cuts(first)), first))

    assert max(changed) == 2
    assert mean(changed) < 1.1


def test_late_replies_and_new_messages_change_seven_chunks_at_most():
    """Packing anew from the start, the comparison, moves every boundary behind the first change."""
    sticky: list[int] = []
    greedy: list[int] = []
    for seed in SEEDS:
        day, first = channel(seed), packed(seed)
        later = [*day, *late(seed, day, 3), *channel(-seed - 1, 40, start=2_003)]
        sticky.append(new(pack(later, CAP, cuts(first)), first))
        greedy.append(new(pack(later, CAP), first))

    assert max(sticky) <= 7
    assert mean(sticky) < 6
    assert mean(greedy) > 9


@pytest.mark.parametrize("seed", [1, 2])
def test_a_deletion_changes_the_chunk_of_the_message_and_of_a_first_one_its_neighbours(seed: int):
    """Roots with answers stay, as in Slack, where something stands in their place."""
    day, first = channel(seed), packed(seed)
    answered = {message.thread for message in day if message.thread != message.id}
    for index in {*range(0, len(day), 40), *range(400, 500, 3)}:
        gone = day[index]
        if gone.id not in answered:
            left = pack([*day[:index], *day[index + 1 :]], CAP, cuts(first))
            assert new(left, first) <= (3 if gone.id in cuts(first) else 1)


def test_from_run_to_run_chunks_stay_well_filled():
    """Ten times 200 messages with five late replies: no crumbs are left behind."""
    day: list[Message] = []
    chunks: list[Chunk] = []
    for run in range(10):
        day += [*late(run, day, 5 if day else 0)]
        day += channel(run, 200, start=len(day))
        known, chunks = chunks, pack(day, CAP, cuts(chunks))
        assert new(chunks, known) < 22
        assert all(tokens(written(chunk)) <= CAP for chunk in chunks)

    assert mean(tokens(written(chunk)) / CAP for chunk in chunks) > 0.8


def test_a_chunk_is_filled_to_its_end_before_another_one_is_made():
    day = talk(*["Ada: " + HALF] * 3)
    more = talk("Ada: Yes.", thread=day[0].id)

    assert ids(pack(day, 200)) == [["m1", "m2"], ["m3"]]
    assert ids(pack([*day, *more], 200, {"m1", "m3"})) == [["m1", "m11", "m2"], ["m3"]]
    assert ids(pack([*day, *more], 200)) == [["m1", "m11"], ["m2", "m3"]]


def test_a_chunk_that_overflows_goes_on_in_one_of_its_own():
    day = talk(*["Ada: " + HALF] * 4)
    more = talk("Ada: " + HALF, thread=day[0].id)

    chunks = pack([*day, *more], 200, {"m1", "m3"})

    assert ids(chunks) == [["m1", "m11"], ["m2"], ["m3", "m4"]]


def test_neighbours_that_became_small_are_one_chunk():
    half, short = talk(*["Ada: " + HALF] * 2), talk(*["Ada: " + "abc " * 20] * 4)

    assert ids(pack(short, 200, {"m1", "m3"})) == [["m1", "m2", "m3", "m4"]]
    assert ids(pack(short, 200, {"m1", "m2", "m3", "m4"})) == [["m1", "m2", "m3", "m4"]]
    assert ids(pack(half, 200, {"m1", "m2"})) == [["m1"], ["m2"]]


def test_a_thread_too_long_for_a_chunk_goes_on_where_it_did():
    day = talk(*["Ada: " + HALF] * 5, thread="t")
    first = pack(day, 200)

    assert cuts(first) == {"t1", "t3", "t4", "t5"}
    left = pack([day[0], *day[2:]], 200, cuts(first))
    assert [chunk.start for chunk in left] == ["t1", "t3", "t4", "t5"]


def test_a_thread_that_fits_is_whole_even_where_it_once_went_on():
    day = talk(*["Ada: Yes."] * 5, thread="t")

    assert ids(pack(day, 200, {"t1", "t3"})) == [["t1", "t2", "t3", "t4", "t5"]]


def test_who_answers_what_was_read_before_is_shown_it_and_begins_with_what_is_new():
    old = [
        message.model_copy(update={"context": True}) for message in talk("Ada: Why?", "Ben: Hm.")
    ]
    day = [old[0], old[1], *talk("Ada: Well.", thread=old[0].id)]

    [chunk] = pack(day, 200)

    assert (ids([chunk]), chunk.start) == ([["m1·", "m11"]], "m11")
