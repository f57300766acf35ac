from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.slack.asking import TRIES, Asking, Late
from bot.slack.client import SlackClient, connect
from bot.slack.errors import NotAllowed, Unavailable
from bot.slack.limiter import Limiter
from tests.conftest import Serve
from tests.fakes.slack_api import BOT, TEAM, FakeSlack, Fault, Room
from tests.showing.stage import card, reply
from tests.slack.virtual import VirtualClock


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack(page=2)


@pytest.fixture
async def client(slack: FakeSlack, serve: Serve) -> AsyncIterator[SlackClient]:
    async with connect("xoxb-1", api_url=await serve(slack.app()) + "/api/") as client:
        yield client


@pytest.fixture
def asking(client: SlackClient) -> Asking:
    return Asking(client, Limiter(VirtualClock()))


async def test_who_we_are_is_asked_once(slack: FakeSlack, asking: Asking) -> None:
    for _ in range(3):
        assert (await asking.identity()).team_id == TEAM

    assert len(slack.calls) == 1


async def test_members_are_looked_through_to_the_last_page(
    slack: FakeSlack, asking: Asking
) -> None:
    slack.rooms["C1"] = Room(members=[BOT, "U1", "U2", "U3", "U4"])

    assert await asking.is_member("U4", "C1")
    assert not await asking.is_member("U5", "C1")


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.HTML, Fault.BROKEN])
async def test_a_question_is_asked_a_few_times_and_no_more(
    slack: FakeSlack, asking: Asking, fault: Fault
) -> None:
    slack.faults["auth.test"].extend([fault] * (TRIES - 1))
    assert (await asking.identity()).user_id == BOT

    slack.faults["conversations.info"].extend([fault] * TRIES)
    with pytest.raises(Unavailable):
        await asking.channel("C1")
    assert len(slack.of("conversations.info")) == TRIES


async def test_a_no_is_not_asked_twice(slack: FakeSlack, asking: Asking) -> None:
    with pytest.raises(NotAllowed):
        await asking.channel("C404")

    assert len(slack.calls) == 1


async def test_our_own_message_is_found_on_any_page_of_channel_or_thread(
    slack: FakeSlack, client: SlackClient, asking: Asking
) -> None:
    ts = await client.post("C1", card("x"), run_id="r1")
    answers = [
        await client.post("C1", reply(f"branch:{n}", "x"), run_id="r1", thread_ts=ts)
        for n in range(5)
    ]
    for _ in range(5):
        slack.said("C1", "in between")

    async def find(thread: str | None, slot: str, run_id: str = "r1") -> str | None:
        return await asking.find("C1", thread, run_id=run_id, slot=slot, since=0)

    assert await find(None, "card") == ts
    assert await find(ts, "branch:4") == answers[4]
    assert await find(None, "card", run_id="r2") is None
    assert await find(ts, "result") is None


async def test_who_has_time_until_then_asks_nothing_later(slack: FakeSlack, asking: Asking) -> None:
    slack.said("C1", "x")
    slack.retry_after = "30"
    slack.faults["conversations.history"].extend([Fault.RATE] * 2)
    waits: list[float] = []
    hurried = asking.within(asking.clock.now() + 45, waits.append)

    with pytest.raises(Late):
        await hurried.page("conversations.history", channel="C1")
    calls = len(slack.calls)
    with pytest.raises(Late):
        await hurried.page("conversations.info", channel="C1")

    assert asking.clock.now() == 45
    assert waits == [30, 30]
    assert (calls, len(slack.calls)) == (2, 2)
    assert (await asking.page("conversations.history", channel="C1")).messages


async def test_a_page_says_where_the_next_one_begins(slack: FakeSlack, asking: Asking) -> None:
    for number in range(3):
        slack.said("C1", f"m{number}")

    first = await asking.page("conversations.history", channel="C1")
    second = await asking.page("conversations.history", first.cursor, channel="C1")

    assert [m.text for m in (*first.messages, *second.messages)] == ["m2", "m1", "m0"]
    assert second.cursor == ""
