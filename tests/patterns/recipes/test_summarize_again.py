"""A channel that is summarized again: what did not change is not asked again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from patterns.fanout import Limits
from patterns.ports import SILENT, A, Prompt, Reply
from patterns.recipes.summarize import Summary, SummaryNotes, summarize
from patterns.task import Cuts, Message, Task
from tests.patterns.recipes.summaries import model

CAP = 6_000


class Remembering:
    """A model that answers the same words once; *fresh* are keys of what was not known."""

    def __init__(self) -> None:
        self.fresh: list[str] = []
        self._model = model()
        self._kept: dict[str, Reply[Any]] = {}

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        if prompt.fingerprint not in self._kept:
            if prompt.answer is SummaryNotes:
                self.fresh.append(prompt.key)
            self._kept[prompt.fingerprint] = await self._model.ask(prompt)
        return self._kept[prompt.fingerprint]


def channel(count: int, dice: random.Random, start: int = 0) -> list[Message]:
    """Threads of one to nine messages, as long as those of a work channel, four times over."""
    messages: list[Message] = []
    root = ""
    left = 0
    for n in range(start, start + count):
        if not left:
            root, left = f"m{n:05}", dice.choice([1, 1, 1, 2, 3, 5, 9])
        left -= 1
        words = "word " * dice.randint(20, 280)
        text = f"Fact: crate {n} is in town. {words}" if n % 5 else f"Chatter {n}. {words}"
        author = dice.choice(["Ada", "Ben", "Cy"])
        messages.append(Message(id=f"m{n:05}", thread=root, author=author, text=text))
    return messages


def reply(to: Message, number: int) -> Message:
    return Message(
        id=f"late{number}",
        thread=to.thread,
        author="Ben",
        text="Fact: it is not late. " + "x " * 60,
    )


def in_threads(messages: Sequence[Message], *more: Message) -> list[Message]:
    """As reading gives them: threads in the order of their roots, replies under them."""
    roots = {message.thread: n for n, message in reversed(list(enumerate(messages)))}
    return sorted([*messages, *more], key=lambda message: roots[message.thread])


async def run(asked: Remembering, messages: Sequence[Message], before: Sequence[str]) -> Any:
    cuts = Cuts(before=frozenset(before))
    asked.fresh.clear()
    result = await summarize(Task(messages=messages, cuts=cuts), asked, SILENT, Limits())
    return result, list(asked.fresh), list(cuts.made)


@pytest.mark.parametrize("seed", range(5))
async def test_three_late_replies_and_forty_new_messages_cost_seven_parts_at_most(seed: int):
    dice = random.Random(seed)
    first = channel(2_000, dice)
    asked = Remembering()
    _, all_of_them, made = await run(asked, first, ())
    late = [reply(dice.choice(first), n) for n in range(3)]
    then = [*in_threads(first, *late), *channel(40, dice, start=2_000)]

    again, fresh, _ = await run(asked, then, made)

    assert 60 <= len(all_of_them) <= 95
    assert len(made) == len(all_of_them)
    assert len(fresh) <= 7
    assert again.messages == again.read == 2_043


async def test_the_same_again_costs_nothing():
    first = channel(400, random.Random(1))
    asked = Remembering()
    result, _, made = await run(asked, first, ())

    again, fresh, same = await run(asked, first, made)

    assert (again, fresh, same) == (result, [], made)


async def test_what_was_deleted_takes_every_item_with_it_that_rests_on_it():
    first = channel(400, random.Random(2))
    asked = Remembering()
    before: Summary
    before, _, made = await run(asked, first, ())
    gone = first[201]

    after, fresh, _ = await run(asked, [m for m in first if m is not gone], made)

    assert any(gone.id in point.sources for point in before.points)
    assert not any(gone.id in point.sources for point in after.points)
    assert len(after.points) == len(before.points) - 1
    assert len(fresh) == 1


async def test_what_was_edited_is_read_again_and_nothing_else():
    first = channel(400, random.Random(3))
    asked = Remembering()
    _, _, made = await run(asked, first, ())
    edited = first[201].model_copy(update={"text": "Fact: it is gone. " + "word " * 40})

    after, fresh, _ = await run(asked, [edited if m.id == edited.id else m for m in first], made)

    assert len(fresh) == 1
    assert "it is gone" in {point.text for point in after.points}
