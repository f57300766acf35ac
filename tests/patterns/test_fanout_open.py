"""Branches in the order they end, and works side by side: nothing is left behind."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from patterns.branches import Branch, Gap, Limits, Said
from patterns.errors import BudgetSpent, ModelDenied, ModelUnavailable
from patterns.fanout import Fan, fan_open, side_by_side
from patterns.testing import ListSink
from tests.fakes.virtual_time import in_virtual_time
from tests.patterns.samples import done, failed, started


def branch(key: str, seconds: float = 0, error: Exception | None = None) -> Branch[str]:
    async def work() -> str:
        await asyncio.sleep(seconds)
        if error:
            raise error
        return key

    return Branch(key=key, title=key.upper(), work=work)


def opened(
    sink: ListSink | None = None, slots: asyncio.Semaphore | None = None, width: int = 8
) -> AbstractAsyncContextManager[Fan[str]]:
    limits = Limits(width=width, seconds=60)
    return fan_open(sink or ListSink(), describe=Said, limits=limits, slots=slots)


def test_what_ends_first_comes_first_and_more_can_be_started_meanwhile():
    async def main() -> list[str]:
        came: list[str] = []
        async with opened() as fan:
            fan.start(branch("slow", 5))
            fan.start(branch("quick", 1))
            while len(fan):
                for ended, outcome in await fan.ended():
                    assert outcome == ended.key
                    came.append(ended.key)
                    if ended.key == "quick":
                        fan.start(branch("late", 2))
        return came

    assert in_virtual_time(main()) == ["quick", "late", "slow"]


def test_who_ends_at_the_same_time_comes_in_the_order_of_the_start():
    async def main() -> list[str]:
        async with opened() as fan:
            for key in "abc":
                fan.start(branch(key, 1))
            return [ended.key for ended, _ in await fan.ended()]

    assert in_virtual_time(main()) == ["a", "b", "c"]


def test_leaving_the_block_ends_the_rest_and_waits_until_they_have_ended():
    sink, cleaned = ListSink(), list[str]()

    async def work() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(3)  # a connection that is closed in order
            cleaned.append("b")
        return "never"

    async def main() -> None:
        async with opened(sink) as fan:
            fan.start(branch("a", 1))
            fan.start(Branch(key="b", title="B", work=work))
            await fan.ended()
        assert cleaned == ["b"]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    in_virtual_time(main())
    assert started(sink) == ["a", "b"]
    assert done(sink) == ["a"]
    assert failed(sink) == []


def test_a_failed_and_a_late_branch_are_gaps_and_the_run_may_be_over():
    sink = ListSink()

    async def main() -> tuple[dict[str, str | Gap], str]:
        came: dict[str, str | Gap] = {}
        async with opened(sink) as fan:
            fan.start(branch("lost", 1, ModelUnavailable("no line")))
            fan.start(branch("late", 61))
            fan.start(branch("spent", 2, BudgetSpent("no money")))
            while len(fan):
                came |= {ended.key: outcome for ended, outcome in await fan.ended()}
            return came, fan.over

    came, over = in_virtual_time(main())
    assert came == {
        "lost": Gap("lost", "LOST", "no line"),
        "spent": Gap("spent", "SPENT", "no money"),
        "late": Gap("late", "LATE", "no answer within 60 s"),
    }
    assert over == "no money"
    assert len(failed(sink)) == 3


def test_what_is_no_model_error_ends_all_as_itself_and_starts_no_other():
    sink, denied = ListSink(), ModelDenied("The key is wrong.")

    async def main() -> None:
        async with opened(sink, width=2) as fan:
            fan.start(branch("slow", 50))
            fan.start(branch("denied", 1, denied))
            fan.start(branch("waits", 1))
            while len(fan):
                await fan.ended()

    with pytest.raises(ModelDenied) as caught:
        in_virtual_time(main())

    assert caught.value is denied
    assert started(sink) == ["slow", "denied"]
    assert done(sink) == []


def test_fans_that_share_slots_have_no_more_out_than_slots():
    most = now = 0

    async def work() -> str:
        nonlocal most, now
        now += 1
        most = max(most, now)
        try:
            await asyncio.sleep(1)
        finally:
            now -= 1
        return "done"

    async def main() -> None:
        slots = asyncio.Semaphore(3)

        async def one(name: str) -> None:
            async with opened(slots=slots) as fan:
                for n in range(5):
                    fan.start(Branch(key=f"{name}{n}", title="", work=work))
                await fan.ended()  # the rest is ended, and gives its slots back

        await side_by_side([lambda: one("a"), lambda: one("b")])
        async with asyncio.timeout(1):
            for _ in range(3):
                await slots.acquire()

    in_virtual_time(main())
    assert most == 3


def test_works_run_side_by_side_and_give_their_results_in_order():
    async def main() -> tuple[list[str], float]:
        works = [branch(str(n), 5 - n).work for n in range(5)]
        return await side_by_side(works), asyncio.get_running_loop().time()

    assert in_virtual_time(main()) == (["0", "1", "2", "3", "4"], 5)


def test_the_first_error_ends_all_works_as_itself():
    error = ZeroDivisionError("a bug")
    ended: list[str] = []

    async def waits() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waits")
        return "never"

    async def main() -> None:
        await side_by_side([waits, branch("broken", 1, error).work])

    with pytest.raises(ZeroDivisionError) as caught:
        in_virtual_time(main())
    assert caught.value is error
    assert ended == ["waits"]


def test_no_works_give_no_results():
    async def main() -> list[str]:
        return await side_by_side([])

    assert in_virtual_time(main()) == []
