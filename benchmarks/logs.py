"""
How fast is a log read, how small does it stay, and are its counts exact? A million lines.

`python -m benchmarks.logs` writes a log of which all is known, takes it through the recipe with a
scripted model, and compares each shape that the model was shown with what was written: how many
lines, and which of them was the first. Bare reading of the same lines is the floor.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from patterns.fanout import Limits
from patterns.ports import SILENT, Prompt
from patterns.recipes.logs import LogReport, logs
from patterns.task import Document, Task
from patterns.testing import ScriptedModel

#: Targets of the reference: lines a second, model calls, bytes.
LINES_LEAST, CALLS_MOST, BYTES_MOST = 50_000, 20, 150e6
_LEVELS = ("DEBUG", "INFO", "INFO", "INFO", "WARN", "ERROR")
_SYLLABLES = [first + last for first in "bdfgklmnprstvz" for last in "aeiou"]
_ENTRY = re.compile(r"^⟦?\[\d+\] ([\d,]+) in all, lines ([\d,]+) to ", re.MULTILINE)


@dataclass
class Written:
    """What is known of a log: of each template, how many lines, and the first of them."""

    counts: Counter[int] = field(default_factory=Counter[int])
    firsts: dict[int, int] = field(default_factory=dict[int, int])

    @property
    def known(self) -> Mapping[int, int]:
        """Counts by the number of the first line."""
        return {self.firsts[template]: count for template, count in self.counts.items()}


def write(path: Path, lines: int, templates: int, seed: int) -> Written:
    """Templates come as words do: the nth most frequent one n times as seldom as the first."""
    chance = random.Random(seed)  # noqa: S311 - nothing is secret here
    shapes = [_shape(chance) for _ in range(templates)]
    weights = [1 / (n + 1) for n in range(templates)]
    written = Written()
    drawn = (chance.choices(range(templates), weights)[0] for _ in range(lines))
    with path.open("w", encoding="utf-8") as log:
        for number, template in enumerate(drawn, 1):
            written.counts[template] += 1
            written.firsts.setdefault(template, number)
            seconds = number // 20
            at = f"2026-11-{1 + seconds // 86_400:02}T{_clock(seconds)}.{number % 20 * 50:03}Z"
            log.write(f"{at} {shapes[template](chance)}\n")
    return written


def _clock(seconds: int) -> str:
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _shape(chance: random.Random) -> Callable[[random.Random], str]:
    """A level, words of its own, and what varies between them."""
    level = chance.choice(_LEVELS)
    parts = [_word(chance) for _ in range(chance.randint(5, 9))]
    for _ in range(chance.randint(1, 3)):
        parts.insert(chance.randint(2, len(parts)), chance.choice(list(_VARYING)))

    def line(chance: random.Random) -> str:
        words = (_VARYING[part](chance) if part in _VARYING else part for part in parts)
        return f"{level} {' '.join(words)}"

    return line


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(3))


_NAMES = [first + last for first in _SYLLABLES for last in _SYLLABLES]
_VARYING: Mapping[str, Callable[[random.Random], str]] = {
    "<number>": lambda chance: str(chance.randrange(1_000_000)),
    "<took>": lambda chance: f"{chance.random() * 100:.2f}ms",
    "<host>": lambda chance: f"10.{chance.randrange(256)}.{chance.randrange(256)}.7:8080",
    "<hash>": lambda chance: f"{chance.randrange(16**12):012x}",
    "<path>": lambda chance: f"/srv/data/{chance.randrange(10_000)}/part-{chance.randrange(64):05}",
    "<name>": lambda chance: chance.choice(_NAMES),
}


def document(path: Path) -> Document:
    async def lines() -> AsyncGenerator[str]:
        with path.open(encoding="utf-8") as log:
            for line in log:
                yield line.rstrip("\n")

    return Document(name=path.name, lines=lines)


async def floor(read: Document) -> float:
    """Seconds that it takes to look at every line once."""
    began = time.perf_counter()
    async for _ in read.lines():
        pass
    return time.perf_counter() - began


class Reader:
    """The scripted model, which keeps what it was shown of every shape."""

    def __init__(self) -> None:
        self.shown: dict[int, int] = {}
        self.calls = 0

    def __call__(self, prompt: Prompt[Any]) -> Mapping[str, Any]:
        self.calls += 1
        if prompt.key.startswith("merge"):
            return {"overview": "Much is written.", "same": [[1, 2]]}
        entries = [
            [int(n.replace(",", "")) for n in found] for found in _ENTRY.findall(prompt.text)
        ]
        self.shown |= {first: count for count, first in entries}
        number = int(re.findall(r"\[(\d+)\]", prompt.text)[0])
        fine = {
            "severity": "notice",
            "title": "It goes on",
            "text": "As ever.",
            "templates": [number],
        }
        false = fine | {"title": "123456789 failures"}
        return {"overview": "Much is written.", "findings": [fine, false]}


async def run(options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="quorum-bench-") as folder:
        path = Path(folder) / "app.log"
        written = write(path, options.lines, options.templates, options.seed)
        read, reader = document(path), Reader()
        bare = await floor(read)
        began = time.perf_counter()
        task = Task(documents=[read])
        report = await logs(task, ScriptedModel(reader, keep=False), SILENT, Limits())
        took = time.perf_counter() - began
    return told(report, reader, written, bare, took)


def told(report: LogReport, reader: Reader, written: Written, bare: float, took: float) -> bool:
    """Prints the figures; true where all targets are met."""
    speed = report.lines / took
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    exact = reader.shown == written.known
    print(f"{report.lines:,} lines, {report.templates:,} shapes, {report.rare:,} in none of them")
    print(f"bare reading   {report.lines / bare:>11,.0f} lines/s   {bare:>6.1f} s")
    print(f"the recipe     {speed:>11,.0f} lines/s   {took:>6.1f} s   {took / bare:.1f} times")
    kept = {
        f"at least {LINES_LEAST:,} lines/s": speed >= LINES_LEAST,
        f"{reader.calls} model calls, at most {CALLS_MOST}": reader.calls <= CALLS_MOST,
        f"{peak / 1e6:.0f} MB at the peak, at most {BYTES_MOST / 1e6:.0f}": peak <= BYTES_MOST,
        f"{len(reader.shown):,} shapes shown, counts and first lines exact": exact,
        f"{report.dropped} false findings dropped": report.dropped == reader.calls - 1,
    }
    for target, met in kept.items():
        print(f"{target}: {'kept' if met else 'MISSED'}")
    return all(kept.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--templates", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    return int(not asyncio.run(run(parser.parse_args())))


if __name__ == "__main__":
    sys.exit(main())
