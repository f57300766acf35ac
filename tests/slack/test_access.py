"""A person gets nothing read that they could not read themselves."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, Place, RunRequest, Thread, Window
from bot.slack.access import CLOSED, INVITE, SILENT
from bot.slack.asking import Asking
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from bot.slack.sources import SlackSources
from tests.conftest import Serve
from tests.fakes.slack_api import BOT, TEAM, FakeSlack, Fault, Room
from tests.slack.virtual import VirtualClock

READS = ("conversations.history", "conversations.replies")


@pytest.fixture
def slack() -> FakeSlack:
    slack = FakeSlack(page=3)
    for number in range(1, 9):
        slack.user(f"U{number}", f"Person {number}")
    slack.rooms = {
        "C1": Room(members=[BOT, "U1", "U2"]),
        "C2": Room(members=[BOT, "U2"], name="other"),
        "C3": Room(members=["U1"], name="without-bot"),
        "P1": Room("private", [BOT, "U7", "U8", "U6", "U5", "U1"], "leads"),
        "P2": Room("private", [BOT, "U2"], "secret"),
        "P3": Room("private", ["U1"], "unknown"),
        "DU1": Room("im", [BOT, "U1"], ""),
        "DU2": Room("im", [BOT, "U2"], ""),
    }
    for channel in slack.rooms:
        slack.said(channel, "words", user="U2")
    return slack


@pytest.fixture
async def sources(slack: FakeSlack, serve: Serve) -> AsyncIterator[SlackSources]:
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        yield SlackSources(Asking(client, Limiter(VirtualClock())))


def asking(
    target: str | None, *, user: str = "U1", here: str = "C1", team: str = TEAM, **more: Any
) -> RunRequest:
    return RunRequest(
        recipe="summarize",
        source=Window(channel=target) if target else None,
        asked_by=user,
        place=Place(team=team, channel=here),
        dedupe="1",
        **more,
    )


@pytest.mark.parametrize(
    ("request_", "audience"),
    [
        (asking(None), Audience.CHANNEL),
        (asking(None, private=True), Audience.REQUESTER),
        (asking("C1"), Audience.CHANNEL),
        (asking("C1", private=True), Audience.REQUESTER),
        (asking("C2"), Audience.CHANNEL),
        (asking("P1"), Audience.REQUESTER),
        (asking("P1", here="P1"), Audience.CHANNEL),
        (asking("DU1", here="DU1"), Audience.CHANNEL),
        (asking("P1", here="DU1"), Audience.REQUESTER),
    ],
)
async def test_a_result_goes_no_wider_than_its_source(
    sources: SlackSources, request_: RunRequest, audience: Audience
) -> None:
    assert await sources.admit(request_) is audience


@pytest.mark.parametrize(
    "request_",
    [
        asking("P2"),
        asking("P2", here="P2"),  # signed, but thrown out since
        asking("P3"),
        asking("C404"),
        asking("DU2"),
        asking("DU1", user="U2"),
        asking("C1", team="T0OTHER"),
        asking("C1", user="U404"),
    ],
)
async def test_no_right_and_no_such_thing_sound_the_same(
    slack: FakeSlack, sources: SlackSources, request_: RunRequest
) -> None:
    with pytest.raises(Unreadable) as caught:
        await sources.admit(request_)

    assert str(caught.value) == CLOSED
    assert slack.of(*READS) == []


async def test_an_open_channel_without_the_app_asks_for_an_invitation(
    sources: SlackSources,
) -> None:
    with pytest.raises(Unreadable) as caught:
        await sources.admit(asking("C3"))

    assert str(caught.value) == INVITE


@pytest.mark.parametrize(
    "limit", ["is_restricted", "is_ultra_restricted", "is_stranger", "deleted"]
)
async def test_a_guest_reads_only_the_channels_they_are_in(
    slack: FakeSlack, sources: SlackSources, limit: str
) -> None:
    slack.users["U1"][limit] = True

    assert await sources.admit(asking("C1")) is Audience.CHANNEL
    with pytest.raises(Unreadable):
        await sources.admit(asking("C2"))


async def test_somebody_of_another_workspace_is_no_full_member(
    slack: FakeSlack, sources: SlackSources
) -> None:
    slack.users["U1"]["team_id"] = "T0OTHER"

    with pytest.raises(Unreadable):
        await sources.admit(asking("C2"))


async def test_rights_are_asked_for_each_time(slack: FakeSlack, sources: SlackSources) -> None:
    await sources.admit(asking("P1"))
    slack.rooms["P1"].members.remove("U1")

    with pytest.raises(Unreadable):
        await sources.admit(asking("P1"))


async def test_files_of_the_machine_are_not_for_slack(sources: SlackSources) -> None:
    request = asking("C1").model_copy(update={"source": Files(paths=("/etc/hostname",))})

    with pytest.raises(Unreadable):
        await sources.admit(request)
    with pytest.raises(Unreadable):
        await sources.read(request)


async def test_when_slack_is_silent_nobody_is_let_in(
    slack: FakeSlack, sources: SlackSources
) -> None:
    slack.faults["conversations.members"].extend([Fault.HTML] * 4)
    with pytest.raises(Unreadable) as caught:
        await sources.admit(asking("P1"))

    assert str(caught.value) == SILENT


async def test_nothing_is_read_in_any_state_of_memberships_without_the_right(
    slack: FakeSlack, sources: SlackSources
) -> None:
    """1,000 states: who may read is worked out here a second time, the wire is counted."""
    chance = random.Random(11)
    read = 0
    for _ in range(1_000):
        user = _shuffle(slack, chance)
        target, here = chance.choice(list(slack.rooms)), chance.choice(["C1", "P1", "P2", "DU1"])
        slack.calls.clear()
        request = asking(target, user=user, here=here)
        if chance.random() < 0.3:
            ts = slack.rooms[target].messages[0]["ts"]
            request = request.model_copy(update={"source": Thread(channel=target, ts=ts)})
        try:
            audience = await sources.admit(request)
            await sources.read(request)
        except Unreadable:
            assert slack.of(*READS) == []
            continue
        read += 1
        assert _may(slack, user, target, here)
        if target != here and slack.rooms[target].kind != "public":
            assert audience is Audience.REQUESTER

    assert read > 100


def _shuffle(slack: FakeSlack, chance: random.Random) -> str:
    everybody = [BOT, *slack.users]
    for room in slack.rooms.values():
        if room.kind != "im":
            room.members = [who for who in everybody if chance.random() < 0.5]
    user = chance.choice(list(slack.users))
    for limit in ("is_restricted", "deleted", "is_stranger"):
        slack.users[user][limit] = chance.random() < 0.2
    slack.users[user]["team_id"] = chance.choice([TEAM, TEAM, TEAM, "T0OTHER"])
    return user


def _may(slack: FakeSlack, user: str, target: str, here: str) -> bool:
    room, person = slack.rooms[target], slack.users[user]
    if room.kind == "im":
        return target == here
    full = person["team_id"] == TEAM and not any(
        person[limit] for limit in ("is_restricted", "deleted", "is_stranger")
    )
    return BOT in room.members and (user in room.members or (room.kind == "public" and full))
