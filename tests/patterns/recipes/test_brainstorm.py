from __future__ import annotations

from typing import Any

import pytest

from patterns.errors import ModelDenied, ModelUnavailable, NothingToDo, QuorumMissed
from patterns.events import BranchDone
from patterns.fanout import Limits
from patterns.ports import SILENT, EventSink, Prompt
from patterns.recipes.brainstorm import Idea, IdeaList, Picks, brainstorm
from patterns.task import Depth, Task
from patterns.testing import ListSink, ScriptedModel
from tests.patterns.samples import talk

PROBLEM = Task(text="Our stand-ups take an hour", depth=Depth.QUICK)
PICKS = {"safe": 1, "bold": 2, "cheap_to_test": 3, "common": "They cut talking."}
OWN = {
    "Daily user": ("Written stand-up", "Everybody writes three lines before ten."),
    "Newcomer": ("Silent mornings", "No meeting at all until noon."),
    "Operator": ("Rotating host", "One person cuts everybody off after a minute."),
}


def lens(prompt: Prompt[Any], *more: tuple[str, str]) -> dict[str, Any]:
    ideas = (OWN[prompt.title], *more)
    return {"ideas": [{"title": title, "pitch": pitch} for title, pitch in ideas]}


def script(prompt: Prompt[Any]) -> Any:
    return PICKS if prompt.answer is Picks else lens(prompt)


async def run(model: ScriptedModel, task: Task = PROBLEM, sink: EventSink = SILENT) -> IdeaList:
    return await brainstorm(task, model, sink, Limits())


async def test_ideas_of_all_lenses_are_numbered_and_a_short_list_is_picked():
    model = ScriptedModel(script)

    result = await run(model)

    assert result == IdeaList(
        problem=PROBLEM.text,
        ideas=tuple(
            Idea(number=n, title=title, pitch=pitch, lenses=(name,))
            for n, (name, (title, pitch)) in enumerate(OWN.items(), 1)
        ),
        picks={"safe": 1, "bold": 2, "cheap to test": 3},
        common="They cut talking.",
    )
    assert model.asked[-1] == "short-list"


async def test_an_idea_that_two_had_is_one_with_credit_for_both_in_the_first_ones_words():
    twin = ("Stand-up, written", "Three lines, everybody writes before ten.")

    def doubled(prompt: Prompt[Any]) -> Any:
        if prompt.answer is Picks:
            return PICKS
        return lens(prompt, twin) if prompt.title == "Operator" else lens(prompt)

    result = await run(ScriptedModel(doubled))

    assert len(result.ideas) == 3
    assert result.ideas[0].title == "Written stand-up"
    assert result.ideas[0].lenses == ("Daily user", "Operator")


async def test_who_answers_first_changes_nothing():
    slow = ScriptedModel(script, delay=lambda p: 0.02 if p.title == "Daily user" else 0)

    assert await run(slow) == await run(ScriptedModel(script))


async def test_no_lens_sees_what_another_found():
    prompts: list[Prompt[Any]] = []

    def watched(prompt: Prompt[Any]) -> Any:
        prompts.append(prompt)
        return script(prompt)

    await run(ScriptedModel(watched))

    found = [title for title, _ in OWN.values()]
    assert not any(title in p.text for p in prompts if p.answer is not Picks for title in found)
    assert all(title in prompts[-1].text for title in found)


@pytest.mark.parametrize(
    ("picks", "chosen"),
    [
        ({"safe": 2, "bold": 2, "cheap_to_test": 2}, {"safe": 2}),
        ({"safe": 0, "bold": 9, "cheap_to_test": -1}, {}),
        ({"safe": 9, "bold": 1, "cheap_to_test": 3}, {"bold": 1, "cheap to test": 3}),
    ],
    ids=["the same three times", "none exists", "one does not exist"],
)
async def test_only_ideas_that_exist_are_picked_and_none_twice(
    picks: dict[str, int], chosen: dict[str, int]
):
    model = ScriptedModel(lambda p: {**picks, "common": "So."} if p.answer is Picks else lens(p))

    assert (await run(model)).picks == chosen


async def test_without_a_short_list_the_ideas_still_stand():
    model = ScriptedModel(lambda p: ModelUnavailable("no line") if p.answer is Picks else lens(p))

    result = await run(model)

    assert len(result.ideas) == 3
    assert (result.picks, result.common) == ({}, "")


async def test_lenses_without_an_idea_need_no_short_list():
    model = ScriptedModel(lambda _: {"ideas": []})

    result = await run(model)

    assert result.ideas == ()
    assert "short-list" not in model.asked


async def test_a_lens_that_fails_is_named():
    model = ScriptedModel(
        lambda p: ModelUnavailable("no line") if p.title == "Newcomer" else script(p)
    )

    result = await run(model)

    assert result.missing == ("Newcomer: no line",)
    assert len(result.ideas) == 2


async def test_one_lens_alone_is_no_brainstorm():
    model = ScriptedModel(
        lambda p: script(p) if p.title == "Newcomer" else ModelUnavailable("no line")
    )

    with pytest.raises(QuorumMissed, match="Only 1 of 3 lenses answered; 2 are needed"):
        await run(model)


async def test_a_denied_model_ends_the_brainstorm():
    with pytest.raises(ModelDenied):
        await run(ScriptedModel(lambda _: ModelDenied("No credit.")))


@pytest.mark.parametrize(("depth", "lenses"), [(Depth.QUICK, 3), (Depth.NORMAL, 6)])
async def test_the_depth_says_how_many_lenses_look(depth: Depth, lenses: int):
    model = ScriptedModel(lambda _: {"ideas": []})

    await run(model, Task(text="x", depth=depth))

    assert len(model.asked) == lenses


async def test_without_a_text_the_messages_are_the_problem():
    task = Task(text=" ", depth=Depth.QUICK, messages=talk("Ada: Slow.", "Ben: And dull."))

    assert (await run(ScriptedModel(script), task)).problem == "Slow.\nAnd dull."


async def test_without_a_problem_nobody_is_asked():
    model = ScriptedModel(script)

    with pytest.raises(NothingToDo, match="no problem"):
        await run(model, Task(text=" "))

    assert model.asked == []


async def test_a_lens_and_the_short_list_tell_what_they_found():
    sink = ListSink()

    await run(ScriptedModel(script), sink=sink)

    lines = ("Silent mornings: No meeting at all until noon.",)
    assert BranchDone(branch="lens-newcomer", headline="1 idea", lines=lines) in sink.events
    assert BranchDone(branch="short-list", headline="They cut talking.") in sink.events
