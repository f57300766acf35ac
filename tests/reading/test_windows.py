"""
`last 200` is the newest 200 messages: what people said in threads counts, what we said not.

Since some time, all of it is read; what was said before, in threads that went on, is context.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.reading.paging import Paging
from bot.reading.windows import CONTEXT_MOST, OLDER_PAGES, Seen, Windows
from bot.runs.model import Window
from bot.runs.ports import Trip
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


async def seen(asking: Asking, *, at: float = 1_800_000_000, **window: Any) -> Seen:
    """As it is read *at* that time."""
    paging = Paging(asking, Trip(), now=lambda: at)
    windows = Windows(paging, await asking.identity())
    return await windows.read(Window(channel="C1", **window))


async def newest(asking: Asking, limit: int, oldest: str | None = None) -> list[str]:
    return texts(await seen(asking, limit=limit, oldest=oldest))


def texts(found: Seen) -> list[str]:
    return [said.text for said in found.said]


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


async def test_in_a_thread_that_went_on_what_is_older_is_context(
    slack: FakeSlack, asking: Asking
) -> None:
    root = slack.said("C1", "root")
    slack.said("C1", "old answer", thread_ts=root)
    since = slack.said("C1", "the last one before")
    slack.said("C1", "new answer", thread_ts=root)
    slack.said("C1", "new")

    found = await seen(asking, oldest=since)

    assert [(said.text, said.context) for said in found.said] == [
        ("root", True),
        ("old answer", True),
        ("new answer", False),
        ("new", False),
    ]


async def test_of_a_long_thread_the_root_and_the_last_before_are_context(
    slack: FakeSlack, asking: Asking
) -> None:
    root = slack.said("C1", "root")
    for number in range(2 * CONTEXT_MOST):
        since = slack.said("C1", f"old {number}", thread_ts=root)
    slack.said("C1", "new answer", thread_ts=root)

    found = texts(await seen(asking, oldest=since))

    last = [f"old {number}" for number in range(CONTEXT_MOST, 2 * CONTEXT_MOST)]
    assert found == ["root", *last, "new answer"]


async def test_a_thread_in_which_we_alone_went_on_is_not_read(
    slack: FakeSlack, asking: Asking
) -> None:
    root = slack.said("C1", "root")
    since = slack.said("C1", "answer", thread_ts=root)
    slack.said("C1", "our result", user=BOT, bot_id=BOT_ID, thread_ts=root)

    assert (await seen(asking, oldest=since)).said == []


async def test_threads_that_went_on_are_looked_for_a_few_pages_back_and_no_further(
    slack: FakeSlack, asking: Asking
) -> None:
    slack.page = 10
    roots = [slack.said("C1", f"m{number}") for number in range(10 * OLDER_PAGES + 10)]
    since = roots[-1]
    for place in (0, 9, 10, 20, 40):
        slack.said("C1", f"to m{place}", thread_ts=roots[place])

    found = [said.text for said in (await seen(asking, oldest=since)).said if not said.context]

    assert found == ["to m9", "to m10", "to m20", "to m40"]
    assert len(slack.of("conversations.history")) == 1 + OLDER_PAGES


async def test_a_thread_that_is_gone_by_now_holds_nothing(slack: FakeSlack, asking: Asking) -> None:
    slack.said("C1", "answer", thread_ts=slack.said("C1", "root"))
    slack.faults["conversations.replies"].append("thread_not_found")

    assert texts(await seen(asking)) == ["root"]


async def test_a_deleted_root_keeps_its_answers(slack: FakeSlack, asking: Asking) -> None:
    root = slack.said("C1", "This message was deleted.", user="USLACKBOT", subtype="tombstone")
    slack.said("C1", "answer", thread_ts=root)

    [said] = (await seen(asking)).said

    assert (said.text, said.root) == ("answer", root)


async def test_all_is_read_up_to_the_newest_message_or_a_later_answer(
    slack: FakeSlack, asking: Asking
) -> None:
    root = slack.said("C1", "root")
    slack.said("C1", "newest", subtype="channel_join")
    answer = slack.said("C1", "answer", thread_ts=root)

    assert (await seen(asking)).until == answer


async def test_an_answer_that_came_while_it_was_read_does_not_hide_what_came_before_it(
    slack: FakeSlack, asking: Asking
) -> None:
    """The channel was asked before that answer, and may have gone on in between."""
    root = slack.said("C1", "root")
    newest = slack.said("C1", "newest")
    slack.said("C1", "answer", thread_ts=root)

    assert (await seen(asking, at=float(newest))).until == newest


async def test_of_the_newest_so_many_nobody_says_up_to_where_all_was_read(
    slack: FakeSlack, asking: Asking
) -> None:
    slack.said("C1", "m")

    assert (await seen(asking, limit=5)).until is None
