"""Slash commands: written down, started, and only then acknowledged."""

from __future__ import annotations

import pytest

from bot.runs.desk import PAUSED
from bot.runs.errors import StorageFailed
from bot.runs.model import Place, Status
from bot.runs.workspace import Preference
from bot.views import forms, notices
from bot.views.actions import COMMANDS
from tests.listeners.filling import filled
from tests.listeners.house import House


async def test_a_command_is_written_down_and_started_before_it_is_acknowledged(
    house: House,
) -> None:
    answer = await house.command("the payload was 5 kg")

    assert (answer.status, answer.body) == (200, "")
    assert house.engine.started == ["run-1"]
    request = house.store.runs["run-1"].request
    assert request.text == "the payload was 5 kg"
    assert request.dedupe == "T1:13345224609.738474920.8088930838d88f008e0"
    assert house.urls == {"run-1": f"{house.slack}/commands/1"}


@pytest.mark.parametrize("recipe", COMMANDS)
async def test_every_recipe_of_the_list_has_its_command(house: House, recipe: str) -> None:
    text = "" if recipe == "summarize" else "text"
    answer = await house.command(text, command=f"/{recipe}")

    assert answer.status == 200
    assert house.store.runs["run-1"].request.recipe == recipe


async def test_a_delivery_seen_before_starts_nothing_and_says_nothing(house: House) -> None:
    await house.command("The moon is cheese")
    again = await house.command("The moon is cheese")

    assert again.body == ""
    assert len(house.store.runs) == 1
    assert house.engine.started == ["run-1"]


async def test_the_same_question_while_it_is_open_is_answered_with_its_card(house: House) -> None:
    await house.command("The moon is cheese", trigger_id="1.1.a")
    again = await house.command("The  moon is cheese ", trigger_id="1.1.b")
    await house.command("The moon is cheese", trigger_id="1.1.c", user_id="U2")

    assert again.body == notices.on_it(await house.seen.link("run-1"))
    assert house.engine.started == ["run-1", "run-2"]
    house.store.change("run-1", status=Status.DONE)
    await house.command("The moon is cheese", trigger_id="1.1.d")
    assert house.engine.started == ["run-1", "run-2", "run-3"]


async def test_an_installation_for_a_whole_organisation_names_it(house: House) -> None:
    await house.command("X", enterprise_id="E1", is_enterprise_install="true")

    assert house.store.runs["run-1"].request.place == Place(
        team="T1", channel="C1", enterprise="E1"
    )


@pytest.mark.parametrize("recipe", ["factcheck", "brainstorm"])
async def test_a_command_without_words_opens_its_form_after_the_ack(
    house: House, recipe: str
) -> None:
    answer = await house.command("", command=f"/{recipe}")

    assert (answer.status, answer.body) == (200, "")
    [(trigger, view)] = house.seen.forms
    assert trigger == "13345224609.738474920.8088930838d88f008e0"
    asked = forms.read_ask(filled(view, "The moon is cheese"))
    assert isinstance(asked, forms.Asked)
    assert asked.recipe == recipe
    assert asked.place == Place(team="T1", channel="C1")
    assert asked.respond == f"{house.slack}/commands/1"
    assert house.store.runs == {}


async def test_where_the_form_can_not_be_opened_that_is_said(house: House) -> None:
    house.seen.refuses = True
    await house.command("")

    assert house.urls.said == [(f"{house.slack}/commands/1", notices.no_form("factcheck"))]


async def test_a_workspace_that_pauses_starts_nothing_and_says_so(house: House) -> None:
    house.preferences["T1"] = Preference(paused=True)
    answer = await house.command("The moon is cheese")

    assert (answer.status, answer.body) == (200, PAUSED)
    assert house.store.runs == {}


async def test_a_failing_database_starts_nothing_and_says_so(house: House) -> None:
    house.store.broken = StorageFailed("the disk is full")
    answer = await house.command("The moon is cheese")

    assert answer.status == 200
    assert notices.BROKEN in answer.body
    assert house.engine.started == []


async def test_a_wrong_command_is_answered_to_its_person_alone_and_costs_nothing(
    house: House,
) -> None:
    answer = await house.command("--force <!channel>")

    assert answer.status == 200
    assert "There is no option --force" in answer.body
    assert house.store.runs == {}
