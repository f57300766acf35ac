"""A person gets nothing read that they could not read themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.reading.access import CLOSED, INVITE, SHUT_OUT, SILENT, Access
from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, Place, RunRequest, Several, Window
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from bot.slack.workspaces import one
from tests.conftest import Serve
from tests.fakes.slack_api import BOT, TEAM, Fault, Room
from tests.reading.memberships import Memberships
from tests.slack.virtual import VirtualClock

READS = ("conversations.history", "conversations.replies")


@pytest.fixture
def slack() -> Memberships:
    slack = Memberships(page=3)
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
async def access(slack: Memberships, serve: Serve) -> AsyncIterator[Access]:
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        yield Access(await one(client, Limiter(VirtualClock())))


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
        (asking("C2", here="DU1"), Audience.CHANNEL),
        (asking("DU1", here="C1"), Audience.REQUESTER),
    ],
)
async def test_a_result_goes_no_wider_than_its_source(
    access: Access, request_: RunRequest, audience: Audience
) -> None:
    assert await access.audience(request_) is audience


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
    slack: Memberships, access: Access, request_: RunRequest
) -> None:
    with pytest.raises(Unreadable) as caught:
        await access.audience(request_)

    assert str(caught.value) == CLOSED
    assert slack.of(*READS) == []


async def test_an_open_channel_without_the_app_asks_for_an_invitation(access: Access) -> None:
    with pytest.raises(Unreadable) as caught:
        await access.audience(asking("C3"))

    assert str(caught.value) == INVITE


@pytest.mark.parametrize("limit", ["is_restricted", "is_ultra_restricted", "is_stranger"])
async def test_a_guest_reads_only_the_channels_they_are_in(
    slack: Memberships, access: Access, limit: str
) -> None:
    slack.users["U1"][limit] = True

    assert await access.audience(asking("C1")) is Audience.CHANNEL
    with pytest.raises(Unreadable):
        await access.audience(asking("C2"))


async def test_somebody_of_another_workspace_is_no_full_member(
    slack: Memberships, access: Access
) -> None:
    slack.users["U1"]["team_id"] = "T0OTHER"

    with pytest.raises(Unreadable):
        await access.audience(asking("C2"))


async def test_rights_are_asked_for_each_time(slack: Memberships, access: Access) -> None:
    await access.audience(asking("P1"))
    slack.rooms["P1"].members.remove("U1")

    with pytest.raises(Unreadable):
        await access.audience(asking("P1"))


async def test_a_private_channel_that_we_are_told_of_is_as_closed_as_any(
    slack: Memberships, access: Access
) -> None:
    slack.told_anyway.add("P1")

    with pytest.raises(Unreadable) as caught:
        await access.audience(asking("P1"))

    assert str(caught.value) == CLOSED


def several(*channels: str) -> RunRequest:
    windows = tuple(Window(channel=channel) for channel in channels)
    return asking(None).model_copy(update={"source": Several(windows=windows)})


@pytest.mark.parametrize("channels", [("C1", "P2"), ("P2", "C1"), ("C1", "C404"), ("C3", "P2")])
async def test_of_several_channels_no_answer_tells_which_is_closed(
    slack: Memberships, access: Access, channels: tuple[str, ...]
) -> None:
    with pytest.raises(Unreadable) as caught:
        await access.audience(several(*channels))

    assert str(caught.value) == CLOSED
    assert {call.args["channel"] for call in slack.of("conversations.info")} == {*channels}


async def test_of_several_channels_the_one_that_asks_for_an_invitation_is_named(
    access: Access,
) -> None:
    with pytest.raises(Unreadable) as caught:
        await access.audience(several("C1", "C3"))

    assert str(caught.value) == INVITE.replace("that channel", "#without-bot")


@pytest.mark.parametrize(
    ("channels", "audience"),
    [
        (("C1", "C2"), Audience.CHANNEL),
        (("C1", "P1"), Audience.REQUESTER),
        (("P1", "C2"), Audience.REQUESTER),
    ],
)
async def test_of_several_channels_the_narrowest_says_who_sees_the_result(
    access: Access, channels: tuple[str, ...], audience: Audience
) -> None:
    assert await access.audience(several(*channels)) is audience


async def test_for_a_claim_in_several_channels_no_evidence_is_looked_for(access: Access) -> None:
    assert await access.near(several("C1", "C2")) is None


async def test_files_of_the_machine_are_not_for_slack(access: Access) -> None:
    request = asking("C1").model_copy(update={"source": Files(paths=("/etc/hostname",))})

    with pytest.raises(Unreadable):
        await access.audience(request)


async def test_when_slack_is_silent_nobody_is_let_in(slack: Memberships, access: Access) -> None:
    slack.faults["conversations.members"].extend([Fault.HTML] * 4)
    with pytest.raises(Unreadable) as caught:
        await access.audience(asking("P1"))

    assert str(caught.value) == SILENT


@pytest.mark.parametrize("gone", ["deleted", "is_bot"])
async def test_who_is_gone_or_no_person_has_nothing_read(
    slack: Memberships, access: Access, gone: str
) -> None:
    slack.users["U1"][gone] = True

    for target in ("C1", "C2", "P1"):
        with pytest.raises(Unreadable):
            await access.audience(asking(target))


async def test_what_is_closed_and_what_is_not_there_take_as_many_questions(
    slack: Memberships, access: Access
) -> None:
    counts = []
    for request in (asking("P2"), asking("P3"), asking("C404"), asking("P2", user="U404")):
        slack.calls.clear()
        with pytest.raises(Unreadable):
            await access.audience(request)
        counts.append([call.method for call in slack.calls])

    assert counts[0] == counts[1] == counts[2] == counts[3]


async def test_what_is_public_here_is_not_shown_where_another_company_reads(
    slack: Memberships, access: Access
) -> None:
    slack.shared.add("C1")

    assert await access.audience(asking("C2", here="C1")) is Audience.REQUESTER
    assert await access.audience(asking("C1", here="C1")) is Audience.CHANNEL


async def test_where_nobody_can_tell_who_reads_there_a_result_is_for_who_asked(
    access: Access,
) -> None:
    assert await access.audience(asking("C2", here="P3")) is Audience.REQUESTER


@pytest.mark.parametrize(
    ("teams", "enterprise", "lets_in"),
    [
        ([TEAM], "E1", True),
        (["T0OTHER", TEAM], "E1", True),
        (["T0OTHER"], "E1", False),
        (["T0OTHER"], "", False),
        ([], "E1", False),  # in an organisation there are other workspaces
        ([], "", True),
    ],
)
async def test_a_public_channel_is_open_to_its_own_workspace(
    slack: Memberships, access: Access, teams: list[str], enterprise: str, lets_in: bool
) -> None:
    slack.teams["C2"], slack.teams["C1"] = teams, [TEAM]
    request = asking("C2")
    place = request.place.model_copy(update={"enterprise": enterprise})
    request = request.model_copy(update={"place": place})

    if lets_in:
        assert await access.audience(request) is Audience.CHANNEL
    else:
        with pytest.raises(Unreadable):
            await access.audience(request)


async def test_who_is_of_several_workspaces_of_an_organisation_is_of_each(
    slack: Memberships, access: Access
) -> None:
    slack.users["U1"] |= {"team_id": "T0OTHER", "enterprise_user": {"teams": ["T0OTHER", TEAM]}}

    assert await access.audience(asking("C2")) is Audience.CHANNEL


async def test_a_token_that_slack_does_not_take_is_no_missing_right(
    slack: Memberships, access: Access
) -> None:
    slack.faults["users.info"].append("token_revoked")

    with pytest.raises(Unreadable) as caught:
        await access.audience(asking("C1"))

    assert str(caught.value) == SHUT_OUT


async def test_where_other_workspaces_of_an_organisation_read_it_is_for_the_asker(
    slack: Memberships, access: Access
) -> None:
    """They have no way into a public channel of this one."""
    slack.teams |= {"C2": [TEAM], "C1": [TEAM, "T0OTHER"]}
    request = asking("C2")
    place = request.place.model_copy(update={"enterprise": "E1"})

    narrow = await access.audience(request.model_copy(update={"place": place}))
    slack.teams["C2"] = [TEAM, "T0OTHER"]
    wide = await access.audience(request.model_copy(update={"place": place}))

    assert (narrow, wide) == (Audience.REQUESTER, Audience.CHANNEL)


@pytest.mark.parametrize(
    ("request_", "channel"),
    [
        (asking(None), "C1"),
        (asking("C2"), "C2"),
        (asking("P1"), "P1"),
        (asking("P2"), None),
        (asking("C3"), None),
        (asking("C404"), None),
        (asking(None, here="DU1"), None),
        (asking("C2", here="DU1"), "C2"),
        (asking("DU1", here="C1"), None),
        (asking(None, here="P2"), None),
    ],
)
async def test_evidence_is_looked_for_where_the_claim_is_if_the_asker_may_read_there(
    slack: Memberships, access: Access, request_: RunRequest, channel: str | None
) -> None:
    assert await access.near(request_) == channel
    assert slack.of(*READS) == []
