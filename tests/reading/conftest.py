"""A Slack on the wire, and who reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.reading.sources import SlackSources
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from bot.slack.workspaces import one
from tests.conftest import Serve
from tests.fakes.slack_api import FakeSlack
from tests.reading.house import KEY
from tests.slack.virtual import VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def slack(clock: VirtualClock) -> FakeSlack:
    slack = FakeSlack(clock.now)
    slack.user("U1", "Ann")
    slack.user("U2", "Ben")
    return slack


@pytest.fixture
async def sources(
    slack: FakeSlack, serve: Serve, clock: VirtualClock
) -> AsyncIterator[SlackSources]:
    slack.url = await serve(slack.app())
    async with connect("xoxb-1", api_url=f"{slack.url}/api/") as client:
        yield SlackSources(await one(client, Limiter(clock)), key=KEY)
