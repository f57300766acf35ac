"""
What a run costs beside its model calls: the whole bot against a bare `asyncio.gather`.

`python -m benchmarks.overhead` starts a model server and a Slack of its own, each in a process of
its own. The same n questions are asked in five ways, in turn: first of a model whose answers take
200 ms, then of one whose answers take as long as real ones do, most about 200 ms, a few a second.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import platform
import resource
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import openai

from benchmarks import peak
from benchmarks.servers import model_server, slack_api
from benchmarks.ways import DEFAULT, GATHER, SHOWN, WAYS, Ground, Took
from bot.store.database import Database, connect, upgrade

#: How much longer than the bare gather the whole bot may take, by the number of branches.
TARGETS = {100: 1.10, 1000: 1.15}
#: From so many branches on it takes less than the bare gather on OpenAI's default client …
MANY = 100
#: … and a branch takes no more memory than this.
BYTES_MOST = 60_000
FIXED, SPREAD = 0.0, 0.5


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way of asking; *ratio* is its wall time to that of the bare gather."""

    spread: float
    branches: int
    way: str
    wall: tuple[float, ...]
    processor: tuple[float, ...]
    ratio: float
    peak: int | None

    def __str__(self) -> str:
        span = f"{min(self.wall):.3f} … {max(self.wall):.3f}"
        call = median(self.processor) / self.branches * 1e6
        memory = "" if self.peak is None else f"{self.peak / self.branches / 1000:.1f}"
        return (
            f"{self.branches:>8}  {self.way:<38}{median(self.wall):>8.3f}  {span:>16}"
            f"  {call:>9.0f}  {memory:>8}  {self.ratio:>6.2f}"
        )


class Bench:
    """*spread* is that of the latencies; 0: they are all the same."""

    def __init__(self, options: argparse.Namespace, database: Database, slack: str) -> None:
        self._options = options
        self._database = database
        self._slack = slack

    async def compare(self, spread: float, n: int) -> list[Row]:
        """Each way once a round; who begins changes from round to round."""
        took: dict[str, list[Took]] = {way: [] for way in WAYS}
        names = list(WAYS)
        for turn in range(self._options.rounds):
            start = turn % len(names)
            for way in names[start:] + names[:start]:
                async with self._ground(spread, n, seed=turn) as ground:
                    gc.collect()
                    took[way].append(await WAYS[way](ground))
        peaks = await self._peaks(spread, n)
        floor = took[GATHER]
        return [_row(spread, n, way, took[way], floor=floor, most=peaks.get(way)) for way in WAYS]

    async def _peaks(self, spread: float, n: int) -> dict[str, int]:
        if spread or n < MANY:
            return {}
        async with self._ground(spread, n, seed=0) as ground:
            return {way: await peak.of(way, ground) for way in WAYS}

    @asynccontextmanager
    async def _ground(self, spread: float, n: int, *, seed: int) -> AsyncIterator[Ground]:
        """A new server each time: so that the nth call takes equally long in every way."""
        latency = self._options.latency
        async with model_server(latency, lognormal=spread, seed=seed) as model:
            yield Ground(model=model, slack=self._slack, database=self._database, n=n)


def _row(
    spread: float,
    n: int,
    way: str,
    took: Sequence[Took],
    *,
    floor: Sequence[Took],
    most: int | None,
) -> Row:
    """The ratio is within each round: what slows the machine for a while slows both sides."""
    return Row(
        spread=spread,
        branches=n,
        way=way,
        wall=tuple(round(one.wall, 4) for one in took),
        processor=tuple(round(one.processor, 4) for one in took),
        ratio=median(one.wall / other.wall for one, other in zip(took, floor, strict=True)),
        peak=most,
    )


async def run(options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="quorum-bench-") as folder:
        database_url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        await upgrade(database_url)
        async with slack_api() as slack, connect(database_url) as database:
            async with model_server(0) as model:
                # what is imported and compiled on first use
                ground = Ground(model=model, slack=slack, database=database, n=10)
                for way in WAYS.values():
                    await way(ground)
            bench = Bench(options, database, slack)
            for spread in options.spreads:
                for n in options.branches:
                    rows += await bench.compare(spread, n)
                    print(".", end="", file=sys.stderr, flush=True)
    return rows


def report(rows: Sequence[Row], options: argparse.Namespace) -> None:
    print(f"\nPython {platform.python_version()}, openai {openai.__version__},", end=" ")
    print(f"{options.rounds} rounds")
    for spread in options.spreads:
        kind = f"about (lognormal, sigma {spread:g})" if spread else "after"
        print(f"\nanswers {kind} {options.latency * 1000:.0f} ms\n")
        columns = ("branches", "way", "median s", "min … max", "µs a call", "kB each", "ratio")
        print("{:>8}  {:<38}{:>8}  {:>16}  {:>9}  {:>8}  {:>6}".format(*columns))
        for row in rows:
            if row.spread == spread:
                print(row)
    print()


def verdicts(rows: Sequence[Row]) -> dict[str, bool]:
    """Sentences on what was promised, and whether it was kept; of equal latencies alone."""
    kept: dict[str, bool] = {}
    even = {(row.branches, row.way): row for row in rows if row.spread == FIXED}
    for (n, way), row in even.items():
        if way != SHOWN:
            continue
        if n in TARGETS:
            most = TARGETS[n]
            kept[f"{n} branches: {row.ratio:.2f} of the floor, at most {most:.2f}"] = (
                row.ratio <= most
            )
        if n >= MANY and row.peak is not None:
            default = even[n, DEFAULT].ratio
            said = f"{n} branches: {row.ratio:.2f} of the floor, OpenAI's default client"
            kept[f"{said} {default:.2f}"] = row.ratio < default
            said = f"{n} branches: {row.peak / n / 1000:.1f} kB each, at most"
            kept[f"{said} {BYTES_MOST / 1000:.0f}"] = row.peak <= n * BYTES_MOST
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--branches", type=int, nargs="+", default=[3, 10, 100, 1000, 5000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds a call takes")
    parser.add_argument(
        "--spreads", type=float, nargs="+", default=[FIXED, SPREAD], help="of latencies; 0: none"
    )
    parser.add_argument("--json", action="store_true", help="all figures, for machines")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rows = asyncio.run(run(options))
    kept = verdicts(rows)
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        report(rows, options)
        for said, held in kept.items():
            print(f"{said}: {'kept' if held else 'MISSED'}")
    return int(not all(kept.values()))


if __name__ == "__main__":
    sys.exit(main())
