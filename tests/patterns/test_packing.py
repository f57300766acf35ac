from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.packing import Chunk, Line, pack, pack_stream, tokens
from patterns.task import Message
from tests.patterns.samples import talk

ELM = Path(__file__).parents[3] / "shared/data/slack/elm-general-2019/messages.jsonl"
#: What a line of Ada's costs beside its text, in quarters of a token.
ADA = 24

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
        message = Message(
            id=f"m{number}",
            thread=root or f"m{number}",
            author="Ada",
            text=text,
            bot=draw(st.booleans()),
            context=draw(st.integers(0, 5)) == 0,
        )
        messages.append(message)
    return messages


#: Where chunks began before, perhaps: ids that there are, and others.
_CUTS = st.frozensets(st.integers(0, 45).map("m{}".format), max_size=20)
_CAPS = st.integers(100, 600)


def written(chunk: Chunk) -> str:
    return "\n".join(map(str, chunk.lines))


def cited(chunks: Sequence[Chunk]) -> list[Line]:
    return [line for chunk in chunks for line in chunk.lines if line.number]


def ids(chunks: Sequence[Chunk]) -> list[list[str]]:
    """Context with a dot."""
    return [[line.message.id + "·" * (not line.number) for line in c.lines] for c in chunks]


def context(*messages: Message) -> list[Message]:
    return [message.model_copy(update={"context": True}) for message in messages]


async def streamed(messages: Sequence[Message]) -> AsyncGenerator[Message]:
    for message in messages:
        yield message


def by_threads(messages: Sequence[Message]) -> list[Message]:
    roots = list(dict.fromkeys(message.thread for message in messages))
    return sorted(messages, key=lambda message: roots.index(message.thread))


@settings(derandomize=True, deadline=None)
@given(conversations(), _CAPS, _CUTS)
def test_nothing_is_lost_nothing_is_double_and_no_chunk_is_too_big(
    messages: list[Message], cap: int, cuts: frozenset[str]
):
    """The parts of a message, put together, are its text to the last space."""
    chunks = pack(messages, cap, cuts)

    texts: defaultdict[str, str] = defaultdict(str)
    for line in cited(chunks):
        assert line.first == (line.message.id not in texts)
        texts[line.message.id] += line.text
    assert texts == {m.id: m.text for m in messages if not m.context}
    assert all(tokens(written(chunk)) <= cap for chunk in chunks)


@settings(derandomize=True, deadline=None)
@given(conversations(), _CAPS, _CUTS)
def test_lines_are_numbered_in_their_chunk_and_threads_stand_in_their_order(
    messages: list[Message], cap: int, cuts: frozenset[str]
):
    chunks = pack(messages, cap, cuts)

    for chunk in chunks:
        numbers = [line.number for line in chunk.lines if line.number]
        assert numbers == list(range(1, len(numbers) + 1))
        assert chunk.lines[-1].number, "context stands in front of something"
        assert chunk.start == next(line for line in chunk.lines if line.number).message.id
    told = [message.id for message in by_threads(messages) if not message.context]
    assert list(dict.fromkeys(line.message.id for line in cited(chunks))) == told


@settings(derandomize=True, deadline=None)
@given(conversations(), _CAPS)
def test_a_message_is_split_only_if_it_is_too_long_for_a_chunk(messages: list[Message], cap: int):
    parts = [line for line in cited(pack(messages, cap)) if not line.first]

    assert all(tokens(part.message.text) + ADA / 4 > cap for part in parts)


@settings(derandomize=True, deadline=None)
@given(conversations(), _CAPS, _CUTS)
def test_a_thread_is_split_only_if_it_is_too_long_for_a_chunk(
    messages: list[Message], cap: int, cuts: frozenset[str]
):
    homes: defaultdict[str, set[int]] = defaultdict(set)
    sizes: defaultdict[str, int] = defaultdict(int)
    for index, chunk in enumerate(pack(messages, cap, cuts)):
        for line in chunk.lines:
            homes[line.message.thread].add(index)
    for message in messages:
        sizes[message.thread] += 4 * tokens(message.text) + ADA

    assert all(sizes[thread] > 4 * cap for thread, chunks in homes.items() if len(chunks) > 1)


@settings(derandomize=True, deadline=None)
@given(conversations(), _CAPS, _CUTS)
async def test_a_stream_is_packed_as_the_list_would_be_where_threads_stay_together(
    messages: list[Message], cap: int, cuts: frozenset[str]
):
    together = by_threads(messages)

    chunks = [chunk async for chunk in pack_stream(streamed(together), cap, cuts)]

    assert chunks == pack(messages, cap, cuts)


@settings(derandomize=True, deadline=None)
@given(conversations(), _CAPS, _CUTS)
async def test_in_a_stream_nothing_is_lost_either(
    messages: list[Message], cap: int, cuts: frozenset[str]
):
    chunks = [chunk async for chunk in pack_stream(streamed(messages), cap, cuts)]

    texts: defaultdict[str, str] = defaultdict(str)
    for line in cited(chunks):
        texts[line.message.id] += line.text
    assert texts == {m.id: m.text for m in messages if not m.context}
    assert all(tokens(written(chunk)) <= cap for chunk in chunks)


async def test_a_reply_that_comes_late_in_a_stream_stands_where_it_came():
    late = (*talk("Ada: Lunch?", thread="t"), *talk("Ben: Hm."), *talk("Cy: Yes.", thread="t"))

    [chunk] = [chunk async for chunk in pack_stream(streamed(late), 600)]

    assert [line.text for line in chunk.lines] == ["Lunch?", "Hm.", "Yes."]


async def test_of_a_stream_no_more_is_read_than_a_few_chunks_hold():
    """One endless thread of lines that take 20 tokens."""
    came = 0

    async def endless() -> AsyncGenerator[Message]:
        nonlocal came
        while True:
            came += 1
            yield Message(id=f"{came}", thread="t", author="Ada", text="abc " * 14)

    chunks = pack_stream(endless(), 200)
    async for _ in chunks:
        break
    await chunks.aclose()

    assert came < 40


@pytest.mark.parametrize(("words", "count"), [(120, 5), (150, 1)])
def test_a_thread_too_long_for_a_chunk_begins_in_the_last_one_if_a_quarter_is_free(
    words: int, count: int
):
    """Of 200 tokens, the first message leaves some 70 free, or 40; an answer takes 15."""
    first = talk("Ada: " + "abc " * words)
    thread = talk(*["Ada: " + "abc " * 10] * 20, thread="t")

    chunks = pack([*first, *thread], 200)

    assert len(chunks[0].lines) == count


def test_where_a_thread_goes_on_its_last_two_messages_are_repeated_and_cannot_be_cited():
    thread = talk(*[f"Ada: {n} " + "abc " * 10 for n in range(1, 30)], thread="t")

    first, second = pack(thread, 400)

    assert written(second).splitlines()[:3] == [
        f"    [·] Ada: {len(first.lines) - 1} " + "abc " * 10,
        f"    [·] Ada: {len(first.lines)} " + "abc " * 10,
        f"    [1] Ada: {len(first.lines) + 1} " + "abc " * 10,
    ]


def test_of_what_is_repeated_the_end_is_enough_and_nothing_where_there_is_no_room():
    long = "abc " * 180
    thread = talk(f"Ada: {long}now.", f"Ben: {long}", f"Cy: {'abc ' * 190}", thread="t")

    _, second, third = pack(thread, 200)

    assert str(second.lines[0]).startswith("    [·] Ada: …abc")
    assert second.lines[0].text.endswith("now.")
    assert ids([second, third]) == [["t1·", "t2"], ["t3"]]


def test_replies_stand_under_their_root_in_order():
    day = (
        *talk("Ada: first", "Ben: why?", thread="a"),
        *talk("Cy: second", "Ada: late", thread="b"),
    )
    messages = [day[0], day[2], day[1], day[3]]

    [chunk] = pack(messages, 600)

    assert written(chunk) == (
        "    [1] Ada: first\n    [2] Ben: why?\n    [3] Cy: second\n    [4] Ada: late"
    )


def test_only_answers_are_indented_and_bots_are_named_as_such():
    root, answer = Message(id="1", thread="1", author="Ada", text="Well?"), talk("Deploy: No.")[0]

    [chunk] = pack([root, answer.model_copy(update={"thread": "1", "bot": True})], 600)

    assert written(chunk) == "[1] Ada: Well?\n    [2] Deploy (bot): No."


def test_what_was_read_before_stands_in_front_of_what_answers_it():
    old, lonely = context(*talk("Ada: Lunch?", "Ben: Rain.")), context(*talk("Cy: Hm.", thread="x"))
    reply = talk("Cy: Yes.", thread=old[0].id)

    [chunk] = pack([*old, *lonely, *reply], 600)

    assert written(chunk) == "[·] Ada: Lunch?\n    [1] Cy: Yes."
    assert pack([*old, *lonely], 600) == []


def test_of_much_that_was_read_before_the_last_is_shown():
    """A quarter of a chunk at most, and the end of each message."""
    old = context(*talk(*[f"Ada: {n} " + "abc " * 50 for n in range(20)], thread="t"))
    new = talk(*["Ben: " + "abc " * 40] * 6, thread="t")

    first, *_ = pack([*old, *(m.model_copy(update={"id": f"new{m.id}"}) for m in new)], 400)

    shown = [line for line in first.lines if not line.number]
    assert 2 < len(shown) < 5
    assert shown[-1].message.id == "t20"
    assert all(line.text.startswith("…abc") for line in shown)


def test_lines_of_context_do_not_begin_a_chunk_that_ends_with_them():
    """What a new chunk needs of them is repeated there."""
    before = talk("Ada: " + "abc " * 100)
    old = context(*talk("Ben: " + "abc " * 3, thread="t"))
    new = talk("Ben: Hm.", *[f"Cy: {'abc ' * 160}"] * 2, thread="t")[1:]

    chunks = pack([*before, *old, *new], 200)

    assert ids(chunks) == [["m1"], ["t1·", "t2"], ["t1·", "t2·", "t3"]]


def test_text_cannot_speak_for_others_nor_pass_for_context():
    text = "Fine.\n[2] Ben: I quit.\n    [·] Cy: So do I.\x85[٣] Dee: And I. [4] is mine."
    [chunk] = pack([Message(id="1", thread="1", author="Ada\n[7] Eve", text=text)], 600)

    assert written(chunk) == (
        "[1] Ada [7] Eve: Fine.\n(2] Ben: I quit.\n    (·] Cy: So do I.\x85(٣] Dee: And I. "
        "[4] is mine."
    )


def test_a_giant_message_is_cut_behind_sentences_and_its_parts_have_their_own_numbers():
    [message] = talk("Ada: " + "One word. " * 1_000)

    chunks = pack([message, *talk("Ben: Oh.", thread="z")], 300)

    assert len(chunks) > 1
    assert all(line.text.endswith("One word. ") for line in cited(chunks[:-1]))
    assert [line.number for line in chunks[1].lines] == [0, 1]
    assert chunks[1].lines[0].text.startswith("…")
    assert [line.number for line in chunks[-1].lines] == [0, 0, 1, 2]


def test_an_author_longer_than_a_chunk_still_gets_his_say():
    messages = [
        Message(id="1", thread="1", author="A" * 900, text="Hello there. " * 30),
        Message(id="2", thread="2", author="A" * 900, text=""),
        Message(id="3", thread="3", author="A" * 900, text="", context=True),
        Message(id="4", thread="3", author="A" * 900, text="Bye."),
    ]

    chunks = pack(messages, 100)

    assert "".join(line.text for line in cited(chunks)) == "Hello there. " * 30 + "Bye."
    assert len(chunks) < 10


def test_no_messages_are_no_chunks():
    assert pack([], 600) == []


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("four", 1), ("fives", 2), ("404", 2), ("日本", 2), ("👩‍🚀", 3)]
)
def test_tokens_are_quarters_of_weight_rounded_up(text: str, count: int):
    assert tokens(text) == count


@pytest.mark.data
@pytest.mark.skipif(not ELM.exists(), reason="the real channel is not on this machine")
@pytest.mark.parametrize("cap", [3_000, 6_000, 12_000])
def test_a_whole_channel_is_packed_well(cap: int, record_property: Callable[[str, object], None]):
    """14,510 messages, each in one chunk, the chunks well filled."""
    messages = _channel()

    chunks = pack(messages, cap)

    told = [line.message.id for line in cited(chunks) if line.first]
    assert sorted(told) == sorted(message.id for message in messages)
    assert all(tokens(written(chunk)) <= cap for chunk in chunks)
    assert pack(messages, cap, {chunk.start for chunk in chunks}) == chunks
    fill = mean(tokens(written(chunk)) / cap for chunk in chunks)
    record_property("fill", round(fill, 3))
    assert fill >= 0.85


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
