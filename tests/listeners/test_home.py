"""The Home: what this person may see, and its two buttons."""

from __future__ import annotations

from typing import Any

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.model import Actor, Place
from bot.runs.workspace import Preference
from bot.views import forms
from bot.views.actions import SETTINGS, SETTINGS_FORM, START
from tests.listeners.filling import filled
from tests.listeners.house import House

ANN = Actor(user="U1", team="T1")


async def opened(house: House, user: str = "U1", tab: str = "home", event_id: str = "Ev1") -> None:
    event = {"type": "app_home_opened", "user": user, "channel": f"D{user}", "tab": tab}
    answer = await house.tell({**event, "event_ts": "1.1"}, event_id=event_id)
    assert answer.status == 200


async def clicked(house: House, action: str, value: str, **changes: Any) -> None:
    view = house.seen.homes[-1][1] if house.seen.homes else {}
    answer = await house.click(
        value,
        action=action,
        channel=None,
        response_url=None,
        view={"id": "VHOME", "callback_id": "", **view},
        container={"type": "view", "view_id": "VHOME"},
        **changes,
    )
    assert answer.status == 200


async def test_it_shows_the_runs_that_this_person_may_see(house: House) -> None:
    await house.command("mine, in private", channel_id="G1", trigger_id="1")
    await house.command("theirs, in the open", user_id="U2", trigger_id="2")
    await house.command("theirs, in private", channel_id="G2", user_id="U2", trigger_id="3")
    await house.command("in another workspace", team_id="T2", trigger_id="4")
    await opened(house)

    [(by, view)] = house.seen.homes
    shown = str(view)
    assert by == ANN
    assert view["type"] == "home"
    assert "mine, in private" in shown
    assert "theirs, in the open" in shown
    assert "theirs, in private" not in shown
    assert "another workspace" not in shown
    assert "run=run-1" in shown
    assert "1,234" in shown


async def test_its_settings_are_for_admins(house: House) -> None:
    house.rights.admins.add("U2")
    await opened(house)
    await opened(house, user="U2", event_id="Ev2")

    mine, theirs = (str(view) for _, view in house.seen.homes)
    assert "Change settings" not in mine
    assert "Change settings" in theirs


async def test_the_tab_of_messages_gets_prompts_instead(house: House) -> None:
    await opened(house, tab="messages")

    assert house.seen.suggested == [(ANN, "DU1")]
    assert house.seen.homes == []


async def test_nobody_is_shown_nothing(house: House) -> None:
    await house.tell({"type": "app_home_opened", "user": None, "channel": "D1", "tab": "home"})

    assert house.wire.calls == []


@pytest.mark.parametrize("recipe", ["factcheck", "summarize", "brainstorm"])
async def test_a_run_begun_at_home_goes_to_the_direct_messages(house: House, recipe: str) -> None:
    await opened(house)
    await clicked(house, START, recipe)

    [(trigger, view)] = house.seen.forms
    assert trigger == "9.9.9"
    text = "https://acme.slack.com/archives/C0123/p1763990000000100"
    asked = forms.read_ask(filled(view, text))
    assert isinstance(asked, forms.Asked)
    assert asked.recipe == recipe
    assert asked.place == Place(team="T1", channel="DU1")


@pytest.mark.parametrize("value", ["", "poll", "factcheck; rm"])
async def test_a_start_of_nothing_opens_nothing(house: House, value: str) -> None:
    await opened(house)
    await clicked(house, START, value)

    assert house.seen.forms == []


async def test_settings_open_for_admins_with_what_was_chosen(house: House) -> None:
    house.preferences["T1"] = Preference(paused=True)
    await clicked(house, SETTINGS, "settings")
    assert house.seen.forms == []

    house.rights.admins.add("U1")
    await clicked(house, SETTINGS, "settings")
    [(_, view)] = house.seen.forms
    assert view["callback_id"] == SETTINGS_FORM
    assert "initial_options" in str(view)


async def test_settings_that_were_saved_are_shown_at_once(house: House) -> None:
    house.rights.admins.add("U1")
    await opened(house)
    before = house.seen.homes[-1][1]
    await clicked(house, SETTINGS, "settings")
    await house.send(filled(house.seen.forms[-1][1], paused=True))

    [_, (by, after)] = house.seen.homes
    assert by == ANN
    assert after != before
    assert "paused" in str(after)
    await clicked(house, START, "factcheck")
    asked = forms.read_ask(filled(house.seen.forms[-1][1], "X"))
    assert isinstance(asked, forms.Asked)
    assert asked.place.channel == "DU1"


async def test_what_breaks_while_it_is_shown_does_not_make_slack_come_again(house: House) -> None:
    house.store.broken = StorageFailed("the disk is full")

    with pytest.raises(StorageFailed):  # aside, where it is logged
        await opened(house)
