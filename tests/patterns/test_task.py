from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import pytest

from patterns.streams import each
from patterns.task import TOPIC_MOST, Message, Task, known_topic, topic
from tests.patterns.samples import talk


class Stream:
    """Messages that come by and by; *read* counts them."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.read = 0
        self._messages = messages

    async def __aiter__(self) -> AsyncGenerator[Message]:
        async for message in each(self._messages):
            self.read += 1
            yield message


@pytest.mark.parametrize(
    ("text", "lines", "about"),
    [
        (" The claim. ", ["Ada: One."], "The claim."),
        (" ", ["Ada:  ", "Ada: One.", "Ben: Two."], "One.\nTwo."),
        ("", [], ""),
    ],
)
async def test_a_task_is_about_its_text_or_else_what_was_read(
    text: str, lines: list[str], about: str
):
    messages = talk(*lines)

    assert await topic(Task(text=text, messages=messages)) == about
    assert await topic(Task(text=text, messages=Stream(messages))) == about
    assert known_topic(Task(text=text, messages=messages)) == about


async def test_a_long_topic_is_cut_and_no_more_of_it_is_read():
    messages = talk(*["Ada: " + "x" * 3_000] * 50)
    stream = Stream(messages)

    cut = await topic(Task(messages=stream))

    assert len(cut) == TOPIC_MOST + 1
    assert cut.endswith("x…")
    assert stream.read == 7
    assert cut == await topic(Task(messages=messages))


def test_only_a_stream_must_be_read_to_know_its_topic():
    stream = Stream(talk("Ada: One."))

    assert known_topic(Task(messages=stream)) is None
    assert known_topic(Task(text="One.", messages=stream)) == "One."
    assert stream.read == 0
