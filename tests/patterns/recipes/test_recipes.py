from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from patterns.recipes import RECIPES, Result
from patterns.recipes.brainstorm import IdeaList
from patterns.recipes.factcheck import Label, Verdict
from patterns.recipes.summarize import Summary

ADAPTER: TypeAdapter[Result] = TypeAdapter(Result)


def test_the_recipes_are_the_commands():
    assert list(RECIPES) == ["factcheck", "summarize", "brainstorm"]


@pytest.mark.parametrize(
    "result",
    [
        Verdict(claim="x", label=Label.REFUTED, votes=(), asked=5),
        Verdict(claim="x", label=None, votes=(), asked=5, missing=("a: b",)),
        Summary(overview="x", points=(), read=1, messages=2, threads=1),
        IdeaList(problem="x", ideas=(), picks={"safe": 1}),
    ],
    ids=lambda result: result.kind,
)
def test_every_result_comes_back_from_json_as_what_it_was(result: Result):
    assert ADAPTER.validate_json(ADAPTER.dump_json(result)) == result
