"""Works after an ack have an owner: none is lost, none ends the others, none outlives the door."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.engine.aside import Aside


async def test_a_work_is_begun_at_once_and_nobody_waits_for_it() -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        done.set()

    async with Aside() as aside:
        aside(work())
        assert not begun.is_set()
        async with asyncio.timeout(5):
            await begun.wait()
        may_end.set()
    assert done.is_set()


async def test_what_breaks_is_logged_without_its_words_and_ends_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []

    async def breaks() -> None:
        await asyncio.sleep(0)
        raise RuntimeError("a private matter")

    async def works() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        done.append("works")

    async with Aside() as aside:
        aside(breaks())
        aside(works())
    assert done == ["works"]
    assert "RuntimeError" in caplog.text
    assert "test_aside.py" in caplog.text
    assert "private matter" not in caplog.text
    assert not any(record.exc_info for record in caplog.records)


async def test_leaving_waits_a_while_and_then_ends_what_goes_on() -> None:
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("forever")
            raise

    async with asyncio.timeout(5):
        async with Aside(patience=0) as aside:
            aside(forever())
            await asyncio.sleep(0)
    assert ended == ["forever"]


async def test_a_work_that_could_not_begin_is_closed_without_a_complaint() -> None:
    async def never() -> None:
        raise AssertionError

    async with Aside(patience=0) as aside:
        aside(never())
        work = never()
    aside(work)

    assert work.cr_frame is None


async def test_more_than_the_most_at_once_are_refused_and_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    may_end = asyncio.Event()
    done: list[int] = []

    async def work(number: int) -> None:
        await may_end.wait()
        done.append(number)

    async with Aside(most=2) as aside:
        for number in range(3):
            aside(work(number))
        may_end.set()
        while aside._tasks:
            await asyncio.sleep(0)
        aside(work(3))
    assert done == [0, 1, 3]
    assert caplog.text.count("too much at once") == 1


async def test_an_error_inside_the_block_reaches_its_caller_as_itself() -> None:
    with pytest.raises(ValueError, match="mine"):
        async with Aside():
            raise ValueError("mine")
