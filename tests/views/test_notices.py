"""Sentences for one person: whatever can be asked for has its words."""

from __future__ import annotations

import pytest

from bot.runs.limits import TEXT_MOST, VOTERS_MOST
from bot.views import notices
from patterns.recipes import RECIPES


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_has_its_usage_and_an_example(recipe: str) -> None:
    assert f"• `/{recipe}" in notices.usage(recipe)
    assert f"for example `/{recipe} " in notices.empty(recipe)
    assert f"`/{recipe}`" in notices.unknown_command("/poll")


def test_limits_are_named_as_they_are() -> None:
    assert f"from 1 to {VOTERS_MOST}," in notices.bad_voters("factcheck")
    assert f"{TEXT_MOST:,} are the most" in notices.too_long("factcheck", TEXT_MOST + 1)
