"""Values of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.runs.limits import VOTERS_MOST
from bot.runs.model import Place, Run, RunRequest, Thread
from tests.runs.fakes import request


def test_the_console_is_a_place_without_a_team():
    assert Place(team="", channel="console").on_console
    assert not Place(team="T1", channel="C1").on_console


def test_a_request_survives_the_way_through_json():
    asked = request(source=Thread(channel="C2", ts="1.1"), private=True, voters=7)

    assert RunRequest.model_validate_json(asked.model_dump_json()) == asked


def test_values_do_not_change():
    run = Run(id="r", request=request(), created_at=datetime.now(UTC))

    with pytest.raises(ValidationError, match="frozen"):
        run.error = "x"


@pytest.mark.parametrize("voters", [0, VOTERS_MOST + 1])
def test_no_door_lets_a_panel_in_that_no_recipe_takes(voters: int):
    with pytest.raises(ValidationError, match="voters"):
        RunRequest.model_validate(request().model_dump() | {"voters": voters})


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ()),
        ({"model": "gpt"}, ("gpt",)),
        ({"model": "gpt", "models": ("gpt-1", "gpt-2")}, ("gpt-1", "gpt-2")),
    ],
)
def test_until_a_model_has_answered_the_one_that_is_asked_is_named(
    fields: dict[str, Any], names: tuple[str, ...]
):
    run = Run(id="r", request=request(), created_at=datetime.now(UTC), **fields)

    assert run.model_names == names
