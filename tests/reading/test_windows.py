"""`last 200` is the newest 200 messages: what people said in threads counts, what we said not."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from bot.reading.windows import Windows
from bot.runs.model import Window
from bot.slack.asking import Asking
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from tests.conftest import Serve
from tests.fakes.slack_api import BOT, BOT_ID, FakeSlack, Fault
from tests.slack.virtual import VirtualClock


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack()


@pytest.fixture
async def asking(slack: FakeSlack, serve: Serve) -> AsyncIterator[Asking]:
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        yield Asking(client, Limiter(VirtualClock()))


async def newest(asking: Asking, limit: int, oldest: str | None = None) -> list[str]:
    window = Window(channel="C1", limit=limit, oldest=oldest)
    found = await Windows(asking).read(window, await asking.identity())
    return [message.text or "" for message in found]


async def test_the_newest_so_many_are_read(slack: FakeSlack, asking: Asking) -> None:
    for number in range(300):
        slack.said("C1", f"m{number}")

    assert await newest(asking, 250) == [f"m{number}" for number in range(50, 300)]
    assert await newest(asking, 5_000) == [f"m{number}" for number in range(300)]


async def test_what_we_say_and_who_joins_takes_no_place(slack: FakeSlack, asking: Asking) -> None:
    for number in range(30):
        slack.said("C1", f"m{number}")
    for _ in range(250):
        slack.said("C1", "card", user=BOT, bot_id=BOT_ID)
        slack.said("C1", "joined", subtype="channel_join")
        slack.said("C1", "")

    assert await newest(asking, 20) == [f"m{number}" for number in range(10, 30)]


async def test_threads_count_and_the_oldest_fall_out(slack: FakeSlack, asking: Asking) -> None:
    first = slack.said("C1", "first")
    second = slack.said("C1", "second")
    slack.said("C1", "third")
    for number in range(3):
        slack.said("C1", f"to second {number}", thread_ts=second)
    slack.said("C1", "to first", thread_ts=first)

    assert await newest(asking, 3) == ["to second 1", "to second 2", "to first"]
    assert len(await newest(asking, 7)) == 7


async def test_a_broadcast_counts_once(slack: FakeSlack, asking: Asking) -> None:
    root = slack.said("C1", "root")
    slack.said("C1", "reply", thread_ts=root)
    slack.said("C1", "broadcast", thread_ts=root, subtype="thread_broadcast")

    assert await newest(asking, 2) == ["reply", "broadcast"]


async def test_threads_that_ended_before_are_not_asked_for(
    slack: FakeSlack, asking: Asking
) -> None:
    for number in range(100):
        root = slack.said("C1", f"m{number}")
        for reply in range(5):
            slack.said("C1", f"r{number}.{reply}", thread_ts=root)

    assert len(await newest(asking, 60)) == 60
    assert len(slack.of("conversations.replies")) <= 16


async def test_since_bounds_the_newest_as_well(slack: FakeSlack, asking: Asking) -> None:
    slack.said("C1", "too old")
    since = slack.said("C1", "the last one before")
    slack.said("C1", "new")

    assert await newest(asking, 10, oldest=since) == ["new"]


async def test_a_thread_that_can_not_be_read_is_waited_for(
    slack: FakeSlack, asking: Asking
) -> None:
    slack.said("C1", "reply", thread_ts=slack.said("C1", "root"))
    slack.faults["conversations.replies"].append(Fault.RATE)

    assert await newest(asking, 2) == ["root", "reply"]


@pytest.mark.parametrize("seed", range(12))
async def test_of_any_channel_exactly_the_newest_are_read(
    slack: FakeSlack, asking: Asking, seed: int
) -> None:
    """Against all that was said, sorted by time; the whole channel fits into one page here."""
    chance = random.Random(seed)
    roots = [slack.said("C1", "m0")]
    said = ["m0"]
    for number in range(1, chance.randrange(2, 120)):
        text = f"m{number}"
        match chance.randrange(4):
            case 0:
                roots.append(slack.said("C1", text))
            case 1:
                subtype = chance.choice([None, "thread_broadcast"])
                slack.said("C1", text, thread_ts=chance.choice(roots), subtype=subtype)
            case 2:
                slack.said("C1", text, thread_ts=chance.choice(roots))
            case _:
                slack.said("C1", text, user=BOT, bot_id=BOT_ID)
                continue
        said.append(text)

    limit = chance.randrange(1, len(said) + 3)
    assert await newest(asking, limit) == said[-limit:]
