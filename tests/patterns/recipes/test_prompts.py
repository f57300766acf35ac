"""What prompts of one run have in common stands first: providers bill a repeated start less."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import pytest
from pydantic import BaseModel

from patterns.fanout import Limits
from patterns.packing import tokens
from patterns.ports import SILENT, Prompt
from patterns.recipes import RECIPES
from patterns.recipes.brainstorm import Thoughts
from patterns.recipes.factcheck import Label
from patterns.recipes.factcheck.ballots import Ballot
from patterns.recipes.safety import SafetyBallot
from patterns.recipes.summarize import SummaryNotes
from patterns.task import Task
from patterns.testing import ScriptedModel
from tests.patterns.samples import talk

ABOUT = "The harbour was dredged in 1911 and again, by another company, in 1934. " * 60
ANSWERS: dict[type[BaseModel], dict[str, Any]] = {
    Ballot: {
        "label": Label.REFUTED,
        "evidence": [],
        "quote": "",
        "reason": "So.",
        "confidence": 1,
    },
    Thoughts: {"ideas": []},
    SafetyBallot: {"findings": []},
    SummaryNotes: {"overview": [], "items": []},
}


async def prompts_of(recipe: str, task: Task) -> list[Prompt[Any]]:
    """Those of its first stage."""
    asked: list[Prompt[Any]] = []

    def script(prompt: Prompt[Any]) -> Any:
        if prompt.answer in ANSWERS:
            asked.append(prompt)
        return ANSWERS.get(prompt.answer, {"claims": []})

    await RECIPES[recipe](task, ScriptedModel(script), SILENT, Limits())
    return asked


@pytest.mark.parametrize("recipe", ["factcheck", "brainstorm", "safety"])
async def test_seats_and_lenses_share_nine_tenths_of_their_beginning(recipe: str):
    texts = [prompt.system + prompt.text for prompt in await prompts_of(recipe, Task(text=ABOUT))]

    assert tokens(ABOUT) >= 1_000
    assert len(texts) > 1
    shared = sum(
        1 for _ in takewhile(lambda signs: len(set(signs)) == 1, zip(*texts, strict=False))
    )
    assert shared >= 0.9 * max(map(len, texts))


async def test_parts_share_what_they_are_told_to_do():
    messages = talk(*["Ada: " + "word " * 6_000] * 3)

    prompts = await prompts_of("summarize", Task(messages=messages))

    assert len(prompts) > 1
    assert len({prompt.system for prompt in prompts}) == 1
