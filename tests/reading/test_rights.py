"""Who may see a run and who is an admin, asked of Slack and remembered for a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.reading.rights import ADMIN_SECONDS, KEPT_MOST, SIGHT_SECONDS, SlackRights
from bot.runs.model import Actor, Audience, Files, Place, Run, RunRequest, Window
from bot.slack.asking import Asking
from bot.slack.limiter import Limiter
from bot.slack.wire import Identity
from bot.slack.workspaces import OneWorkspace, Workspace
from tests.fakes.slack_api import BOT, TEAM, Room
from tests.reading.memberships import Direct, Memberships
from tests.slack.virtual import VirtualClock

ANN, BEN = Actor(user="U1", team=TEAM), Actor(user="U2", team=TEAM)


class Stage:
    def __init__(self) -> None:
        self.now = 0.0
        self.slack = slack = Memberships()
        slack.user("U1", "Ann")
        slack.user("U2", "Ben")
        slack.rooms = {
            "C1": Room(members=[BOT, "U1", "U2"]),
            "P1": Room("private", [BOT, "U1"]),
            "P2": Room("private", ["U1", "U2"]),
        }
        limiter = Limiter(VirtualClock())
        client: Any = Direct(slack)
        me = Identity(url="https://team.slack.com/", team_id=TEAM, user_id=BOT)
        here = Workspace(me, client, limiter, Asking(client, limiter, identity=me))
        self.rights = SlackRights(OneWorkspace(here), clock=lambda: self.now)

    def asked(self) -> int:
        count = len(self.slack.calls)
        self.slack.calls.clear()
        return count


@pytest.fixture
def stage() -> Stage:
    return Stage()


def a_run(source: str | None = "C1", place: str = "C1", **more: Any) -> Run:
    request = RunRequest(
        recipe="summarize",
        source=Window(channel=source) if source else None,
        asked_by="U1",
        place=Place(team=TEAM, channel=place),
        dedupe="1",
    )
    audience = more.pop("audience", Audience.CHANNEL)
    now = datetime(2026, 11, 25, tzinfo=UTC)
    return Run(id="r1", request=request, audience=audience, created_at=now, **more)


async def test_who_asked_sees_what_nothing_was_read_for_and_slack_is_not_asked(
    stage: Stage,
) -> None:
    for run in (a_run(None), a_run(None, audience=Audience.REQUESTER)):
        assert await stage.rights.may_see(ANN, run)

    assert stage.asked() == 0


async def test_who_asked_sees_what_was_read_while_they_may_read_it(stage: Stage) -> None:
    """In a private channel that they are not in (any more), it is gone for them, too."""
    assert await stage.rights.may_see(ANN, a_run("C1", audience=Audience.REQUESTER))
    assert not await stage.rights.may_see(ANN, a_run("P2"))


@pytest.mark.parametrize(
    ("run", "sees"),
    [
        (a_run(), True),
        (a_run(None), True),
        (a_run("P1", "C1"), False),
        (a_run("C1", "P1"), False),
        (a_run("C1", "P2"), False),  # the app is not there: nobody can say
        (a_run(audience=Audience.REQUESTER), False),
        (a_run(audience=None), False),
        (a_run(audience=Audience.REQUESTER, shared_by="U1"), True),
        (a_run("P1", "C1", audience=Audience.REQUESTER, shared_by="U1"), False),
    ],
)
async def test_others_see_what_was_shown_where_they_read(
    stage: Stage, run: Run, *, sees: bool
) -> None:
    assert await stage.rights.may_see(BEN, run) is sees


@pytest.mark.parametrize("team", ["T0OTHER", ""])
async def test_runs_of_another_workspace_are_nobodys(stage: Stage, team: str) -> None:
    assert not await stage.rights.may_see(Actor(user="U1", team=team), a_run())
    assert stage.asked() == 0


async def test_a_run_of_the_console_is_nobodys_in_slack(stage: Stage) -> None:
    run = a_run()
    request = run.request.model_copy(update={"place": Place(team="", channel="console")})

    nobody = Actor(user="U1", team="")
    assert not await stage.rights.may_see(nobody, run.model_copy(update={"request": request}))


async def test_what_is_remembered_is_of_one_person_alone(stage: Stage) -> None:
    cal = Actor(user="U3", team=TEAM)
    stage.slack.user("U3", "Cal", is_restricted=True)
    assert await stage.rights.may_see(BEN, a_run())
    assert not await stage.rights.may_see(cal, a_run())

    stage.slack.users["U2"]["is_admin"] = True
    assert await stage.rights.is_admin(BEN)
    assert not await stage.rights.is_admin(cal)


async def test_a_run_on_files_of_the_machine_is_not_for_slack(stage: Stage) -> None:
    run = a_run()
    request = run.request.model_copy(update={"source": Files(paths=("a",))})

    assert not await stage.rights.may_see(BEN, run.model_copy(update={"request": request}))


async def test_a_yes_and_a_no_are_remembered_for_a_minute(stage: Stage) -> None:
    seen, closed = a_run(), a_run("P1", "P1")
    assert await stage.rights.may_see(BEN, seen)
    assert not await stage.rights.may_see(BEN, closed)
    assert stage.asked() > 0

    stage.slack.rooms["P1"].members.append("U2")
    stage.slack.rooms["C1"].members.remove("U2")
    stage.slack.users["U2"]["is_restricted"] = True
    stage.now = SIGHT_SECONDS - 1
    assert await stage.rights.may_see(BEN, seen)
    assert not await stage.rights.may_see(BEN, closed)
    assert stage.asked() == 0

    stage.now = SIGHT_SECONDS
    assert not await stage.rights.may_see(BEN, seen)
    assert await stage.rights.may_see(BEN, closed)


async def test_where_slack_fails_nobody_may_and_nothing_is_remembered(stage: Stage) -> None:
    stage.slack.users["U2"]["is_admin"] = True
    stage.slack.broken = "internal_error"
    assert not await stage.rights.may_see(BEN, a_run())
    assert not await stage.rights.is_admin(BEN)

    stage.slack.broken = ""
    assert await stage.rights.may_see(BEN, a_run())
    assert await stage.rights.is_admin(BEN)


async def test_every_channel_is_asked_about_whatever_the_first_answer(stage: Stage) -> None:
    await stage.rights.may_see(BEN, a_run("P1", "P2"))
    closed = stage.asked()
    await stage.rights.may_see(BEN, a_run("C404", "C405"))

    assert stage.asked() == closed


@pytest.mark.parametrize("power", ["is_admin", "is_owner", "is_primary_owner"])
async def test_admins_and_owners_are_admins_for_five_minutes(stage: Stage, power: str) -> None:
    assert not await stage.rights.is_admin(ANN)
    stage.slack.users["U2"][power] = True
    assert await stage.rights.is_admin(BEN)

    stage.slack.users["U2"][power] = False
    stage.now = ADMIN_SECONDS - 1
    assert await stage.rights.is_admin(BEN)
    stage.now = ADMIN_SECONDS
    assert not await stage.rights.is_admin(BEN)


@pytest.mark.parametrize(
    "but", [{"deleted": True}, {"team_id": "T0OTHER"}, {"is_stranger": True}, {"is_bot": True}]
)
async def test_an_admin_of_elsewhere_or_of_before_is_none(
    stage: Stage, but: dict[str, object]
) -> None:
    stage.slack.users["U2"] |= {"is_admin": True, **but}

    assert not await stage.rights.is_admin(BEN)


async def test_nobody_is_an_admin_where_the_app_is_not(stage: Stage) -> None:
    assert not await stage.rights.is_admin(Actor(user="U2", team="T0OTHER"))


async def test_what_is_remembered_is_bounded(stage: Stage) -> None:
    for number in range(1, KEPT_MOST + 2):
        stage.slack.user(f"U{number}", "Somebody")
        await stage.rights.is_admin(ANN.model_copy(update={"user": f"U{number}"}))
    stage.slack.users["U1"]["is_admin"] = True
    stage.asked()
    await stage.rights.is_admin(ANN)

    assert stage.asked() == 1  # the oldest was forgotten
