"""Recipes over HTTP, with a server that fails by chance: a result or one sentence, always."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from bot.llm.build import Bounds, open_model
from bot.runs.executor import Executor
from bot.runs.model import RunRequest, Status, Thread
from bot.runs.ports import Errand
from bot.store.runs import SqlRunStore
from patterns.errors import PatternError
from patterns.fanout import Limits
from patterns.ports import SILENT, Model
from patterns.recipes import Result
from patterns.recipes.brainstorm import IdeaList, brainstorm
from patterns.recipes.factcheck import FactCheck, factcheck
from patterns.recipes.safety import SafetyReport, safety
from patterns.recipes.summarize import Summary, summarize
from patterns.task import Depth, Message, Task
from patterns.usage import Usage
from tests.calls.road import FakePurse, ListMeter
from tests.conftest import Serve
from tests.fakes.model_server import Asked, Chances, ModelServer, Turn, hangs
from tests.runs.carrying import added
from tests.runs.fakes import FakeSources, request

Recipe = Callable[[Model], Awaitable[Result]]

SENTENCE = re.compile(r"[A-Z][^\n]*\.")
SAID = tuple(
    Message(id=str(n), thread=str(n // 3), author="Ann", text=f"We decided on plan {n}. " * 90)
    for n in range(80)
)

SUMMARY = request(recipe="summarize", text="", source=Thread(channel="C1", ts="1.1"))
STORM = request(recipe="brainstorm", text="Late trains")


def checked(model: Model) -> Awaitable[Result]:
    return factcheck(Task(text="Bats are blind"), model, SILENT, Limits(seconds=10))


def vetted(model: Model) -> Awaitable[Result]:
    return safety(Task(text="Bats are blind", depth=Depth.DEEP), model, SILENT, Limits(seconds=10))


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


def answered(result: Result | None) -> float:
    """The share of what was asked that the result rests on."""
    match result:
        case FactCheck():
            (verdict,) = result.claims
            return len(verdict.votes) / (len(verdict.votes) + len(verdict.missing))
        case SafetyReport():
            return 1 - len(result.missing) / result.seats
        case Summary():
            return 1 - result.unread_parts / result.parts
        case IdeaList():
            lenses = {lens for idea in result.ideas for lens in idea.lenses}
            return len(lenses) / (len(lenses) + len(result.missing))
        case None:
            return 0


@pytest.mark.parametrize("recipe", [checked, vetted, summarized, stormed], ids=lambda r: r.__name__)
@pytest.mark.parametrize(
    ("chances", "share"),
    [
        (Chances(seed=1, fail=0.05), 1),
        (Chances(seed=3, fail=0.10, reset=0.10), 0.8),
        (Chances(seed=4, malformed=0.30, refuse=0.1, truncate=0.1), 0.5),
        (Chances(seed=6, fail=1), 0),
    ],
    ids=["5 % fail", "10 % fail and as many break", "30 % malformed", "all fail"],
)
async def test_every_run_ends_with_a_result_or_one_clear_sentence(
    serve: Serve, recipe: Recipe, chances: Chances, share: float
) -> None:
    server = ModelServer(OneHangs(chances))
    url = await serve(server.app())
    purse, meter, lost = FakePurse(), ListMeter(), list[Usage]()
    errand = Errand(purse=purse, lost=lambda key, usage: lost.append(usage))

    settings = {"name": "m", "api_key": None, "base_url": f"{url}/v1", "meter": meter}
    async with open_model(
        **settings, attempt_seconds=2, simulated_pace=0, bounds=Bounds(slots=16)
    ) as model_for:
        try:
            outcome = await recipe(model_for(errand))
        except PatternError as err:
            outcome = err

    if share:
        assert not isinstance(outcome, PatternError), outcome
        assert answered(outcome) >= share
    else:
        assert isinstance(outcome, PatternError)
        assert SENTENCE.fullmatch(str(outcome)), str(outcome)
        assert lost == []
    assert purse.reserved == 0
    assert meter.usage.calls == server.calls == len(meter.outcomes), "wasted calls are counted"
    assert meter.usage.tokens <= purse.spent, "what nobody knows is taken from the cap in full"


@pytest.mark.parametrize("asked", [SUMMARY, STORM], ids=lambda asked: asked.recipe)
@pytest.mark.parametrize(
    ("chances", "share"),
    [
        (Chances(seed=1, fail=0.05), 1),
        (Chances(seed=3, fail=0.10, reset=0.10), 0.8),
        (Chances(seed=4, malformed=0.30), 0.6),
    ],
    ids=["5 % fail", "10 % fail and as many break", "30 % malformed"],
)
async def test_a_run_through_the_house_keeps_what_it_got_and_counts_what_it_took(
    serve: Serve, store: SqlRunStore, asked: RunRequest, chances: Chances, share: float
) -> None:
    """With a real database; one call hangs besides."""
    server = ModelServer(OneHangs(chances))
    url = await serve(server.app())
    settings = {"name": "m", "api_key": None, "base_url": f"{url}/v1"}

    async with open_model(**settings, attempt_seconds=2, simulated_pace=0) as model_for:
        sources = FakeSources(messages=SAID)
        executor = Executor(store, sources, model_for, limits=Limits(seconds=10))
        run_id = await added(store, asked)
        await executor.execute(run_id)

    run = await store.get(run_id)
    assert run.status is Status.DONE, run.error
    assert answered(run.result) >= share
    assert run.usage.calls == server.calls
    assert run.usage.tokens > 0


async def test_with_one_call_in_ten_failing_hardly_anything_is_missing(serve: Serve) -> None:
    server = ModelServer(Chances(seed=8, fail=0.05, reset=0.05))
    url = await serve(server.app())
    settings = {"name": "m", "api_key": None, "base_url": f"{url}/v1"}

    async with open_model(**settings, attempt_seconds=5, simulated_pace=0) as model_for:
        model = model_for(Errand())
        tasks = [Task(text=f"Claim {n}") for n in range(20)]
        checks = await asyncio.gather(*(factcheck(t, model, SILENT, Limits()) for t in tasks))

    verdicts = [verdict for check in checks for verdict in check.claims]
    assert len(verdicts) == 20
    assert sum(len(verdict.missing) for verdict in verdicts) <= 1
    assert server.calls > sum(len(verdict.votes) for verdict in verdicts)
