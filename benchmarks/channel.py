"""
A whole channel by one command: is every message read once, does every link lead somewhere, what
does it take, and what does it take the next day?

`python -m benchmarks.channel FOLDER` imports a Slack export (or a channel's `messages.jsonl`;
without a folder half a year of made-up talk) into the playground, starts the bot beside it and a
model server that answers in 50 ms, and asks for a summary of all of it. Then it adds three late
replies and forty new messages, and asks again. What it prints are counts and ratios, not verdicts
on a machine; it fails where a message is missing or read twice, a link leads nowhere or the second
run asks for more than seven parts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from math import ceil, log
from pathlib import Path
from random import Random
from typing import Any

from patterns.fence import CLOSE
from playground import importing
from playground.sample import sample
from playground.values import Message
from playground.workspace import Workspace
from tests.e2e.town import Town, town, until
from tests.fakes.model_server import Asked, ModelServer, Turn, says
from tests.serving import serving

LATE, NEW, MOST_AGAIN = 3, 40, 7
DAYS = 366
MADE_UP, THREADED = 6_000, 0.8
WORDS = (
    "we", "ship", "the", "box", "on", "Friday", "after", "lunch", "if", "nobody", "finds", "it",
    "another", "problem", "with",
)  # fmt: skip
_LINE = re.compile(r"^⟦?[ ]*\[(\d+)\] (\S+?)(?: \(bot\))?: (.*)$", re.MULTILINE)
#: Every so many lines say something.
STEP = 12
#: No mention, no mark and nothing escaped.
_PLAIN = re.compile(r"[\w\s.,:;!?'()/-]+")
_LINK = re.compile(r"/archives/(\w+)/p(\d{10})(\d{6})")


@dataclass
class Served:
    """What the model server was asked: lines of parts by their words, and when; no hedge twice."""

    said: Counter[str] = field(default_factory=Counter[str])
    lines: int = 0
    parts: int = 0
    merges: int = 0
    mends: int = 0
    begun: float = 0
    ended: float = 0
    known: set[str] = field(default_factory=set[str])

    def __call__(self, asked: Asked) -> Turn:
        now = time.monotonic()
        self.begun = self.begun or now
        self.ended = now
        first = asked.prompt not in self.known
        self.known.add(asked.prompt)
        if "conflicts" in asked.schema["properties"]:
            self.merges += first
            return says(json.dumps({"overview": [], "same": [], "conflicts": []}))
        if " — Fault: " in asked.text:
            self.mends += first
            return says(json.dumps({"overview": [], "items": []}))
        lines = _LINE.findall(asked.text)
        if first:
            self.parts += 1
            self.lines += len(lines)
            self.said.update(said.rstrip(f" {CLOSE}") for _, _, said in lines)
        told = [{"text": "This is what was said.", "items": [1]}]
        return says(json.dumps({"overview": told, "items": list(map(_item, lines[::STEP]))}))


def _item(line: tuple[str, str, str]) -> dict[str, Any]:
    """The first words of a line, at next to no cost: the server shares the machine with the bot."""
    number, author, said = line
    return {
        "kind": "decision",
        "text": " ".join(said.split()[:12]),
        "lines": [int(number)],
        "quote": " ".join(said.split()[:12]),
        "speaker": author,
        "owner": None,
        "due": None,
        "confidence": 4,
    }


async def main() -> int:
    options = _options()
    workspace = importing.load(options.folder) if options.folder else _made_up()
    print(options.folder or "no folder is given: the talk is made up")
    channel = max(workspace.logs, key=lambda each: len(workspace.logs[each]))
    messages, wanted = len(workspace.logs[channel]), _words(workspace, channel)
    runs: list[Run] = []
    served = [Served(), Served()]
    model = ModelServer(
        lambda asked: served[len(runs)](asked), latency=options.latency / 1000, keep=False
    )
    with tempfile.TemporaryDirectory() as folder:
        async with (
            serving() as serve,
            town(serve, Path(folder), model=model, workspace=workspace, env=_env(options)) as here,
        ):
            for number in range(len(served)):
                if number:
                    _add(workspace, channel)
                run = await _summarized(here, channel)
                runs.append(run)
                _tell(run, served[number], options)
    first, second = runs
    dead = _dead(first, workspace)
    missed = wanted - served[0].said
    once = served[0].lines == first.result["read"] == first.result["messages"] == messages
    once = once and not missed
    print(f"{served[0].lines:,} lines of {messages:,} messages in questions, each once: {once}")
    print(f"of {wanted.total():,} that were looked up by their words, missing: {missed.total()}")
    print(f"links in the result: {len(first.links):,}, of which lead nowhere: {len(dead)}")
    print(f"after {LATE} late replies and {NEW} messages: {served[1].parts} parts asked")
    whole = second.result["read"] == messages + LATE + NEW
    return int(not (once and whole) or bool(dead) or served[1].parts > MOST_AGAIN)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.channel", description=__doc__)
    parser.add_argument("folder", nargs="?", help="with an export, or a messages.jsonl")
    parser.add_argument("--latency", type=float, default=50, help="milliseconds of an answer")
    parser.add_argument("--width", type=int, default=8, help="questions at once")
    return parser.parse_args()


@dataclass(frozen=True)
class Run:
    """
    Seconds from the command, at *begun*, to the outcome, and until Slack shows all of it; *peak*
    is bytes of the bot's memory.
    """

    result: dict[str, Any]
    begun: float
    seconds: float
    shown: float
    peak: int

    @property
    def links(self) -> set[str]:
        told = [*self.result["points"], *self.result["overview"]]
        return {link for each in told for link in each["links"]}


def _env(options: argparse.Namespace) -> dict[str, str]:
    return {
        "QUORUM_CAP_RUN": "off",
        "QUORUM_CAP_PERSON_DAY": "off",
        "QUORUM_RUN_SECONDS": "3600",
        "QUORUM_SLACK_PACE": "1000",
        "QUORUM_MAX_CONCURRENCY": str(options.width),
        "QUORUM_MAX_CALLS": str(options.width),
    }


async def _summarized(here: Town, channel: str) -> Run:
    place = here.workspace.channels[channel]
    member = next(each for each in place.members if each != here.workspace.bot)
    who = here.workspace.people[member].name
    known, begun = len(_results(here)), time.monotonic()
    await here.say(f"/summarize since {DAYS}d", person=who, channel=place.name)
    results = await until(lambda: (found := _results(here))[known:] and found, seconds=1_800)
    seconds = time.monotonic() - begun
    await until(lambda: all(_rows(here, "delivered")), seconds=600)  # or the next one waits for it
    shown = time.monotonic() - begun
    return Run(json.loads(results[-1]), begun, seconds, shown, _peak(here))


def _results(here: Town) -> list[str]:
    """Of runs that are done, in their order; fails where one is not."""
    assert not set(_rows(here, "error")) - {None}, _rows(here, "error")
    return [result for result in _rows(here, "result") if result]


def _rows(here: Town, column: str) -> list[Any]:
    """What stands there for every run, in their order."""
    with sqlite3.connect(f"file:{here.database}?mode=ro", uri=True) as database:
        rows = database.execute(f"SELECT {column} FROM runs ORDER BY created_at").fetchall()  # noqa: S608
    return [value for (value,) in rows]


def _peak(here: Town) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{here.bot.pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def _tell(run: Run, served: Served, options: argparse.Namespace) -> None:
    calls = served.parts + served.mends + served.merges
    took = served.ended - served.begun
    print(
        f"{run.result['read']:,} of {run.result['messages']:,} messages, {run.result['threads']:,} "
        f"threads, {len(run.result['points']):,} points: {served.parts} parts + {served.mends} "
        f"mends + {served.merges} merges; {run.seconds:.1f} s in all, "
        f"{served.begun - run.begun:.1f} s until the first question, {took:.2f} s from it to the "
        f"last answer, {run.shown - run.seconds:.1f} s more until all is shown; "
        f"{run.peak / 1024**2:.0f} MB at the peak"
    )
    if served.parts == run.result["parts"]:  # else most of the time is for answers that are kept
        levels = ceil(log(max(served.parts, 2), 8))
        ideal = (ceil(calls / options.width) + levels) * options.latency / 1000
        print(f"that is {took / ideal:.2f} times what the answers take side by side")


def _dead(run: Run, workspace: Workspace) -> set[str]:
    """Links of *run* that lead to no message."""
    ways = {link: _LINK.search(link) for link in run.links}
    return {
        link
        for link, way in ways.items()
        if way is None or workspace.find(way[1], f"{way[2]}.{way[3]}") is None
    }


def _words(workspace: Workspace, channel: str) -> Counter[str]:
    """The first lines of messages that are shown as they were typed."""
    texts = (said.text.strip() for said in workspace.logs[channel].all())
    return Counter(text.split("\n")[0].rstrip() for text in texts if _PLAIN.fullmatch(text))


def _add(workspace: Workspace, channel: str) -> None:
    """Late replies to threads all over the channel, and new messages at its end."""
    said = [each for each in workspace.logs[channel].all() if each.user != workspace.bot]
    random = Random(1)  # noqa: S311 - the same every time
    for number in range(LATE):
        root = random.choice(said[: len(said) * 9 // 10])
        ts = root.thread_ts or root.ts
        text = f"Late, but number {number} matters: we decided to keep it."
        workspace.post(channel, Message(ts="", user=root.user, text=text, thread_ts=ts))
    for number in range(NEW):
        text = f"New today: box {number} is on its way, and I'll check it by Friday."
        workspace.post(channel, Message(ts="", user=said[number].user, text=text))


def _made_up() -> Workspace:
    """A busy channel of half a year, in threads of all lengths."""
    workspace, random = sample(), Random(7)  # noqa: S311 - the same every time
    channel = workspace.channel_named("general").id
    people = [person.id for person in workspace.people.values() if not person.bot]
    root = ""
    for number in range(MADE_UP):
        at = time.time() - 180 * 86_400 + number * 1_000
        ts = f"{int(at)}.{number:06}"
        root = root if root and random.random() < THREADED else ""
        text = " ".join(random.choices(WORDS, k=random.randint(3, 60)))
        said = Message(ts=ts, user=random.choice(people), text=text, thread_ts=root or None)
        workspace.logs[channel].put(said)
        root = root or ts
    return workspace


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
