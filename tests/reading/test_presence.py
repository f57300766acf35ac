"""Nothing is begun for a channel in which nothing could be shown."""

from __future__ import annotations

import asyncio

import pytest

from bot.reading.presence import PRESENT_SECONDS, Presence
from bot.runs.errors import Unreadable
from bot.runs.model import Place
from bot.slack.asking import Asking
from bot.slack.limiter import Limiter
from tests.fakes.slack_api import BOT, TEAM, Room
from tests.fakes.virtual_time import in_virtual_time
from tests.reading.memberships import Direct, Memberships
from tests.slack.virtual import VirtualClock

C1 = Place(team=TEAM, channel="C1")


@pytest.fixture
def slack() -> Memberships:
    return Memberships()


@pytest.fixture
def asking(slack: Memberships) -> Asking:
    return Asking(Direct(slack), Limiter(VirtualClock()))  # type: ignore[arg-type]


async def test_a_hundred_claims_in_one_channel_are_one_question(
    slack: Memberships, asking: Asking
) -> None:
    presence = Presence()
    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(presence.check(asking, C1))

    assert len(slack.calls) == 1


def test_after_a_minute_it_is_asked_again(slack: Memberships, asking: Asking) -> None:
    async def twice() -> None:
        presence = Presence()
        await presence.check(asking, C1)
        await asyncio.sleep(PRESENT_SECONDS + 1)
        await presence.check(asking, C1)

    in_virtual_time(twice())

    assert len(slack.calls) == 2


@pytest.mark.parametrize("kind", ["public", "private"])
async def test_where_we_are_not_the_person_is_told_to_invite_us(
    slack: Memberships, asking: Asking, kind: str
) -> None:
    slack.rooms["C1"] = Room(kind, ["U1"])
    presence = Presence()

    with pytest.raises(Unreadable, match="/invite @Quorum"):
        await presence.check(asking, C1)

    slack.rooms["C1"].members.append(BOT)
    await presence.check(asking, C1)


async def test_direct_messages_are_ours_and_a_silent_slack_is_no_reason(
    slack: Memberships, asking: Asking
) -> None:
    slack.broken = "internal_error"
    presence = Presence()

    await presence.check(asking, Place(team=TEAM, channel="D1"))
    await presence.check(asking, C1)

    assert len(slack.calls) == 1, "it is asked once"


async def test_a_burst_in_many_channels_waits_for_no_turn(
    slack: Memberships, asking: Asking
) -> None:
    """A quarter of an hour of questions, and the runs begin at once."""
    slack.rooms |= {f"C{number}": Room() for number in range(2, 700)}
    presence = Presence()
    async with asyncio.TaskGroup() as group:
        for number in range(1, 700):
            group.create_task(presence.check(asking, Place(team=TEAM, channel=f"C{number}")))

    assert 30 <= len(slack.calls) <= 45
