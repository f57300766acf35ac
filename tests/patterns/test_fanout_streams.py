"""Branches of a stream: in order, within a window, with nothing kept and nothing left behind."""

from __future__ import annotations

import asyncio
import random
import weakref
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from patterns.asking import ask_all, asking
from patterns.errors import BudgetSpent, ModelDenied, ModelUnavailable, TimeUp
from patterns.events import Planned
from patterns.fanout import Gap, Limits, Outcomes, Said, fan_stream
from patterns.ports import SILENT, EventSink, Prompt
from patterns.streams import Items
from patterns.testing import ListSink, ScriptedModel
from tests.fakes.virtual_time import in_virtual_time
from tests.patterns.samples import Word, question


def said(answer: Word) -> Said:
    return Said(answer.word)


def echo(prompt: Prompt[Any]) -> dict[str, str]:
    return {"word": prompt.text}


class Source:
    """A stream of numbered prompts that counts how far it was read, and knows when it is closed."""

    def __init__(self, count: int) -> None:
        self.read = 0
        self.closed = False
        self._count = count

    async def __aiter__(self) -> AsyncGenerator[Prompt[Word]]:
        try:
            for number in range(self._count):
                self.read += 1
                yield question(str(number))
        finally:
            self.closed = True


Pairs = Outcomes[Prompt[Word], Word]


def streaming(
    source: Items[Prompt[Word]], model: ScriptedModel, sink: EventSink = SILENT, **limits: Any
) -> AbstractAsyncContextManager[Pairs]:
    return fan_stream(
        "words",
        source,
        lambda prompt: asking(prompt, model),
        sink,
        describe=said,
        limits=Limits(**limits),
    )


@pytest.mark.parametrize("seed", range(10))
def test_a_stream_comes_back_in_its_order_whatever_finishes_first(seed: int):
    dice = random.Random(seed)
    model = ScriptedModel(echo, delay=lambda _: dice.random())

    async def main() -> list[str]:
        async with streaming(Source(100), model, width=5) as ended:
            return [f"{prompt.key}{isinstance(word, Word)}" async for prompt, word in ended]

    assert in_virtual_time(main()) == [f"{number}True" for number in range(100)]
    assert model.most_at_once == 5


def test_a_slow_branch_of_a_stream_holds_at_most_a_window():
    """Twice the width, and the one that is read and waits for room."""
    source = Source(1_000)
    model = ScriptedModel(echo, delay=lambda prompt: 100 if prompt.key == "0" else 0.001)

    async def main() -> int:
        async with streaming(source, model, width=4) as ended:
            await anext(ended)
            return source.read

    assert in_virtual_time(main()) == 2 * 4 + 1


def test_who_takes_slowly_holds_back_the_reading():
    source = Source(1_000)

    async def main() -> list[int]:
        ahead: list[int] = []
        async with streaming(source, ScriptedModel(echo), width=4) as ended:
            async for _ in ended:
                ahead.append(source.read - len(ahead))
                await asyncio.sleep(1)
        return ahead

    assert max(in_virtual_time(main())) <= 2 * 4 + 1


def test_a_slow_branch_of_a_sequence_holds_up_nobody():
    model = ScriptedModel(echo, delay=lambda prompt: 100 if prompt.key == "0" else 1)

    async def main() -> float:
        prompts = [question(str(number)) for number in range(100)]
        await ask_all("words", prompts, model, SILENT, describe=said, limits=Limits(width=2))
        return asyncio.get_running_loop().time()

    assert in_virtual_time(main()) == pytest.approx(100, abs=1)


async def test_a_stream_is_planned_as_it_is_read():
    sink = ListSink()

    async with streaming(Source(2), ScriptedModel(echo), sink) as ended:
        assert len([pair async for pair in ended]) == 2

    plans = [event for event in sink.events if isinstance(event, Planned)]
    assert [[branch.key for branch in plan.branches] for plan in plans] == [["0"], ["1"]]


async def test_a_gap_in_a_stream_stands_in_its_place():
    model = ScriptedModel(lambda p: ModelUnavailable("no line") if p.key == "1" else echo(p))

    async with streaming(Source(3), model) as ended:
        outcomes = [outcome async for _, outcome in ended]

    assert outcomes == [Word(word="0"), Gap("1", "1", "no line"), Word(word="2")]


async def test_what_is_no_model_error_ends_a_stream_as_itself():
    source = Source(1_000)
    model = ScriptedModel(lambda p: ModelDenied("No credit.") if p.key == "3" else echo(p))

    with pytest.raises(ModelDenied, match="No credit"):
        async with streaming(source, model, width=2) as ended:
            async for _ in ended:
                pass

    assert source.read < 10


async def test_an_error_of_the_stream_ends_its_branches():
    async def broken() -> AsyncGenerator[Prompt[Word]]:
        yield question("a")
        raise OSError("gone")

    before = asyncio.all_tasks()
    with pytest.raises(OSError, match="gone"):
        async with streaming(broken(), ScriptedModel(echo, delay=60)) as ended:
            await anext(ended)

    assert asyncio.all_tasks() == before


async def test_who_leaves_early_leaves_no_task_and_no_open_stream_behind():
    source = Source(1_000)
    before = asyncio.all_tasks()
    model = ScriptedModel(echo, delay=lambda prompt: 0 if prompt.key == "0" else 60)

    async with streaming(source, model, width=2) as ended:
        await anext(ended)
    await asyncio.sleep(0)

    assert asyncio.all_tasks() == before
    assert source.closed


async def test_what_was_handed_out_is_not_kept():
    """The window is all that is alive of ten thousand branches."""
    alive: weakref.WeakSet[Word] = weakref.WeakSet()
    most = 0

    def remember(word: Word) -> Said:
        alive.add(word)
        return said(word)

    async with fan_stream(
        "words",
        Source(10_000),
        lambda prompt: asking(prompt, ScriptedModel(echo)),
        SILENT,
        describe=remember,
        limits=Limits(width=8),
    ) as ended:
        async for _ in ended:
            most = max(most, len(alive))

    assert most <= 2 * 8 + 1


async def test_after_a_question_that_ends_the_run_no_more_of_a_stream_is_read() -> None:
    source = Source(10_000)
    model = ScriptedModel(lambda p: BudgetSpent("no money") if int(p.text) >= 5 else echo(p))

    async with streaming(source, model, width=4) as ended:
        outcomes = [outcome async for _, outcome in ended]

    assert ended.stopped == "no money"
    assert [outcome for outcome in outcomes[:5] if isinstance(outcome, Gap)] == []
    assert source.read < 20
    assert source.closed


async def test_a_list_is_gone_through_to_its_end_whatever_happens() -> None:
    model = ScriptedModel(lambda p: BudgetSpent("no money") if p.text == "2" else echo(p))
    prompts = [question(str(number)) for number in range(9)]

    async with streaming(prompts, model, width=1) as ended:
        outcomes = [outcome async for _, outcome in ended]

    assert [isinstance(outcome, Gap) for outcome in outcomes] == [n == 2 for n in range(9)]


async def test_a_stream_that_says_that_the_run_is_over_keeps_what_came_before() -> None:
    async def cut_short() -> AsyncGenerator[Prompt[Word]]:
        yield question("1")
        raise TimeUp("too late")

    async with streaming(cut_short(), ScriptedModel(echo)) as ended:
        outcomes = [outcome async for _, outcome in ended]

    assert outcomes == [Word(word="1")]
    assert ended.stopped == "too late"


def test_who_leaves_early_gives_back_the_slots_it_was_lent() -> None:
    async def main() -> bool:
        slots = asyncio.Semaphore(2)
        model = ScriptedModel(echo, delay=60)
        lent = fan_stream(
            "words", Source(9), lambda p: asking(p, model), SILENT, describe=said, slots=slots
        )
        async with lent:
            await asyncio.sleep(1)
        await slots.acquire()
        await slots.acquire()
        return True

    assert in_virtual_time(main())
