"""
What a run costs beside its model calls: the whole engine against a bare `asyncio.gather`.

`python -m benchmarks.overhead` starts a model server of its own, in a process of its own, whose
answers take 200 ms, and carries out the same n questions in four ways, in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import platform
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
import openai
from pydantic import BaseModel

from bot.engine.tasks import TaskEngine
from bot.llm.build import open_model
from bot.llm.strict import response_format
from bot.runs.executor import Executor
from bot.runs.model import Audience, Place, RunRequest, Status
from bot.runs.ports import ModelFor
from bot.store.database import Database, connect, upgrade
from bot.store.runs import SqlRunStore
from patterns.errors import ModelRefused, QuorumMissed
from patterns.fanout import Limits
from patterns.ports import SILENT, A, Prompt, Reply
from patterns.recipes.factcheck import Verdict, factcheck
from patterns.task import Message, Task

CLAIM = "The Great Wall of China is visible from the Moon with the naked eye."
MODEL = "bench"
GATHER, POST, DEFAULT, ENGINE = (
    "bare gather, aiohttp client",
    "bare gather, raw post, aiohttp client",
    "bare gather, OpenAI's default client",
    "the whole engine, SQLite",
)
#: How much longer than the bare gather the engine may take, by the number of branches.
TARGETS = {100: 1.15, 1000: 1.25}

#: The default client, a thousand calls at once, misses its own five seconds for connecting.
PATIENCE = openai.Timeout(60)


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


Timed = Callable[[], Awaitable[Took]]


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
        await factcheck(Task(text=CLAIM, voters=n), listener, SILENT, Limits(width=n))
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
        return Audience.REQUESTER

    async def read(self, request: RunRequest, /) -> tuple[Message, ...]:
        return ()


class _Word(BaseModel):
    word: str


async def engine(url: str, database: Database, n: int) -> Took:
    """From the request to the committed result, of a run with *n* voters."""
    store = SqlRunStore(database)
    settings = {"name": MODEL, "api_key": None, "base_url": url, "simulated_pace": 0}
    async with open_model(**settings, attempt_seconds=45) as model_for:
        await _warm(model_for)
        executor = Executor(store, _NoSources(), model_for, limits=Limits(width=n))
        over = asyncio.Event()

        async def execute(run_id: str) -> None:
            await executor.execute(run_id)
            over.set()

        async with TaskEngine(execute, store.open_ids) as tasks:
            watch = Watch()
            run = await store.add(_request(n))
            assert run
            await tasks.start(run.id)
            await over.wait()
            took = watch.stop()
    _check(await store.get(run.id), n)
    return took


def _request(n: int) -> RunRequest:
    return RunRequest(
        recipe="factcheck",
        text=CLAIM,
        voters=n,
        asked_by="bench",
        place=Place(team="", channel="console"),
        dedupe=f"{n}-{time.monotonic_ns()}",
    )


async def _warm(model_for: ModelFor) -> None:
    await model_for(SILENT).ask(Prompt(key="warm", system="s", text="t", answer=_Word))


def _check(run: Any, n: int) -> None:
    assert run.status is Status.DONE, run.error
    assert isinstance(run.result, Verdict)
    assert len(run.result.votes) == n, f"{n - len(run.result.votes)} answers are missing"
    assert len(run.events) == 1 + 2 * n


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way of asking; *ratio* is its wall time to that of the bare gather."""

    branches: int
    way: str
    wall: tuple[float, ...]
    processor: tuple[float, ...]
    ratio: float

    def __str__(self) -> str:
        spread = f"{min(self.wall):.3f} … {max(self.wall):.3f}"
        middle = f"{median(self.wall):>8.3f}  {spread:>16}"
        return (
            f"{self.branches:>8}  {self.way:<38}{middle}  {median(self.processor):>9.3f}"
            f"  {self.ratio:>6.2f}"
        )


async def compare(url: str, database: Database, n: int, rounds: int) -> list[Row]:
    """Each way once a round; who begins changes from round to round."""
    bodies = await questions(n)
    ways: dict[str, Timed] = {
        GATHER: lambda: bare(aiohttp_client(url), bodies),
        ENGINE: lambda: engine(url, database, n),
        POST: lambda: bare(aiohttp_client(url), bodies, raw=True),
        DEFAULT: lambda: bare(default_client(url), bodies),
    }
    took: dict[str, list[Took]] = {way: [] for way in ways}
    names = list(ways)
    for turn in range(rounds):
        start = turn % len(names)
        for way in names[start:] + names[:start]:
            gc.collect()
            took[way].append(await ways[way]())
    return [_row(n, way, took[way], took[GATHER]) for way in ways]


def _row(n: int, way: str, took: Sequence[Took], floor: Sequence[Took]) -> Row:
    """The ratio is within each round: what slows the machine for a while slows both sides."""
    return Row(
        branches=n,
        way=way,
        wall=tuple(round(one.wall, 4) for one in took),
        processor=tuple(round(one.processor, 4) for one in took),
        ratio=median(one.wall / other.wall for one, other in zip(took, floor, strict=True)),
    )


@asynccontextmanager
async def model_server(latency: float) -> AsyncIterator[str]:
    command = ("-m", "tests.fakes.model_server", "--latency", str(latency))
    server = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert server.stdout
        yield (await server.stdout.readline()).decode().strip()
    finally:
        server.terminate()
        await server.wait()


async def run(options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="quorum-bench-") as folder:
        database_url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        await upgrade(database_url)
        async with model_server(options.latency) as url, connect(database_url) as database:
            await engine(url, database, 10)  # what is imported and compiled on first use
            for n in options.branches:
                rows += await compare(url, database, n, options.rounds)
    return rows


def report(rows: Sequence[Row], options: argparse.Namespace) -> None:
    print(f"Python {platform.python_version()}, openai {openai.__version__},", end=" ")
    print(f"{options.rounds} rounds, answers after {options.latency * 1000:.0f} ms\n")
    columns = ("branches", "way", "median", "min … max", "processor", "ratio")
    print("{:>8}  {:<38}{:>8}  {:>16}  {:>9}  {:>6}".format(*columns))
    for row in rows:
        print(row)
    print()
    for row in rows:
        if row.way == ENGINE and row.branches in TARGETS:
            target = TARGETS[row.branches]
            verdict = "kept" if row.ratio <= target else "MISSED"
            print(f"{row.branches} branches: {row.ratio:.2f} of at most {target:.2f}: {verdict}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--branches", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds a call takes")
    parser.add_argument("--json", action="store_true", help="all figures, for machines")
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rows = asyncio.run(run(options))
    if options.json:
        print(json.dumps([row.__dict__ for row in rows], indent=2))
    else:
        report(rows, options)
    return int(any(row.ratio > TARGETS.get(row.branches, 9) for row in rows if row.way == ENGINE))


if __name__ == "__main__":
    sys.exit(main())
