"""Threads are read a few at a time, as far as there is time, whatever becomes of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.reading.paging import AT_ONCE, Paging
from bot.reading.threads import one, side_by_side, thread
from bot.runs.model import OneMessage
from bot.runs.ports import Trip
from bot.slack.asking import Asking
from bot.slack.client import connect
from bot.slack.errors import Gone, NotAllowed
from bot.slack.limiter import Limiter
from tests.conftest import Serve
from tests.fakes.slack_api import Call, FakeSlack
from tests.slack.virtual import VirtualClock


@pytest.fixture
async def asking(slack: FakeSlack, serve: Serve, clock: VirtualClock) -> AsyncIterator[Asking]:
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        yield Asking(client, Limiter(clock))


def talked(slack: FakeSlack, threads: int) -> list[str]:
    roots = [slack.said("C1", f"m{number}") for number in range(threads)]
    for root in roots:
        slack.said("C1", "answer", thread_ts=root)
    return roots


async def test_no_more_than_a_few_are_asked_for_at_once(slack: FakeSlack, asking: Asking) -> None:
    now, most = 0, 0

    async def watch(call: Call, after: bool) -> None:
        nonlocal now, most
        now += -1 if after else 1
        most = max(most, now)

    roots = talked(slack, 20)
    slack.watch = watch
    paging = Paging(asking, Trip())

    found = await side_by_side("C1", roots, paging, await asking.identity())

    assert set(found) == set(roots)
    assert most <= AT_ONCE
    assert (paging.threads, paging.threads_read, paging.messages) == (20, 20, 20)


async def test_one_that_is_gone_takes_nothing_from_the_others(
    slack: FakeSlack, asking: Asking
) -> None:
    roots = talked(slack, 3)

    found = await side_by_side(
        "C1", ["1.1", *roots], Paging(asking, Trip()), await asking.identity()
    )

    assert {root: len(said) for root, said in found.items()} == {
        "1.1": 0,
        **dict.fromkeys(roots, 2),
    }


async def test_one_that_may_not_be_read_is_told(slack: FakeSlack, asking: Asking) -> None:
    roots = talked(slack, 3)
    slack.faults["conversations.replies"].append("not_in_channel")

    with pytest.raises(NotAllowed):
        await side_by_side("C1", roots, Paging(asking, Trip()), await asking.identity())


async def test_a_thread_is_found_by_any_of_its_messages(slack: FakeSlack, asking: Asking) -> None:
    [root] = talked(slack, 1)
    answer = slack.rooms["C1"].messages[-1]["ts"]
    paging = Paging(asking, Trip())

    assert len(await thread("C1", root, paging)) == len(await thread("C1", answer, paging)) == 2
    with pytest.raises(Gone):
        await thread("C1", "1.1", paging)


async def test_a_message_is_found_alone(slack: FakeSlack, asking: Asking) -> None:
    [root] = talked(slack, 1)
    answer = slack.rooms["C1"].messages[-1]["ts"]

    for ts in (root, answer):
        [found] = await one(OneMessage(channel="C1", ts=ts), asking, Paging(asking, Trip()))
        assert found.ts == ts
