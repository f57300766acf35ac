from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.packing import Line, pack, pack_stream, tokens
from patterns.task import Message
from tests.patterns.samples import talk

ELM = Path(__file__).parents[3] / "shared/data/slack/elm-general-2019/messages.jsonl"
#: What a line of Ada's costs beside its text, in tokens.
ADA = 9

#: Words of everyday, empty texts, spaces alone, giant words, other scripts, a lone surrogate.
_TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=" \n", max_size=3_000),
    st.lists(st.text(alphabet="abc é", max_size=30), max_size=60).map(" ".join),
    st.integers(0, 4_000).map(lambda length: "x" * length),
    st.integers(0, 900).map(lambda length: "👩‍🚀 日本" * length),
    st.just("\ud800" * 900),
)


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Up to 40 messages; each starts a thread or answers one of those before it."""
    messages: list[Message] = []
    for number, text in enumerate(draw(st.lists(_TEXTS, max_size=40))):
        root = draw(st.sampled_from([None, *(m.thread for m in messages)]))
        messages.append(
            Message(id=f"m{number}", thread=root or f"m{number}", author="Ada", text=text)
        )
    return messages


def written(chunk: Sequence[Line]) -> str:
    return "\n".join(map(str, chunk))


@settings(derandomize=True, deadline=None)
@given(conversations(), st.integers(100, 600))
def test_nothing_is_lost_nothing_is_double_and_no_chunk_is_too_big(
    messages: list[Message], cap: int
):
    """The parts of a message, put together, are its text to the last space."""
    chunks = pack(messages, cap)

    texts: defaultdict[int, str] = defaultdict(str)
    for line in (line for chunk in chunks for line in chunk):
        texts[line.number] += line.text
        assert line.message is messages[line.number - 1]
    assert texts == {number: m.text for number, m in enumerate(messages, 1)}
    assert all(chunk and tokens(written(chunk)) <= cap for chunk in chunks)


@settings(derandomize=True, deadline=None)
@given(conversations(), st.integers(100, 600))
def test_a_message_is_split_only_if_it_is_too_long_for_a_chunk(messages: list[Message], cap: int):
    seen = [line.number for chunk in pack(messages, cap) for line in chunk]

    split = {number for number in seen if seen.count(number) > 1}
    assert all(tokens(messages[number - 1].text) + ADA > cap for number in split)


@settings(derandomize=True, deadline=None)
@given(conversations(), st.integers(100, 600))
def test_a_thread_is_split_only_if_it_is_too_long_for_a_chunk(messages: list[Message], cap: int):
    homes: defaultdict[str, set[int]] = defaultdict(set)
    sizes: defaultdict[str, int] = defaultdict(int)
    for index, chunk in enumerate(pack(messages, cap)):
        for line in chunk:
            homes[line.message.thread].add(index)
            sizes[line.message.thread] += tokens(line.text) + ADA

    assert all(sizes[thread] > cap for thread, chunks in homes.items() if len(chunks) > 1)


@settings(derandomize=True, deadline=None)
@given(conversations(), st.integers(100, 600))
async def test_a_stream_is_packed_as_the_list_would_be_where_threads_stay_together(
    messages: list[Message], cap: int
):
    roots = list(dict.fromkeys(message.thread for message in messages))
    messages.sort(key=lambda message: roots.index(message.thread))

    async def stream() -> AsyncGenerator[Message]:
        for message in messages:
            yield message

    assert [chunk async for chunk in pack_stream(stream(), cap)] == pack(messages, cap)


async def test_a_reply_that_comes_late_stands_where_it_came():
    late = (*talk("Ada: Lunch?", thread="t"), *talk("Ben: Hm."), *talk("Cy: Yes.", thread="t"))

    async def stream() -> AsyncGenerator[Message]:
        for message in late:
            yield message

    [chunk] = [chunk async for chunk in pack_stream(stream(), 600)]

    assert [line.number for line in chunk] == [1, 2, 3]


@pytest.mark.parametrize(("words", "parts"), [(120, [1, 2, 3, 4]), (150, [1])])
def test_a_thread_too_long_for_a_chunk_begins_in_the_last_one_if_a_quarter_is_free(
    words: int, parts: list[int]
):
    """Of 200 tokens, the first message leaves 71 free, or 41; an answer takes 19."""
    first = talk("Ada: " + "abc " * words)
    thread = talk(*["Ada: " + "abc " * 10] * 20, thread="t")

    chunks = pack([*first, *thread], 200)

    assert [line.number for line in chunks[0]] == parts


def test_replies_stand_under_their_root_in_order():
    day = (
        *talk("Ada: first", "Ben: why?", thread="a"),
        *talk("Cy: second", "Ada: late", thread="b"),
    )
    messages = [day[0], day[2], day[1], day[3]]

    [chunk] = pack(messages, 600)

    assert written(chunk) == (
        "    [1] Ada: first\n    [3] Ben: why?\n    [2] Cy: second\n    [4] Ada: late"
    )


def test_only_answers_are_indented():
    root, answer = Message(id="1", thread="1", author="Ada", text="Well?"), talk("Ben: No.")[0]

    [chunk] = pack([root, answer.model_copy(update={"thread": "1"})], 600)

    assert written(chunk) == "[1] Ada: Well?\n    [2] Ben: No."


def test_a_giant_message_is_cut_behind_spaces():
    [message] = talk("Ada: " + "word " * 2_000)

    chunks = pack([message], 300)

    assert len(chunks) > 1
    assert all(line.text.endswith("word ") for chunk in chunks for line in chunk)


def test_a_giant_word_is_cut_where_it_must_be():
    [message] = talk("Ada: " + "x" * 5_000)

    chunks = pack([message], 300)

    assert "".join(line.text for chunk in chunks for line in chunk) == message.text
    assert len(chunks) == 5


def test_an_author_longer_than_a_chunk_still_gets_his_say():
    message = Message(id="1", thread="1", author="A" * 900, text="Hello there.")

    assert "".join(line.text for chunk in pack([message], 100) for line in chunk) == message.text


def test_no_messages_are_no_chunks():
    assert pack([], 600) == []


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("four", 1), ("fives", 2), ("日本", 2), ("👩‍🚀", 3), ("\ud800", 1)]
)
def test_tokens_are_quarters_of_bytes_rounded_up(text: str, count: int):
    assert tokens(text) == count


@pytest.mark.data
@pytest.mark.skipif(not ELM.exists(), reason="the real channel is not on this machine")
@pytest.mark.parametrize("cap", [3_000, 6_000, 12_000])
def test_a_whole_channel_is_packed_well(cap: int, record_property: Callable[[str, object], None]):
    """14,510 messages, each in one chunk, the chunks well filled."""
    messages = _channel()

    chunks = pack(messages, cap)

    numbers = [line.number for chunk in chunks for line in chunk]
    assert sorted(numbers) == list(range(1, len(messages) + 1))
    assert all(tokens(written(chunk)) <= cap for chunk in chunks)
    fill = sum(map(_cost, chunks)) / (cap * len(chunks))
    record_property("fill", round(fill, 3))
    assert fill >= 0.85


def _cost(chunk: Sequence[Line]) -> int:
    """In tokens, with room for what stands around the text of a line."""
    return sum(tokens(line.text) + tokens(line.message.author) + 8 for line in chunk)


def _channel() -> list[Message]:
    with ELM.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Message(
            id=row["ts"],
            thread=row.get("thread_ts", row["ts"]),
            author=row["user"],
            text=row["text"],
        )
        for row in rows
    ]
