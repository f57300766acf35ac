from __future__ import annotations

import asyncio

import pytest

from patterns.deadline import deadline, off_the_clock
from tests.fakes.virtual_time import in_virtual_time


def now() -> float:
    return asyncio.get_running_loop().time()


async def work_and_wait(work: float, wait: float) -> float:
    """Half of the work before the wait, half of it after; when all was done."""
    async with deadline(10):
        await asyncio.sleep(work / 2)
        with off_the_clock():
            await asyncio.sleep(wait)
        await asyncio.sleep(work / 2)
    return now()


def test_a_block_that_takes_longer_than_its_deadline_is_ended():
    async def story() -> float:
        with pytest.raises(TimeoutError):
            await work_and_wait(12, 0)
        return now()

    assert in_virtual_time(story()) == 10


def test_a_wait_off_the_clock_does_not_count():
    assert in_virtual_time(work_and_wait(9, 1000)) == 1009


def test_after_a_wait_the_clock_goes_on_where_it_stood():
    async def story() -> float:
        with pytest.raises(TimeoutError):
            await work_and_wait(12, 1000)
        return now()

    assert in_virtual_time(story()) == 1010


def test_a_wait_within_a_wait_stops_the_clock_until_the_outer_one_is_over():
    async def story() -> float:
        async with deadline(10):
            with off_the_clock():
                with off_the_clock():
                    await asyncio.sleep(100)
                await asyncio.sleep(100)
            await asyncio.sleep(9)
        return now()

    assert in_virtual_time(story()) == 209


def test_a_wait_that_ends_with_an_error_starts_the_clock_again():
    async def story() -> float:
        with pytest.raises(TimeoutError):
            async with deadline(10):
                with pytest.raises(KeyError), off_the_clock():
                    raise KeyError
                await asyncio.sleep(11)
        return now()

    assert in_virtual_time(story()) == 10


def test_outside_any_deadline_there_is_no_clock_to_stop():
    async def story() -> float:
        with off_the_clock():
            await asyncio.sleep(1)
        async with deadline(10):
            pass
        with off_the_clock():
            await asyncio.sleep(1)
        return now()

    assert in_virtual_time(story()) == 2


def test_two_branches_have_a_clock_each():
    async def story() -> list[float | BaseException]:
        return await asyncio.gather(
            work_and_wait(9, 1000), work_and_wait(12, 0), return_exceptions=True
        )

    waited, worked = in_virtual_time(story())

    assert waited == 1009
    assert isinstance(worked, TimeoutError)


def test_the_inner_of_two_deadlines_is_the_one_that_stands_still():
    async def story() -> float:
        with pytest.raises(TimeoutError):
            async with deadline(50):
                await work_and_wait(9, 1000)
        return now()

    assert in_virtual_time(story()) == 50


def test_the_waits_of_all_parts_of_a_branch_stop_its_clock():
    async def part(wait: float) -> None:
        with off_the_clock():
            await asyncio.sleep(wait)

    async def story() -> float:
        async with deadline(10):
            await asyncio.gather(part(20), part(30), asyncio.sleep(35))
        return now()

    assert in_virtual_time(story()) == 35


def test_a_branch_whose_time_is_up_is_ended_even_if_it_waits_then():
    """Its time was up in the moment in which the wait began."""

    async def story() -> float:
        with pytest.raises(TimeoutError):
            async with deadline(10):
                try:
                    await asyncio.sleep(20)
                except asyncio.CancelledError:
                    with off_the_clock():
                        await asyncio.sleep(5)
                    raise
        return now()

    assert in_virtual_time(story()) == 15


def test_a_cancelled_wait_is_no_timeout():
    async def story() -> None:
        branch = asyncio.create_task(work_and_wait(0, 1000))
        await asyncio.sleep(50)
        branch.cancel()
        with pytest.raises(asyncio.CancelledError):
            await branch

    in_virtual_time(story())
