"""Much is read page by page: told, kept, ended in time, and honest about a Slack that is slow."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from bot.reading.paging import FEW_PAGES, STRICT_PAGE, TELL_EVERY, Leaf, Paging
from bot.runs.ports import Trip
from bot.slack.asking import Asking
from bot.slack.client import connect
from bot.slack.errors import Invalid
from bot.slack.limiter import Limiter
from tests.conftest import Serve
from tests.fakes.slack_api import Call, FakeSlack
from tests.slack.virtual import VirtualClock

PAGES = FEW_PAGES + 5


@dataclass
class Shelf:
    """Keeps pages; told of `Killed` after *most* of them."""

    bodies: dict[str, str] = field(default_factory=dict)
    most: float = float("inf")

    async def kept(self, run_id: str, /) -> Mapping[str, str]:
        assert run_id == "r1"
        return self.bodies

    async def keep(self, run_id: str, key: str, body: str, /) -> None:
        assert run_id == "r1"
        self.bodies[key] = body
        if len(self.bodies) >= self.most:
            raise Killed


class Killed(Exception):
    pass


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def slack(clock: VirtualClock) -> FakeSlack:
    slack = FakeSlack(clock.now, page=2)
    for number in range(2 * PAGES):
        slack.said("C1", f"m{number}")
    return slack


@pytest.fixture
async def asking(slack: FakeSlack, serve: Serve, clock: VirtualClock) -> AsyncIterator[Asking]:
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        yield Asking(client, Limiter(clock))


async def texts(paging: Paging) -> list[str]:
    found = [m.text or "" async for leaf in paging.history("C1") for m in leaf.messages]
    return found[::-1]


ALL = [f"m{number}" for number in range(2 * PAGES)]


async def test_what_is_read_with_few_questions_is_not_kept(
    slack: FakeSlack, asking: Asking
) -> None:
    shelf = Shelf()
    del slack.rooms["C1"].messages[2 * FEW_PAGES :]

    assert await texts(Paging(asking, Trip(run_id="r1", pages=shelf))) == ALL[: 2 * FEW_PAGES]

    assert shelf.bodies == {}


async def test_of_more_every_page_is_kept_under_the_same_name_every_time(asking: Asking) -> None:
    shelf = Shelf()

    assert await texts(Paging(asking, Trip(run_id="r1", pages=shelf))) == ALL

    assert list(shelf.bodies) == [f"history/C1///{number}" for number in range(PAGES)]


@pytest.mark.parametrize("killed", [FEW_PAGES + 1, FEW_PAGES + 3, PAGES])
async def test_who_is_killed_goes_on_where_it_was_and_what_came_since_makes_no_hole(
    slack: FakeSlack, asking: Asking, killed: int
) -> None:
    shelf = Shelf(most=killed)
    with pytest.raises(Killed):
        await texts(Paging(asking, Trip(run_id="r1", pages=shelf)))
    asked = len(slack.of("conversations.history"))
    slack.said("C1", "came later")
    shelf.most = float("inf")

    found = await texts(Paging(asking, Trip(run_id="r1", pages=shelf)))

    assert asked == killed
    assert found == ALL
    assert len(slack.of("conversations.history")) - asked == PAGES - killed


async def test_a_page_that_is_no_page_any_more_is_read_anew_and_all_behind_it(
    slack: FakeSlack, asking: Asking
) -> None:
    shelf = Shelf()
    await texts(Paging(asking, Trip(run_id="r1", pages=shelf)))
    shelf.bodies["history/C1///4"] = '{"messages": 3}'
    slack.calls.clear()

    assert await texts(Paging(asking, Trip(run_id="r1", pages=shelf))) == ALL

    assert len(slack.of("conversations.history")) == PAGES - 4


async def test_a_cursor_that_slack_has_forgotten_is_no_reason_to_stop(
    slack: FakeSlack, asking: Asking
) -> None:
    shelf = Shelf()
    await texts(Paging(asking, Trip(run_id="r1", pages=shelf)))
    del shelf.bodies["history/C1///3"]
    slack.faults["conversations.history"].append("invalid_cursor")

    found = await texts(Paging(asking, Trip(run_id="r1", pages=shelf)))

    assert set(found) == set(ALL)


async def test_a_cursor_of_now_that_slack_does_not_take_is_an_error(
    slack: FakeSlack, asking: Asking
) -> None:
    async def forgetful(call: Call, after: bool) -> None:
        if call.args.get("cursor") and not after:
            slack.faults[call.method].append("invalid_cursor")

    slack.watch = forgetful
    with pytest.raises(Invalid):
        await texts(Paging(asking, Trip()))


async def test_what_is_kept_of_a_page_is_what_will_be_read_of_it(asking: Asking) -> None:
    shelf = Shelf()
    await texts(Paging(asking, Trip(run_id="r1", pages=shelf), now=lambda: 17.5))

    body = shelf.bodies["history/C1///0"]

    assert Leaf.model_validate_json(body).at == 17.5
    assert set(json.loads(body)) == {"at", "cursor", "messages"}
    assert set(json.loads(body)["messages"][0]) == {"ts", "user", "text"}


async def test_when_time_is_up_it_ends_with_what_it_has(
    slack: FakeSlack, asking: Asking, clock: VirtualClock
) -> None:
    slack.strict = True
    slack.rooms["C1"].messages *= 20
    paging = Paging(asking, Trip(seconds=600))

    found = await texts(paging)

    assert paging.late
    assert 0 < len(found) == paging.messages < 2 * PAGES * 20
    assert clock.now() <= 600


async def test_without_any_time_nothing_is_asked(slack: FakeSlack, asking: Asking) -> None:
    paging = Paging(asking, Trip(seconds=0))

    assert await texts(paging) == []

    assert paging.late
    assert slack.calls == []


async def test_a_slack_that_gives_fifteen_messages_a_minute_is_known_by_it(
    slack: FakeSlack, asking: Asking
) -> None:
    strict, usual = Paging(asking, Trip()), Paging(asking, Trip())
    await texts(usual)
    slack.strict = True
    slack.page = 200
    await texts(strict)

    assert (usual.strict, strict.strict) == (False, True)
    assert STRICT_PAGE == 15


async def test_a_channel_of_a_few_messages_is_no_slow_slack(
    slack: FakeSlack, asking: Asking
) -> None:
    slack.page = 200
    slack.retry_after = "60"
    del slack.rooms["C1"].messages[5:]
    slack.faults["conversations.history"].append("429")
    paging = Paging(asking, Trip())

    await texts(paging)

    assert not paging.strict


async def test_how_far_it_has_come_is_told_every_now_and_then(
    slack: FakeSlack, asking: Asking, clock: VirtualClock
) -> None:
    told: list[tuple[float, str]] = []

    async def slowly(call: Call, after: bool) -> None:
        if after:
            await clock.sleep(0.5)

    slack.watch = slowly
    paging = Paging(asking, Trip(tell=lambda words: told.append((clock.now(), words))))
    await texts(paging)
    paging.threads, paging.threads_read = 120, 34
    paging.tell()

    times = [at for at, _ in told[:-1]]
    assert told[0][1] == "2 messages"
    assert all(after - before >= TELL_EVERY for before, after in pairwise(times))
    assert told[-1][1] == "30 messages, 34 of 120 threads"
