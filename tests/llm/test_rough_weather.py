"""Recipes over HTTP, with a server that fails by chance: a result or one sentence, always."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from bot.llm.build import Bounds, open_model
from bot.runs.ports import Errand
from patterns.errors import PatternError
from patterns.fanout import Limits
from patterns.ports import SILENT, Model
from patterns.recipes import Result
from patterns.recipes.brainstorm import brainstorm
from patterns.recipes.factcheck import factcheck
from patterns.recipes.summarize import summarize
from patterns.task import Message, Task
from patterns.usage import Usage
from tests.calls.road import FakePurse, ListMeter
from tests.conftest import Serve
from tests.fakes.model_server import Asked, Chances, ModelServer, Turn, hangs

Recipe = Callable[[Model], Awaitable[Result]]

SENTENCE = re.compile(r"[A-Z][^\n]*\.")
SAID = tuple(
    Message(id=str(n), thread=str(n // 3), author="Ann", text=f"We decided on plan {n}. " * 90)
    for n in range(20)
)


def checked(model: Model) -> Awaitable[Result]:
    return factcheck(Task(text="Bats are blind"), model, SILENT, Limits(seconds=10))


def summarized(model: Model) -> Awaitable[Result]:
    return summarize(Task(messages=SAID), model, SILENT, Limits(seconds=10))


def stormed(model: Model) -> Awaitable[Result]:
    return brainstorm(Task(text="Late trains"), model, SILENT, Limits(seconds=10))


class OneHangs:
    """The same *chances* for all but the second call, which hangs."""

    def __init__(self, chances: Chances) -> None:
        self._chances = chances

    def __call__(self, asked: Asked) -> Turn | None:
        return hangs() if asked.number == 2 else self._chances(asked)


@pytest.mark.parametrize("recipe", [checked, summarized, stormed], ids=lambda r: r.__name__)
@pytest.mark.parametrize(
    "chances",
    [
        Chances(seed=1, fail=0.05),
        Chances(seed=3, fail=0.10, reset=0.10),
        Chances(seed=4, malformed=0.30, refuse=0.1, truncate=0.1),
        Chances(seed=6, fail=1),
    ],
    ids=["5 % fail", "10 % fail and as many break", "30 % malformed", "all fail"],
)
async def test_every_run_ends_with_a_result_or_one_clear_sentence(
    serve: Serve, recipe: Recipe, chances: Chances
) -> None:
    server = ModelServer(OneHangs(chances))
    url = await serve(server.app())
    purse, meter, lost = FakePurse(), ListMeter(), list[Usage]()
    errand = Errand(purse=purse, lost=lambda key, usage: lost.append(usage))

    settings = {"name": "m", "api_key": None, "base_url": f"{url}/v1", "meter": meter}
    async with open_model(
        **settings, attempt_seconds=0.5, simulated_pace=0, bounds=Bounds(slots=16)
    ) as model_for:
        try:
            outcome = await recipe(model_for(errand))
        except PatternError as err:
            outcome = err

    if isinstance(outcome, PatternError):
        assert SENTENCE.fullmatch(str(outcome)), str(outcome)
    assert purse.reserved == 0
    assert meter.usage.calls == server.calls == len(meter.outcomes), "wasted calls are counted"
    assert meter.usage.tokens == purse.spent
    if chances.fail == 1:
        assert isinstance(outcome, PatternError)
        assert lost == []


async def test_with_one_call_in_ten_failing_hardly_anything_is_missing(serve: Serve) -> None:
    server = ModelServer(Chances(seed=8, fail=0.05, reset=0.05))
    url = await serve(server.app())
    settings = {"name": "m", "api_key": None, "base_url": f"{url}/v1"}

    async with open_model(**settings, attempt_seconds=5, simulated_pace=0) as model_for:
        model = model_for(Errand())
        tasks = [Task(text=f"Claim {n}") for n in range(20)]
        verdicts = await asyncio.gather(*(factcheck(t, model, SILENT, Limits()) for t in tasks))

    assert sum(len(verdict.votes) for verdict in verdicts) >= 99
    assert server.calls > 100
