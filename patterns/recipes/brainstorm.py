"""Ideas for a problem from several lenses, each blind to the others; then a short list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.asking import ask_all, ask_one
from patterns.errors import NothingToDo
from patterns.estimating import Guess, estimate, follow_up
from patterns.fanout import Limits, Said
from patterns.fence import DATA, fenced, one_line
from patterns.packing import tokens
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.similar import groups
from patterns.task import Depth, Task, known_topic, topic
from patterns.usage import Estimate

_LENSES = (
    ("Daily user", "somebody who lives with the problem every day and has no time"),
    ("Newcomer", "somebody who meets it for the first time and does not know the habits"),
    ("Operator", "the person who has to run, support and clean up after the solution"),
    ("Payer", "the person who pays and asks what the cheapest test would be"),
    ("Sceptic", "somebody who thinks that the problem should be avoided, not solved"),
    ("Neighbour", "somebody from another field that solved something like it long ago"),
)
_ASKED = {Depth.QUICK: (3, 4), Depth.NORMAL: (6, 5), Depth.DEEP: (6, 8)}
_NO_IDEA, _IDEA = 3, 90  # tokens of an empty list, and of a long idea
_PICKS = Guess(15, 150)
_SYSTEM = (
    "You find ideas for a problem, seen from one person's place. First name to yourself three "
    "assumptions that everybody makes and break one. Prefer the unusual to the obvious: each "
    f"idea one that few others would name. A short title and one or two sentences each. {DATA}"
)
_PICK = (
    "From the numbered ideas choose the safest, the boldest and the one that is cheapest to "
    f"test, by number, and say in one sentence what the ideas have in common. {DATA}"
)


class Thought(Answer):
    """An idea as a lens puts it."""

    title: str
    pitch: str


class Thoughts(Answer):
    """What one lens came up with."""

    ideas: list[Thought]


class Picks(Answer):
    """Numbers of ideas."""

    safe: int
    bold: int
    cheap_to_test: int
    common: str


class Idea(BaseModel):
    """*lenses* are all who had it: the first one worded it."""

    model_config = ConfigDict(frozen=True)

    number: int
    title: str
    pitch: str
    lenses: tuple[str, ...]


class IdeaList(BaseModel):
    """*picks* names ideas by number: safe, bold, cheap to test. Empty if nobody could choose."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["ideas"] = "ideas"
    problem: str
    ideas: tuple[Idea, ...]
    picks: dict[str, int] = {}
    common: str = ""
    missing: tuple[str, ...] = ()


async def brainstorm(task: Task, model: Model, sink: EventSink, limits: Limits) -> IdeaList:
    """The problem is the text, or else the messages that were read for it."""
    problem = await topic(task)
    if not problem:
        raise NothingToDo("There is no problem to think about.")
    prompts = _lenses(problem, task.depth)
    fanned = await ask_all("lenses", prompts, model, sink, describe=_said, quorum=2, limits=limits)
    found = [
        (prompt.title, thought)
        for prompt in prompts
        if prompt.key in fanned.answers
        for thought in fanned.answers[prompt.key].ideas
    ]
    ideas = _merged(found)
    picks = await _pick(problem, ideas, model, sink, limits)
    return IdeaList(
        problem=problem,
        ideas=ideas,
        picks=_valid(picks, ideas),
        common=picks.common if picks else "",
        missing=tuple(f"{gap.title}: {gap.reason}" for gap in fanned.gaps),
    )


def foresee(task: Task) -> Estimate | None:
    """None where the problem has yet to be read, or there is none."""
    if not (problem := known_topic(task)):
        return None
    prompts = _lenses(problem, task.depth)
    _, each = _ASKED[task.depth]
    lenses = estimate(prompts, Guess(_NO_IDEA, each * _IDEA))
    longest = tokens(_PICK) + tokens(problem) + len(prompts) * each * _IDEA
    short_list = follow_up(1, Guess(0, longest), _PICKS)
    return Estimate(low=lenses.low, high=lenses.high + short_list.high)


def _lenses(problem: str, depth: Depth) -> list[Prompt[Thoughts]]:
    lenses, each = _ASKED[depth]
    return [_lens(problem, name, who, each) for name, who in _LENSES[:lenses]]


def _lens(problem: str, name: str, who: str, each: int) -> Prompt[Thoughts]:
    return Prompt(
        key=f"lens-{name.casefold().replace(' ', '-')}",
        title=name,
        system=_SYSTEM,
        text=f"The problem: {fenced(problem)}\n\nYou are {who}. Give {each} ideas.",
        answer=Thoughts,
    )


def _merged(found: Sequence[tuple[str, Thought]]) -> tuple[Idea, ...]:
    """Ideas that say the same become one; everybody who had it keeps the credit."""
    return tuple(
        Idea(
            number=number,
            title=found[group[0]][1].title,
            pitch=found[group[0]][1].pitch,
            lenses=tuple(dict.fromkeys(found[index][0] for index in group)),
        )
        for number, group in enumerate(groups([f"{t.title} {t.pitch}" for _, t in found]), 1)
    )


async def _pick(
    problem: str, ideas: Sequence[Idea], model: Model, sink: EventSink, limits: Limits
) -> Picks | None:
    if not ideas:
        return None
    listed = "\n".join(f"[{i.number}] {one_line(f'{i.title}: {i.pitch}')}" for i in ideas)
    prompt = Prompt(
        key="short-list",
        title="Short list",
        system=_PICK,
        text=f"The problem: {fenced(problem)}\n\nThe ideas:\n{fenced(listed)}",
        answer=Picks,
    )
    return await ask_one(
        "short lists",
        prompt,
        model,
        sink,
        describe=lambda picks: Said(picks.common),
        limits=limits,
    )


def _valid(picks: Picks | None, ideas: Sequence[Idea]) -> dict[str, int]:
    """Only numbers that exist, and no idea twice."""
    chosen: dict[str, int] = {}
    if picks is None:
        return chosen
    known = {idea.number for idea in ideas}
    for name, number in (
        ("safe", picks.safe),
        ("bold", picks.bold),
        ("cheap to test", picks.cheap_to_test),
    ):
        if number in known and number not in chosen.values():
            chosen[name] = number
    return chosen


def _said(thoughts: Thoughts) -> Said:
    lines = tuple(f"{thought.title}: {thought.pitch}" for thought in thoughts.ideas)
    return Said(f"{len(lines)} idea{'' if len(lines) == 1 else 's'}", lines)
