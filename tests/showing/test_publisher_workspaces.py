"""Every run is shown in its own workspace, by that one's token and within that one's limits."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.runs.model import Place, Run
from bot.runs.workspace import Preference, ResultShown
from bot.showing.lane import Lane
from bot.slack.asking import Asking
from bot.slack.errors import NoEntry, RateLimited, SlackError, Unavailable
from bot.slack.limiter import Limiter
from bot.slack.wire import Identity
from bot.slack.workspaces import NOT_INSTALLED, Workspace
from bot.views.message import SlackMessage
from bot.views.story import Story
from tests.showing.stage import DONE, Stage, asked_in, card


class Several:
    """Workspaces by team; what else is found there is raised, once."""

    def __init__(self, found: dict[str, Workspace]) -> None:
        self.found = found
        self.troubles: list[SlackError] = []

    async def of(self, place: Place, /) -> Workspace:
        if self.troubles:
            raise self.troubles.pop()
        if place.team not in self.found:
            raise NoEntry("auth.test", NOT_INSTALLED)
        return self.found[place.team]


def in_team(team: str, **changes: Any) -> Run:
    place = Place(team=team, channel="C1")
    return asked_in(place, **{"id": f"r-{team}", **changes})


@pytest.fixture
def several(stage: Stage) -> Several:
    def a_workspace(team: str) -> Workspace:
        async def token() -> str:
            return f"xoxb-{team}"

        client = stage.client.bearing(token)
        limiter = Limiter(stage.clock)
        identity = Identity(url=f"https://{team}.slack.com/", team_id=team, user_id="U0BOT")
        return Workspace(identity, client, limiter, Asking(client, limiter))

    return Several({team: a_workspace(team) for team in ("T1", "T2")})


@pytest.fixture
async def running(stage: Stage, several: Several) -> AsyncIterator[None]:
    stage.publisher = stage.a_publisher(workspaces=several)
    async with stage.running():
        yield


@pytest.mark.usefixtures("running")
async def test_each_speaks_with_its_own_token(stage: Stage) -> None:
    for team in ("T1", "T2"):
        stage.change(in_team(team, **DONE), card(team, final=True))
    await stage.until(lambda: len(stage.memory.shown) == 2)

    tokens = {c.args["text"]: c.token for c in stage.slack.of("chat.postMessage")}
    assert tokens == {"T1": "xoxb-T1", "T2": "xoxb-T2"}


@pytest.mark.usefixtures("running")
async def test_one_that_has_to_wait_holds_no_other_up(stage: Stage) -> None:
    stage.slack.retry_after = "30"
    stage.slack.faults["chat.postMessage"].append("429")
    stage.change(in_team("T1", **DONE), card("T1", final=True))
    await stage.until(lambda: stage.slack.calls)
    stage.change(in_team("T2", **DONE), card("T2", final=True))
    await stage.until(lambda: len(stage.memory.shown) == 2)

    _, second, third = stage.slack.of("chat.postMessage")
    assert second.args["text"] == "T2"
    assert second.at < 5 < third.at


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.usefixtures("running")
async def test_where_the_app_is_no_more_the_run_ends_and_one_way_is_tried(
    stage: Stage, known: bool, caplog: pytest.LogCaptureFixture
) -> None:
    if known:
        stage.replies.remember("r-T3", stage.url.replace("/api/", "/response"))
    stage.change(in_team("T3"), card("working"))
    await stage.until(lambda: stage.abandoned)
    await stage.settled()

    assert NOT_INSTALLED in stage.abandoned[0][1]
    assert [said["text"] for said in stage.slack.responses] == [stage.abandoned[0][1]] * known
    assert stage.slack.calls[known:] == []
    assert ("r-T3" in stage.memory.shown) is known
    errors = [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]
    assert errors == ["run r-T3: its outcome reached nobody"] * (not known)


async def test_a_result_waits_until_the_app_is_in_again(stage: Stage, several: Several) -> None:
    t2 = several.found.pop("T2")
    stage.publisher = stage.a_publisher(workspaces=several)
    async with stage.running():
        stage.change(in_team("T2", **DONE), card("Refuted", final=True))
        await stage.settled()
    assert stage.memory.shown == set()

    several.found["T2"] = t2
    stage.publisher = stage.a_publisher(workspaces=several)
    async with stage.running():
        await stage.until(lambda: stage.memory.shown)
    assert stage.texts() == ["Refuted"]


@pytest.mark.parametrize(
    "trouble", [Unavailable("auth.test", "http_500"), RateLimited("auth.test", 9)]
)
@pytest.mark.usefixtures("running")
async def test_a_workspace_that_is_not_known_at_the_moment_is_asked_for_again(
    stage: Stage, several: Several, trouble: SlackError
) -> None:
    several.troubles.append(trouble)
    stage.change(in_team("T1", **DONE), card("Refuted", final=True))
    await stage.until(lambda: stage.memory.shown)

    assert stage.texts() == ["Refuted"]


async def test_a_run_is_shown_as_its_workspace_wants_it(stage: Stage, several: Several) -> None:
    class Chosen:
        async def of(self, team: str, /) -> Preference:
            return Preference(result=ResultShown.EDIT if team == "T1" else None)

    def render(
        run: Run, story: Story, preference: Preference, /, *, files: bool
    ) -> list[SlackMessage]:
        return [card(f"{run.request.place.team}: {preference.result}", final=True)]

    stage.publisher = stage.a_publisher(workspaces=several, preferences=Chosen(), render=render)
    async with stage.running():
        for team in ("T1", "T2"):
            stage.change(in_team(team, **DONE), card("x"))
        await stage.until(lambda: len(stage.memory.shown) == 2)

    assert sorted(stage.texts()) == ["T1: edit", "T2: None"]


async def test_a_lane_of_no_run_is_over_at_once(stage: Stage) -> None:
    lane = Lane("r404", stage.publisher._means)

    await lane.settle()

    assert lane.over
    assert stage.slack.calls == []
