"""The workspace of the token in the settings, with a Slack that is there, away, or says no."""

from __future__ import annotations

import pytest

from bot.runs.model import Place
from bot.slack.client import connect
from bot.slack.errors import NoEntry
from bot.slack.limiter import Limiter
from bot.slack.workspaces import OwnWorkspace
from tests.conftest import Serve
from tests.fakes.slack_api import TEAM, FakeSlack, Fault
from tests.slack.virtual import VirtualClock

HERE = Place(team=TEAM, channel="C1")


async def test_a_slack_that_is_away_at_the_start_is_asked_again_when_it_is_needed(serve: Serve):
    slack = FakeSlack()
    slack.faults["auth.test"].extend([Fault.ERROR] * 4)  # as often as one question is repeated
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        own = OwnWorkspace(client, Limiter(VirtualClock()))
        await own.begin(60)
        before = own.is_known
        workspace = await own.of(HERE)

    assert (before, own.is_known) == (False, True)
    assert workspace.identity.team_id == TEAM


async def test_a_token_that_slack_refuses_ends_the_start(serve: Serve):
    slack = FakeSlack()
    slack.faults["auth.test"].append("invalid_auth")
    url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        with pytest.raises(NoEntry):
            await OwnWorkspace(client).begin(60)


async def test_other_workspaces_are_not_ours(serve: Serve):
    url = await serve(FakeSlack().app())
    async with connect("xoxb-1", api_url=f"{url}/api/") as client:
        own = OwnWorkspace(client)
        with pytest.raises(NoEntry):
            await own.of(Place(team="T0OTHER", channel="C1"))
