"""Forms: what was typed is never lost by a mistake, and the same form sent twice is sent once."""

from __future__ import annotations

from typing import Any

import pytest

from bot.listeners.forms import as_typed
from bot.runs.desk import PAUSED
from bot.runs.errors import StorageFailed
from bot.runs.model import Actor, Audience, Depth, Place, Rating, Status
from bot.runs.workspace import Preference, ResultShown
from bot.views import forms, notices
from bot.views.actions import Ticket
from tests.listeners.filling import filled
from tests.listeners.house import House

PLACE = Place(team="T1", channel="C1")
RESPOND = "https://hooks.example/commands/1"


def question(recipe: str = "factcheck", text: str = "The moon is cheese", **more: Any) -> Any:
    place = more.pop("place", PLACE)
    respond = more.pop("respond", RESPOND)
    return filled(forms.ask(recipe, place, respond=respond), text, **more)


async def test_a_question_is_written_down_and_started_before_it_is_acknowledged(
    house: House,
) -> None:
    answer = await house.send(question(depth="deep", voters="7", private=True))

    assert (answer.status, answer.body) == (200, "")
    request = house.store.runs["run-1"].request
    assert request.text == "The moon is cheese"
    assert (request.depth, request.voters, request.private) == (Depth.DEEP, 7, True)
    assert (request.place, request.asked_by) == (PLACE, "U1")
    assert request.dedupe == "T1:view:V1"
    assert house.engine.started == ["run-1"]
    assert house.urls == {"run-1": RESPOND}
    assert house.wire.calls == []


@pytest.mark.parametrize("text", ["--deep is an option", "5 < 6 & <!channel> <@U1>"])
async def test_a_text_is_taken_as_it_was_typed(house: House, text: str) -> None:
    await house.send(question(text=text))

    assert house.store.runs["run-1"].request.text == text


async def test_the_same_form_again_starts_nothing(house: House) -> None:
    for _ in range(2):
        assert (await house.send(question())).status == 200

    assert house.engine.started == ["run-1"]
    assert house.urls.said == []


async def test_what_is_wrong_is_said_at_its_block_and_the_form_stays(house: House) -> None:
    answer = await house.send(question(text="https://example.com/page"))

    assert answer.status == 200
    assert '"response_action": "errors"' in answer.body
    assert "links to messages of this workspace" in answer.body
    assert house.store.runs == {}
    await house.send(question(text="The moon is cheese"))
    assert list(house.store.runs) == ["run-1"], "the form that was set right"


async def test_a_number_that_is_none_is_said_at_its_block(house: House) -> None:
    answer = await house.send(question(voters="99"))

    assert '"voters"' in answer.body
    assert house.store.runs == {}


async def test_a_form_of_another_release_says_so(house: House) -> None:
    answer = await house.send({**question(), "private_metadata": "{}"})

    assert '"response_action": "errors"' in answer.body
    assert house.store.runs == {}


def test_the_workspace_is_that_of_who_sends_the_form() -> None:
    asked = forms.Asked("factcheck", Place(team="T9", channel="C1", enterprise="E9"), "X", "")
    typed = as_typed(Actor(user="U1", team="T1"), asked, "V1")

    assert typed.place == PLACE
    assert typed.dedupe == "T1:view:V1"


@pytest.mark.parametrize("respond", [RESPOND, ""])
async def test_a_workspace_that_pauses_says_so_by_the_way_that_there_is(
    house: House, respond: str
) -> None:
    house.preferences["T1"] = Preference(paused=True)
    answer = await house.send(question(respond=respond))

    assert answer.body == ""
    said = [text for _, text in house.urls.said] + [text for _, _, text in house.seen.said]
    assert said == [PAUSED]
    assert bool(house.urls.said) == bool(respond)


async def test_the_same_question_while_it_is_open_is_answered_with_its_card(house: House) -> None:
    await house.command("The moon is cheese")
    await house.send(question(text="The moon is cheese"))

    assert list(house.store.runs) == ["run-1"]
    assert [text for _, text in house.urls.said] == [notices.on_it(await house.seen.link("run-1"))]


async def test_a_failing_database_is_an_error_for_slack_to_show(house: House) -> None:
    house.store.broken = StorageFailed("the disk is full")

    assert (await house.send(question())).status == 500
    assert house.wire.calls == []


def reason(text: str, run_id: str = "run-1") -> dict[str, Any]:
    return filled(forms.why(Ticket(run_id)), text)


async def test_a_reason_is_kept_with_the_rating(house: House) -> None:
    await house.command("The moon is cheese")
    house.store.change("run-1", status=Status.DONE)
    answer = await house.send(reason("It is Camembert"))

    assert (answer.status, answer.body) == (200, "")
    assert house.store.rated == {("run-1", "U1"): (Rating.DOWN, "It is Camembert")}


async def test_a_reason_for_a_run_that_is_gone_or_of_others_changes_nothing(house: House) -> None:
    await house.command("theirs, in private", channel_id="G2", user_id="U2")
    house.store.change("run-1", status=Status.DONE, audience=Audience.REQUESTER)
    for view in (reason("x"), reason("x", "run-9"), {**reason("x"), "private_metadata": ""}):
        assert (await house.send(view)).status == 200
    assert (await house.send(reason("x"), team={"id": "T2"})).status == 200

    assert house.store.rated == {}


def chosen(**more: Any) -> dict[str, Any]:
    return filled(forms.settings(Preference(), most_days=30), **more)


async def test_settings_are_chosen_by_admins(house: House) -> None:
    house.rights.admins.add("U1")
    answer = await house.send(chosen(paused=True, result="edit", keep_days="7"))

    assert (answer.status, answer.body) == (200, "")
    assert house.preferences == {
        "T1": Preference(paused=True, result=ResultShown.EDIT, keep_days=7)
    }


async def test_what_somebody_who_is_no_admin_sends_changes_nothing(house: House) -> None:
    answer = await house.send(chosen(paused=True))

    assert answer.status == 200
    assert house.preferences == {}
    assert [text for _, _, text in house.seen.said] == [notices.ADMINS_ONLY]


async def test_settings_that_can_not_be_are_said_at_their_block(house: House) -> None:
    house.rights.admins.add("U1")
    answer = await house.send(chosen(keep_days="31"))

    assert '"keep_days"' in answer.body
    assert house.preferences == {}
    assert house.wire.calls == []


async def test_settings_of_nobody_change_nothing(house: House) -> None:
    answer = await house.deliver(
        {"type": "view_submission", "team": None, "user": {"id": "U1"}, "view": chosen()}
    )

    assert answer.status == 200
    assert house.preferences == {}
    assert house.wire.calls == []
