"""Fan-outs whose branches are questions to a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel

from patterns.fanout import Branch, Fanned, Limits, Said, fanout
from patterns.ports import EventSink, Model, Prompt

B = TypeVar("B", bound=BaseModel)


def asking(prompt: Prompt[B], model: Model) -> Branch[B]:
    """The branch that is one question."""

    async def ask() -> B:
        return (await model.ask(prompt)).answer

    return Branch(key=prompt.key, title=prompt.title or prompt.key, work=ask)


async def ask_all(
    stage: str,
    prompts: Sequence[Prompt[B]],
    model: Model,
    sink: EventSink,
    *,
    describe: Callable[[B], Said],
    quorum: int = 1,
    limits: Limits = Limits(),
) -> Fanned[B]:
    """`fanout` where every branch is one question."""
    branches = [asking(prompt, model) for prompt in prompts]
    return await fanout(stage, branches, sink, describe=describe, quorum=quorum, limits=limits)


async def ask_one(
    stage: str,
    prompt: Prompt[B],
    model: Model,
    sink: EventSink,
    *,
    describe: Callable[[B], Said],
    limits: Limits = Limits(),
) -> B | None:
    """One question that the run can do without: None where `ask_all` has a gap."""
    fanned = await ask_all(stage, [prompt], model, sink, describe=describe, quorum=0, limits=limits)
    return fanned.answers.get(prompt.key)
