"""
What a run costs beside its model calls: the whole bot against a bare `asyncio.gather`.

`python -m benchmarks.overhead` starts a model server and a Slack of its own, each in a process of
its own; the model's answers take 200 ms. The same n questions are asked in five ways, in turn.
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
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import openai

from benchmarks.servers import model_server, slack_api
from benchmarks.ways import Took, aiohttp_client, bare, default_client, engine, questions
from bot.store.database import Database, connect, upgrade

GATHER, POST, DEFAULT, ENGINE, SHOWN = (
    "bare gather, aiohttp client",
    "bare gather, raw post, aiohttp client",
    "bare gather, OpenAI's default client",
    "the engine, SQLite, shown nowhere",
    "the whole bot, SQLite, shown in Slack",
)
#: How much longer than the bare gather the whole bot may take, by the number of branches.
TARGETS = {100: 1.15, 1000: 1.25}

Timed = Callable[[], Awaitable[Took]]


@dataclass(frozen=True, kw_only=True)
class Urls:
    """Where the model's API is, and Slack's."""

    model: str
    slack: str


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


async def compare(urls: Urls, database: Database, n: int, rounds: int) -> list[Row]:
    """Each way once a round; who begins changes from round to round."""
    bodies = await questions(n)
    ways: dict[str, Timed] = {
        GATHER: lambda: bare(aiohttp_client(urls.model), bodies),
        SHOWN: lambda: engine(urls.model, database, n, slack=urls.slack),
        ENGINE: lambda: engine(urls.model, database, n),
        POST: lambda: bare(aiohttp_client(urls.model), bodies, raw=True),
        DEFAULT: lambda: bare(default_client(urls.model), bodies),
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


async def run(options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="quorum-bench-") as folder:
        database_url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        await upgrade(database_url)
        async with (
            model_server(options.latency) as model,
            slack_api() as slack,
            connect(database_url) as database,
        ):
            # what is imported and compiled on first use
            await engine(model, database, 10, slack=slack)
            for n in options.branches:
                urls = Urls(model=model, slack=slack)
                rows += await compare(urls, database, n, options.rounds)
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
        if row.way == SHOWN and row.branches in TARGETS:
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
    return int(any(row.ratio > TARGETS.get(row.branches, 9) for row in rows if row.way == SHOWN))


if __name__ == "__main__":
    sys.exit(main())
