"""When the time of a run is up it ends with what it has, and says what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.runs.executor import Executor
from bot.runs.model import Run, Status, Thread
from bot.runs.timekeeping import Time, TimeKeeping
from patterns.errors import TimeUp
from patterns.fanout import Limits
from patterns.ports import A, Model, Prompt, Reply
from patterns.recipes.safety import SafetyBallot, SafetyReport
from patterns.recipes.summarize import Summary
from patterns.task import Message
from patterns.testing import ScriptedModel
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.carrying import voters
from tests.runs.fakes import NOTES, FakeSources, always, request, supporting
from tests.runs.memory import MemoryStore

FOREVER = 1e6
QUESTION = Prompt(
    key="voter-1", system="You vote.", text="The moon is cheese.", answer=SafetyBallot
)
#: Twenty parts of a summary.
LONG_TALK = tuple(
    Message(
        id=f"{number}.0",
        thread=f"{number}.0",
        author="Ada",
        text=f"We ship part {number}. " + "word " * 4000,
        permalink=f"https://town.example/p{number}",
    )
    for number in range(20)
)


def of_time(
    model: Model, *, seconds: float, sources: FakeSources | None = None, **asked: Any
) -> tuple[Run, float]:
    """Carry out one run in virtual time; the run, and when it ended."""

    async def main() -> tuple[Run, float]:
        store = MemoryStore()
        run = await store.add(request(**asked))
        # a branch may take as long as it likes
        limits = Limits(seconds=2 * FOREVER)
        options: dict[str, Any] = {"limits": limits, "seconds": seconds}
        await Executor(store, sources or FakeSources(), always(model), **options).execute(run.id)
        return store.runs[run.id], asyncio.get_running_loop().time()

    return in_virtual_time(main())


def test_a_panel_with_one_voter_that_hangs_decides_with_four_at_the_deadline() -> None:
    model = supporting(delay=lambda prompt: FOREVER if prompt.key == "voter-2" else 3)

    run, ended = of_time(model, seconds=600)

    assert isinstance(run.result, SafetyReport)
    assert voters(run.result) == 4
    assert run.result.missing == ("Whom it concerns: the run's 600 s were up",)
    assert 600 <= ended <= 601


def test_a_summary_cut_off_in_the_middle_names_what_is_unread_with_its_links() -> None:
    """Eight parts at a time, a minute each; no merge is asked for when the time is up."""
    model = ScriptedModel(lambda _: NOTES, delay=60)
    source = FakeSources(messages=LONG_TALK)
    thread = Thread(channel="C2", ts="1.1")

    run, ended = of_time(model, seconds=100, sources=source, recipe="summarize", source=thread)

    assert isinstance(run.result, Summary)
    assert run.result.read == 8
    assert len(run.result.unread) == 12
    assert {gap.reason for gap in run.result.unread} == {"the run's 100 s were up"}
    assert {gap.link for gap in run.result.unread} == {
        message.permalink for message in LONG_TALK[8:]
    }
    assert ended <= 101


def test_a_run_that_answers_nothing_in_time_fails_with_a_sentence() -> None:
    run, ended = of_time(supporting(delay=FOREVER), seconds=600)

    assert run.status is Status.FAILED
    assert run.error
    assert run.error.startswith("None of the voters answered: ")
    assert ended <= 601


def test_reading_has_a_time_of_its_own() -> None:
    class Slow(FakeSources):
        async def read(self, request: Any, trip: Any = None, /) -> Any:
            await asyncio.sleep(FOREVER)

    thread = Thread(channel="C2", ts="1.1")

    run, ended = of_time(
        supporting(), seconds=600, sources=Slow(), recipe="summarize", source=thread
    )

    assert (run.status, run.error) == (
        Status.FAILED,
        "Reading took longer than 3600 seconds. Ask for less.",
    )
    assert ended == 3_660


def test_a_stream_that_stands_still_gives_a_summary_of_what_came() -> None:
    """One part was asked about; what was read for the next ones is named, with its links."""

    async def stream() -> AsyncIterator[Message]:
        for message in LONG_TALK[:4]:
            yield message
        await asyncio.sleep(FOREVER)

    run, ended = summing_up(stream(), seconds=600)

    assert isinstance(run.result, Summary)
    assert (run.result.read, run.result.messages, run.result.unread_parts) == (1, 4, 3)
    assert run.result.stopped == "the run's 600 s were up"
    assert run.result.partial
    assert ended <= 601


def test_of_a_stream_without_end_no_more_is_read_when_the_time_is_up() -> None:
    taken = 0

    async def stream() -> AsyncIterator[Message]:
        nonlocal taken
        while True:
            taken += 1
            changes = {"id": f"{taken}", "thread": f"{taken}"}
            yield LONG_TALK[taken % len(LONG_TALK)].model_copy(update=changes)

    run, ended = summing_up(stream(), seconds=100)

    assert isinstance(run.result, Summary)
    assert run.result.read == 8
    assert run.result.stopped == "the run's 100 s were up"
    assert taken < 40
    assert ended <= 101


def test_a_stream_of_which_nothing_came_in_time_fails_with_a_sentence() -> None:
    async def stream() -> AsyncIterator[Message]:
        await asyncio.sleep(FOREVER)
        yield LONG_TALK[0]

    run, ended = summing_up(stream(), seconds=600)

    assert run.error == "No part could be read: the run's 600 s were up."
    assert ended <= 601


def summing_up(messages: AsyncIterator[Message], seconds: float) -> tuple[Run, float]:
    """Each part takes a minute, eight at a time."""
    thread = Thread(channel="C2", ts="1.1")
    model = ScriptedModel(lambda _: NOTES, delay=60)
    return of_time(
        model,
        seconds=seconds,
        sources=FakeSources(messages=messages),
        recipe="summarize",
        source=thread,
    )


def test_questions_that_come_too_late_are_not_asked() -> None:
    async def main() -> list[str]:
        model = supporting()
        late = TimeKeeping(model, Time(until=5, seconds=5))
        await late.ask(QUESTION)
        await asyncio.sleep(5)
        with pytest.raises(TimeUp, match=r"^the run's 5 s were up$"):
            await late.ask(QUESTION)
        return model.asked

    assert in_virtual_time(main()) == ["voter-1"]


def test_the_question_in_flight_is_given_up() -> None:
    async def main() -> int:
        model = Counting()
        with pytest.raises(TimeUp):
            await TimeKeeping(model, Time(until=5, seconds=5)).ask(QUESTION)
        return model.in_flight

    assert in_virtual_time(main()) == 0


def test_an_error_of_somebody_elses_clock_stays_what_it_is() -> None:
    class Late:
        async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
            raise TimeoutError("a bug")

    async def main() -> None:
        with pytest.raises(TimeoutError, match="a bug"):
            await TimeKeeping(Late(), Time(until=5, seconds=5)).ask(QUESTION)

    in_virtual_time(main())


class Counting:
    """Never answers; knows how many wait."""

    def __init__(self) -> None:
        self.in_flight = 0

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        self.in_flight += 1
        try:
            await asyncio.sleep(FOREVER)
        finally:
            self.in_flight -= 1
        raise AssertionError("it was to be given up")


def test_a_stream_that_ends_in_time_is_read_to_its_end() -> None:
    async def stream() -> AsyncIterator[Message]:
        yield LONG_TALK[0]

    run, _ = summing_up(stream(), seconds=600)

    assert isinstance(run.result, Summary)
    assert (run.result.read, run.result.stopped) == (1, "")
