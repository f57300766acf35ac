"""Each workspace that installed the app speaks with its own token, within its own limits."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.runs.model import Place
from bot.slack.client import SlackClient, connect
from bot.slack.errors import NoEntry
from bot.slack.installed import Installed
from bot.slack.tokens import AppSecret, Tokens
from tests.conftest import Serve
from tests.slack.installations import TEAM_URL, Kept, TokenSlack, installed


@pytest.fixture
def slack() -> TokenSlack:
    return TokenSlack(good={"xoxb-1", "xoxb-2", "xoxb-org"})


@pytest.fixture
async def line(slack: TokenSlack, serve: Serve) -> AsyncIterator[SlackClient]:
    url = await serve(slack.app())
    async with connect(api_url=f"{url}/api/") as line:
        yield line


@pytest.fixture
def kept() -> Kept:
    return Kept(
        installed("T1"),
        installed("T2", token=SecretStr("xoxb-2"), bot_user="UOTHER"),
        installed("", "E1", token=SecretStr("xoxb-org")),
    )


@pytest.fixture
def workspaces(kept: Kept, line: SlackClient) -> Installed:
    tokens = Tokens(kept, line, AppSecret("1", SecretStr("s")))
    return Installed(kept, line, tokens, most=3)


def at(team: str, enterprise: str = "") -> Place:
    return Place(team=team, channel="C1", enterprise=enterprise)


async def test_a_workspace_is_known_without_asking_slack(
    slack: TokenSlack, workspaces: Installed
) -> None:
    one, two = await workspaces.of(at("T1")), await workspaces.of(at("T2"))

    assert (one.identity.team_id, one.identity.user_id, one.identity.url) == (
        "T1",
        "UBOT",
        TEAM_URL,
    )
    assert two.identity.user_id == "UOTHER"
    assert await two.asking.identity() == two.identity
    assert slack.bearers == []


async def test_each_has_its_own_token_and_its_own_limits(
    slack: TokenSlack, workspaces: Installed
) -> None:
    one, two = await workspaces.of(at("T1")), await workspaces.of(at("T2"))
    for each in (one, two, one):
        await each.client.ask("team.info")

    assert slack.bearers == ["xoxb-1", "xoxb-2", "xoxb-1"]
    assert one.limiter is not two.limiter
    assert one is await workspaces.of(at("T1"))


async def test_workspaces_of_an_organisation_share_its_token_and_limits_under_their_own_name(
    slack: TokenSlack, workspaces: Installed
) -> None:
    seven, eight = await workspaces.of(at("T7", "E1")), await workspaces.of(at("T8", "E1"))
    await seven.client.ask("team.info")

    assert (seven.identity.team_id, eight.identity.team_id) == ("T7", "T8")
    assert seven.limiter is eight.limiter
    assert seven.client is eight.client
    assert slack.bearers == ["xoxb-org"]


async def test_where_nobody_installed_the_app_is_no_entry_until_somebody_does(
    kept: Kept, workspaces: Installed
) -> None:
    with pytest.raises(NoEntry, match="team_access_not_granted"):
        await workspaces.of(at("T404"))

    await kept.put(installed("T404"))
    assert (await workspaces.of(at("T404"))).identity.team_id == "T404"


async def test_a_refused_token_is_replaced_by_the_one_that_is_written_down(
    slack: TokenSlack, kept: Kept, workspaces: Installed
) -> None:
    one = await workspaces.of(at("T1"))
    await one.client.ask("team.info")
    slack.good = {"xoxb-9"}
    await kept.put(installed("T1", token=SecretStr("xoxb-9")))

    await one.client.ask("team.info")  # installed anew meanwhile: no restart, and nobody notices
    assert slack.bearers == ["xoxb-1", "xoxb-1", "xoxb-9"]


async def test_where_there_is_no_other_token_it_is_no_entry_and_asked_once(
    slack: TokenSlack, workspaces: Installed
) -> None:
    slack.good = set()
    one = await workspaces.of(at("T1"))

    with pytest.raises(NoEntry, match="token_expired"):
        await one.client.ask("team.info")
    assert slack.bearers == ["xoxb-1"]


async def test_who_left_is_forgotten_and_their_runs_have_no_token_left(
    slack: TokenSlack, kept: Kept, workspaces: Installed
) -> None:
    one = await workspaces.of(at("T1"))
    two = await workspaces.of(at("T2"))
    await kept.forget("T1")
    workspaces.left("T1")
    workspaces.left("T1")

    for ask in (one.client.ask("team.info"), workspaces.of(at("T1"))):
        with pytest.raises(NoEntry):
            await ask
    await two.client.ask("team.info")
    assert slack.bearers == ["xoxb-2"]


async def test_who_left_as_an_organisation_left_with_all_workspaces(
    kept: Kept, workspaces: Installed
) -> None:
    seven = await workspaces.of(at("T7", "E1"))
    await kept.forget("", "E1")
    workspaces.left("", "E1")

    with pytest.raises(NoEntry):
        await workspaces.of(at("T7", "E1"))
    with pytest.raises(NoEntry):
        await seven.client.ask("team.info")


async def test_what_is_kept_is_bounded_and_comes_back_when_it_is_needed(
    kept: Kept, workspaces: Installed
) -> None:
    first = await workspaces.of(at("T7", "E1"))
    for number in range(10, 13):
        await workspaces.of(at(f"T{number}", "E1"))
    again = await workspaces.of(at("T7", "E1"))

    assert again is not first
    assert again.limiter is first.limiter  # those of its organisation are still in use
