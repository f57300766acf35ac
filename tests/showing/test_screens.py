from __future__ import annotations

import logging

import pytest

from bot.runs.model import Actor, Place
from bot.runs.storage import Posted
from bot.showing.screens import SUGGEST, TRIGGER_SECONDS, Screens
from bot.slack.limiter import A_MINUTE, Call
from bot.slack.workspaces import OneWorkspace
from tests.fakes.slack_api import TEAM, Fault, Room
from tests.showing.stage import Stage, a_run, asked_in

ANN = Actor(user="U1", team=TEAM)
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "secret words"}}


@pytest.fixture
def screens(stage: Stage) -> Screens:
    return Screens(
        stage.memory,  # type: ignore[arg-type]
        stage.memory,
        OneWorkspace(stage.workspace),
        prompts=[("Check a claim", "factcheck The Moon is cheese")],
    )


async def test_a_form_is_opened_on_its_trigger(stage: Stage, screens: Screens) -> None:
    assert await screens.open_form(ANN, "1.2.3", VIEW)

    [call] = stage.slack.of("views.open")
    assert (call.args["trigger_id"], call.args["view"]) == ("1.2.3", VIEW)


async def test_a_form_that_came_too_late_is_no_reason_to_open_none_any_more(
    stage: Stage, screens: Screens
) -> None:
    assert not await screens.open_form(ANN, "expired", VIEW)
    assert await screens.open_form(ANN, "1.2.3", VIEW)


async def test_a_form_that_would_wait_for_its_turn_is_not_tried(
    stage: Stage, screens: Screens
) -> None:
    for _ in range(A_MINUTE["views.open"]):
        await stage.limiter.turn(Call(method="views.open"))

    assert not await screens.open_form(ANN, "1.2.3", VIEW)

    assert stage.slack.calls == []
    assert stage.clock.now() == pytest.approx(TRIGGER_SECONDS)


async def test_a_home_is_shown_to_its_person(stage: Stage, screens: Screens) -> None:
    assert await screens.show_home(ANN, {"type": "home", "blocks": []})

    assert stage.slack.views[0]["user_id"] == "U1"


async def test_prompts_are_suggested_in_the_direct_message(stage: Stage, screens: Screens) -> None:
    assert await screens.suggest(ANN, "DU1")

    [asked] = stage.slack.views
    assert asked["channel_id"] == "DU1"
    assert asked["prompts"] == [
        {"title": "Check a claim", "message": "factcheck The Moon is cheese"}
    ]


async def test_a_slack_without_prompts_is_asked_once(stage: Stage, screens: Screens) -> None:
    stage.slack.unknown.add(SUGGEST)

    assert [await screens.suggest(ANN, "DU1") for _ in range(3)] == [False] * 3

    assert len(stage.slack.of(SUGGEST)) == 1


async def test_a_word_in_a_channel_is_for_one_person_and_in_its_thread(
    stage: Stage, screens: Screens
) -> None:
    place = Place(team=TEAM, channel="C1", thread_ts="5.5")

    assert await screens.say(ANN, place, "I do not understand.")

    [said] = stage.slack.ephemerals
    assert (said["channel"], said["user"], said["thread_ts"]) == ("C1", "U1", "5.5")
    assert stage.texts() == []


async def test_a_word_in_the_direct_message_stays_there(stage: Stage, screens: Screens) -> None:
    stage.slack.rooms["DU1"] = Room("im", ["U0BOT", "U1"], "")
    root = stage.slack.said("DU1", "hm?")

    assert await screens.say(ANN, Place(team=TEAM, channel="DU1", thread_ts=root), "Try help.")

    assert stage.texts("DU1") == ["hm?", "Try help."]
    assert stage.slack.ephemerals == []


@pytest.mark.parametrize("fault", [*Fault, "invalid_auth", "never_heard_of"])
async def test_whatever_slack_answers_it_is_a_no_and_no_content_is_logged(
    stage: Stage, screens: Screens, caplog: pytest.LogCaptureFixture, fault: Fault | str
) -> None:
    caplog.set_level(logging.INFO)
    stage.slack.faults["views.open"].append(fault)

    assert not await screens.open_form(ANN, "1.2.3", VIEW)

    assert "views.open" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_workspace_without_the_app_is_a_no(stage: Stage, screens: Screens) -> None:
    stranger = Actor(user="U1", team="T0OTHER")

    assert not await screens.open_form(stranger, "1.2.3", VIEW)
    assert stage.slack.calls == []


async def test_where_permalinks_begin_is_known_once_something_was_asked(
    stage: Stage, screens: Screens
) -> None:
    assert screens.url_of(ANN) == ""

    await screens.show_home(ANN, {"type": "home", "blocks": []})

    assert screens.url_of(ANN) == "https://team.slack.com/"
    assert screens.url_of(Actor(user="U1", team="T0OTHER")) == ""


async def test_the_link_to_a_card_leads_into_its_thread(stage: Stage, screens: Screens) -> None:
    card = Posted(slot="card", channel="C1", ts="1700000000.000200", digest="")
    stage.memory.runs["r1"] = a_run()
    assert await screens.link("r1") == ""

    await stage.memory.put("r1", card)
    assert await screens.link("r1") == "https://team.slack.com/archives/C1/p1700000000000200"

    place = Place(team=TEAM, channel="C1", thread_ts="1699999999.000100")
    stage.memory.runs["r1"] = asked_in(place)
    link = await screens.link("r1")
    assert link.endswith("p1700000000000200?thread_ts=1699999999.000100&cid=C1")
    assert stage.slack.calls == []


async def test_no_link_leads_to_what_is_not_posted_yet_or_is_no_more(
    stage: Stage, screens: Screens
) -> None:
    await stage.memory.put("r1", Posted(slot="card", channel="C1", ts=None, digest=""))
    await stage.memory.put("r2", Posted(slot="card", channel="C1", ts="1.2", digest=""))
    stage.memory.runs["r3"] = asked_in(Place(team="T0OTHER", channel="C1"), id="r3")
    await stage.memory.put("r3", Posted(slot="card", channel="C1", ts="1.2", digest=""))

    assert [await screens.link(run_id) for run_id in ("r1", "r2", "r3")] == ["", "", ""]
