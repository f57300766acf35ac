"""The ways of asking the same n questions: bare calls, and whole runs of the bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import httpx2
import openai
from pydantic import BaseModel

from bot.engine.tasks import TaskEngine
from bot.llm.build import Bounds, open_model
from bot.llm.strict import response_format
from bot.metrics import Metrics
from bot.runs.executor import Executor
from bot.runs.meter import Meter
from bot.runs.model import Audience, Place, Run, RunRequest, Status
from bot.runs.money import Cap, Caps
from bot.runs.ports import Errand, ModelFor, Reading, Trip
from bot.runs.purse import Budget
from bot.runs.sharing import Sharing
from bot.runs.workspace import Preference, ResultShown
from bot.showing.means import Means
from bot.showing.publisher import Publisher
from bot.showing.replies import Replies
from bot.slack.client import connect
from bot.slack.workspaces import one
from bot.store.database import Database
from bot.store.ledger import SqlLedger
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from bot.store.shelf import SqlShelf
from bot.views import card
from bot.views.message import SlackMessage
from bot.views.story import Story
from patterns.errors import ModelRefused, QuorumMissed
from patterns.events import BranchDone
from patterns.evidence import Evidence
from patterns.fanout import Limits
from patterns.ports import SILENT, A, Prompt, Reply
from patterns.recipes.safety import SafetyReport, safety
from patterns.task import Task

CLAIM = "The Great Wall of China is visible from the Moon with the naked eye."
MODEL = "bench"
#: Of the Slack stand-in.
TEAM, CHANNEL, ASKER = "T0TEAM", "C1", "U1"

#: The default client, a thousand calls at once, misses its own five seconds for connecting.
PATIENCE = openai.Timeout(60)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where *n* questions are asked: addresses of the model's API and of Slack's, and a store."""

    model: str
    slack: str
    database: Database
    n: int


@dataclass(frozen=True)
class Took:
    """Seconds on the wall, and of this process's processor time."""

    wall: float
    processor: float


class Watch:
    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def stop(self) -> Took:
        return Took(time.perf_counter() - self._wall, time.process_time() - self._processor)


class _Listener:
    """Keeps the questions of a recipe, so that every way asks the same."""

    def __init__(self) -> None:
        self.prompts: list[Prompt[Any]] = []

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        self.prompts.append(prompt)
        raise ModelRefused("only listening")


async def questions(n: int) -> list[dict[str, Any]]:
    """The bodies of the calls that a panel of *n* makes."""
    listener = _Listener()
    with suppress(QuorumMissed):
        await safety(Task(text=CLAIM, voters=n), listener, SILENT, Limits(width=n))
    return [
        {
            "model": MODEL,
            "messages": [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.text},
            ],
            "response_format": response_format(prompt.answer),
        }
        for prompt in listener.prompts
    ]


def aiohttp_client(url: str) -> openai.AsyncOpenAI:
    limits = httpx2.Limits(max_connections=2000, max_keepalive_connections=2000)
    http = openai.DefaultAioHttpClient(limits=limits, timeout=PATIENCE)
    return openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=http)


def default_client(url: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0, timeout=PATIENCE)


async def bare(
    client: openai.AsyncOpenAI, bodies: Sequence[dict[str, Any]], *, raw: bool = False
) -> Took:
    """All calls at once; one call beforehand warms the client up."""

    async def call(body: dict[str, Any]) -> object:
        if raw:
            return await client.post("/chat/completions", body=body, cast_to=httpx2.Response)
        return await client.chat.completions.create(**body)

    async with client:
        await call(bodies[0])
        watch = Watch()
        await asyncio.gather(*map(call, bodies))
        return watch.stop()


class _NoSources:
    """A claim typed by hand: nothing has to be read."""

    async def admit(self, request: RunRequest, /) -> Audience:
        return Audience.CHANNEL

    async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
        return Reading(())

    def evidence(
        self, request: RunRequest, met: Callable[[Mapping[str, str]], None], until: datetime, /
    ) -> Evidence:
        raise NotImplementedError("a safety panel needs none")


class _WidePanels(SqlRunStore):
    """Seats *voters* on every panel: more than people may ask for."""

    def __init__(self, database: Database, voters: int) -> None:
        super().__init__(database)
        self._voters = voters

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        run = await super().get(run_id, after=after, most=most)
        request = run.request.model_copy(update={"voters": self._voters})
        return run.model_copy(update={"request": request})


class _Word(BaseModel):
    word: str


async def engine(ground: Ground, *, in_slack: bool) -> Took:
    """From the request to the committed result, of a run with *n* voters."""
    store, meter = SqlRunStore(ground.database), Metrics()
    async with AsyncExitStack() as stack:
        model_for = await stack.enter_async_context(_model(ground, meter))
        if in_slack:
            await stack.enter_async_context(shown(store, ground.database, ground.slack))
        await _warm(model_for)
        took, run = await _carried_out(store, ground, model_for, meter)
    # what is not shown yet would be shown at the next start
    run = await store.get(run.id)
    await SqlOutbox(ground.database).delivered(run)
    _check(run, ground.n)
    return took


def _model(ground: Ground, meter: Meter) -> AbstractAsyncContextManager[ModelFor]:
    """Every ring is on; the gate lets all of them in at once, as the bare calls do."""
    return open_model(
        name=MODEL,
        api_key=None,
        base_url=ground.model,
        attempt_seconds=45,
        simulated_pace=0,
        bounds=Bounds(rpm=1e9, tpm=1e12, slots=ground.n),
        meter=meter,
    )


def unbounded(database: Database) -> Budget:
    """Every request asks for its money, and gets it."""
    cap = Cap(tokens=10**15)
    caps = Caps(run=cap, person_day=cap, workspace_month=cap)
    return Budget(SqlLedger(database, caps), caps)


async def _carried_out(
    store: SqlRunStore, ground: Ground, model_for: ModelFor, meter: Meter
) -> tuple[Took, Run]:
    wide = _WidePanels(ground.database, ground.n)
    executor = Executor(
        wide,
        _NoSources(),
        model_for,
        budget=unbounded(ground.database),
        sharing=Sharing(SqlShelf(ground.database, days=7), meter),
        meter=meter,
        limits=Limits(width=ground.n),
    )
    over = asyncio.Event()

    async def execute(run_id: str) -> None:
        await executor.execute(run_id)
        over.set()

    async with TaskEngine(execute, store.open_ids) as tasks:
        watch = Watch()
        run = await store.add(_request())
        assert run
        await tasks.start(run.id)
        await over.wait()
        return watch.stop(), run


@asynccontextmanager
async def shown(store: SqlRunStore, database: Database, slack: str) -> AsyncIterator[None]:
    """The bot's whole way out to Slack, with its views."""

    async def abandon(run_id: str, sentence: str) -> None:
        raise AssertionError(f"run {run_id}: {sentence}")

    async def admit(run: Run) -> Audience:
        return Audience.CHANNEL

    async with connect("xoxb-bench", api_url=slack) as client, asyncio.TaskGroup() as group:
        means = Means(
            store=store,
            outbox=SqlOutbox(database),
            workspaces=await one(client),
            render=_view,
            abandon=abandon,
            replies=Replies(client, api_url=slack),
            admit=admit,
        )
        publisher = Publisher(means)
        store.subscribe(publisher.poke)
        publishing = group.create_task(publisher.run())
        yield
        publishing.cancel()


def _view(run: Run, story: Story, preference: Preference, /, *, files: bool) -> list[SlackMessage]:
    return card.messages(run, story, shown=ResultShown.BOTH, broadcast_after=20, files=files)


def _request() -> RunRequest:
    return RunRequest(
        recipe="safety",
        text=CLAIM,
        fresh=True,
        asked_by=ASKER,
        place=Place(team=TEAM, channel=CHANNEL),
        dedupe=f"{time.monotonic_ns()}",
    )


async def _warm(model_for: ModelFor) -> None:
    await model_for(Errand()).ask(Prompt(key="warm", system="s", text="t", answer=_Word))


def _check(run: Any, n: int) -> None:
    assert run.status is Status.DONE, run.error
    assert isinstance(run.result, SafetyReport)
    assert run.usage.calls >= n, "answers were shared"
    assert not run.result.missing, f"{len(run.result.missing)} answers are missing"
    assert sum(isinstance(timed.event, BranchDone) for timed in run.events) == n


async def _gather(ground: Ground) -> Took:
    return await bare(aiohttp_client(ground.model), await questions(ground.n))


async def _post(ground: Ground) -> Took:
    return await bare(aiohttp_client(ground.model), await questions(ground.n), raw=True)


async def _default(ground: Ground) -> Took:
    return await bare(default_client(ground.model), await questions(ground.n))


GATHER, SHOWN, ENGINE, POST, DEFAULT = (
    "bare gather, aiohttp client",
    "the whole bot, SQLite, shown in Slack",
    "the engine, SQLite, shown nowhere",
    "bare gather, raw post, aiohttp client",
    "bare gather, OpenAI's default client",
)
WAYS: dict[str, Callable[[Ground], Awaitable[Took]]] = {
    GATHER: _gather,
    SHOWN: partial(engine, in_slack=True),
    ENGINE: partial(engine, in_slack=False),
    POST: _post,
    DEFAULT: _default,
}
