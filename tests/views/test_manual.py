"""How to ask, in examples that work."""

from __future__ import annotations

import re

import pytest

from bot.listeners.parsing import Typed, parse
from bot.runs.model import Actor, Place, RunRequest
from bot.views.manual import ABOUT, EXAMPLES, HELP, USAGE
from patterns.recipes import RECIPES


@pytest.mark.parametrize("example", [*EXAMPLES.values(), *ABOUT.values()])
def test_every_example_can_be_typed_as_it_stands(example: str) -> None:
    recipe, text = example.removeprefix("/quorum ").removeprefix("/").split(maxsplit=1)
    typed = Typed(
        recipe=recipe,
        text=re.sub(r"#general", "<#C012AB3CD|general>", text),
        by=Actor(user="U1", team="T1"),
        place=Place(team="T1", channel="C1"),
        dedupe="T1:1",
    )

    found = parse(typed, now=1_764_000_000.0, workspace_url="https://acme.slack.com/")

    assert isinstance(found, RunRequest)
    assert found.recipe == recipe


def test_every_recipe_is_told_of() -> None:
    told = " ".join(HELP)

    assert set(EXAMPLES) == set(USAGE) == set(RECIPES)
    assert [recipe for recipe in RECIPES if not re.search(rf"[/ ]{recipe}\b", told)] == []
