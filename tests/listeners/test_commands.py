"""Slash commands: written down, started, and only then acknowledged."""

from __future__ import annotations

import pytest

from bot.views import notices
from patterns.recipes import RECIPES
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


@pytest.mark.parametrize("recipe", RECIPES)
async def test_every_recipe_has_its_command(house: House, recipe: str) -> None:
    text = "" if recipe == "summarize" else "text"
    answer = await house.command(text, command=f"/{recipe}")

    assert answer.status == 200
    assert house.store.runs["run-1"].request.recipe == recipe


async def test_a_delivery_seen_before_starts_nothing(house: House) -> None:
    await house.command("The moon is cheese")
    again = await house.command("The moon is cheese")

    assert again.body == notices.ON_IT
    assert len(house.store.runs) == 1
    assert house.engine.started == ["run-1"]


async def test_a_wrong_command_is_answered_to_its_person_alone_and_costs_nothing(
    house: House,
) -> None:
    answer = await house.command("--force <!channel>")

    assert answer.status == 200
    assert "There is no option --force" in answer.body
    assert house.store.runs == {}
