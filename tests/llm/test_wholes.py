"""Which shapes are filled in as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from bot.llm.material import Material
from bot.llm.wholes import whole_answer
from patterns.merging import Digest
from patterns.ports import schema_of
from patterns.recipes.logs.recipe import Combined
from patterns.recipes.logs.report import Observations
from patterns.recipes.safety import SafetyBallot
from patterns.recipes.summarize import SummaryNotes
from patterns.recipes.summarize.questions import Findings, Overview
from patterns.voting import VoteResult


def filled(shape: type[BaseModel]) -> Any:
    return whole_answer(schema_of(shape), Material("⟦[1] Ann: We ship⟧"), "⟦[1] Ann: We ship⟧")


@pytest.mark.parametrize(
    "shape", [SummaryNotes, Digest, Overview, Observations, Combined, Findings]
)
def test_what_cites_its_own_parts_is_filled_in_at_once(shape: type[BaseModel]) -> None:
    assert shape.model_validate(filled(shape))


@pytest.mark.parametrize("shape", [SafetyBallot, VoteResult])
def test_all_else_is_left_to_its_fields(shape: type[BaseModel]) -> None:
    assert filled(shape) is None
