"""The three patterns at work, watched from outside. Every answer is scripted: no model is asked."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Event,
    Planned,
)
from patterns.fanout import Limits
from patterns.map_reduce import map_reduce
from patterns.ports import EventSink, Model, Prompt
from patterns.sectioning import section
from patterns.testing import ScriptedModel
from patterns.voting import vote

Write = Callable[[str], None]

_TOPIC = "Should our team move to a four-day week?"
_SECTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Output": (
        "What was measured elsewhere stayed level where meetings were cut first.",
        ("Cut meetings before hours.", "Compare whole quarters, not single weeks."),
    ),
    "People": (
        "People rest more, and parents gain most; whoever is on call gains least.",
        ("Share the day on call fairly.",),
    ),
    "Customers": (
        "Support has to answer on five days, so one day off for all does not work.",
        ("Stagger the days off in support.", "Compare whole quarters, not single weeks."),
    ),
}
_QUESTION = "Is a tomato a fruit?"
_BALLOTS = (
    ("Yes.", 0.9, "It grows from the flower and holds the seeds."),
    ("yes", 0.8, "By botany it is even a berry."),
    ("No", 0.6, "In a kitchen it is a vegetable."),
)
_DOCUMENTS = {
    "monday.txt": "The press broke at nine. Ada ordered a new belt; it comes on Thursday.",
    "tuesday.txt": "We printed by hand. Forty posters were late, and two customers wrote to us.",
    "wednesday.txt": "Ben called both customers. They wait until Friday if we tell them today.",
}
_SUMMARIES = {
    "monday.txt": "The press broke; the new belt comes on Thursday.",
    "tuesday.txt": "Forty posters are late and two customers complained.",
    "wednesday.txt": "Both customers wait until Friday if they hear today.",
}
#: How long the answers take, as shares of the pace: the first asked is not the first to come.
_SHARES = (1.0, 0.6, 1.4)


@dataclass(frozen=True, kw_only=True)
class _Demo:
    """One pattern: what it is asked, how to run it, what the scripted model says."""

    title: str
    asked: str
    script: Callable[[Prompt[Any]], Mapping[str, Any]]
    run: Callable[[Model, EventSink, Limits], Awaitable[list[str]]]


class Watched:
    """A sink that writes every event down as it happens, and adds up what branches took."""

    def __init__(self, write: Write, now: Callable[[], float]) -> None:
        self._write = write
        self._now = now
        self._began = now()
        self._titles: dict[str, str] = {}
        self._starts: dict[str, float] = {}
        self.added_up = 0.0

    @property
    def seconds(self) -> float:
        return self._now() - self._began

    def emit(self, event: Event, /) -> None:
        match event:
            case Planned():
                self._titles.update((branch.key, branch.title) for branch in event.branches)
            case BranchStarted():
                self._starts[event.branch] = self.seconds
                self._tell(event.branch, "…")
            case BranchProgress():
                self._tell(event.branch, f"  {event.note}")
            case BranchDone():
                self._end(event.branch, f"✓ {event.headline}")
            case BranchFailed():
                self._end(event.branch, f"✗ {event.reason}")
            case _:
                assert_never(event)

    def _end(self, key: str, text: str) -> None:
        self.added_up += self.seconds - self._starts[key]
        self._tell(key, text)

    def _tell(self, key: str, text: str) -> None:
        self._write(f"  {self.seconds:5.2f} s  {self._titles[key]:<14} {text}")


def main(argv: Sequence[str] | None = None) -> None:
    """Show the demos named in *argv* (the program's own arguments if None), or all three."""
    asked = _parser().parse_args(argv)
    asyncio.run(_show(asked.demo or list(_DEMOS), asked.pace, asked.width, _print))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m patterns",
        description="Three patterns at work on scripted answers: no model is asked, nothing is "
        "sent anywhere.",
    )
    parser.add_argument(
        "demo", nargs="*", type=_known, metavar="DEMO", help=f"{', '.join(_DEMOS)} (default: all)"
    )
    parser.add_argument(
        "--pace", type=_pace, default=0.5, help="seconds that a scripted answer takes (%(default)s)"
    )
    parser.add_argument(
        "--width", type=_width, default=8, help="branches at once; 1 is one after the other"
    )
    return parser


def _known(name: str) -> str:
    if name not in _DEMOS:
        raise argparse.ArgumentTypeError(f"there is no demo {name!r}: {', '.join(_DEMOS)}")
    return name


def _pace(text: str) -> float:
    if not 0 <= (pace := float(text)) <= 60:  # noqa: PLR2004 - the sentence below says it
        raise argparse.ArgumentTypeError("a pace is from 0 to 60 seconds")
    return pace


def _width(text: str) -> int:
    if (width := int(text)) < 1:
        raise argparse.ArgumentTypeError("a width is 1 or more")
    return width


async def _show(chosen: Sequence[str], pace: float, width: int, write: Write) -> None:
    write("The answers below are scripted. What is real is how the branches run.")
    for name in chosen:
        demo = _DEMOS[name]
        write(f"\n{demo.title}\n  {demo.asked}\n")
        watched = Watched(write, asyncio.get_running_loop().time)
        model = ScriptedModel(demo.script, delay=lambda prompt: pace * _share(prompt.key))
        result = await demo.run(model, watched, Limits(width=width))
        seconds = watched.seconds
        write("")
        for line in result:
            write(f"  {line}")
        write(
            f"  Side by side: {seconds:.2f} s. One after the other: {watched.added_up:.2f} s "
            f"for the same {len(model.asked)} answers."
        )


def _share(key: str) -> float:
    number = key.rpartition("-")[2]
    return _SHARES[(int(number) - 1) % len(_SHARES)] if number.isdigit() else 1.0


async def _sectioning(model: Model, sink: EventSink, limits: Limits) -> list[str]:
    result = await section(_TOPIC, list(_SECTIONS), model, sink=sink, limits=limits)
    points = [f"- {point}" for point in result.all_key_points]
    return [result.summary, *points]


def _sections(prompt: Prompt[Any]) -> Mapping[str, Any]:
    if prompt.key == "synthesis":
        return {"summary": "Try it for a quarter, with the days off staggered in support."}
    content, key_points = _SECTIONS[prompt.title]
    return {"content": content, "key_points": list(key_points)}


async def _voting(model: Model, sink: EventSink, limits: Limits) -> list[str]:
    result = await vote(_QUESTION, model, voters=len(_BALLOTS), sink=sink, limits=limits)
    return [f"{result.winning_answer} ({result.vote_count} of {result.total_votes} voters)"]


def _ballots(prompt: Prompt[Any]) -> Mapping[str, Any]:
    answer, confidence, reasoning = _BALLOTS[int(prompt.key.rpartition("-")[2]) - 1]
    return {"answer": answer, "confidence": confidence, "reasoning": reasoning}


async def _reading(model: Model, sink: EventSink, limits: Limits) -> list[str]:
    result = await map_reduce(list(_DOCUMENTS.items()), model, sink=sink, limits=limits)
    counts = f"({result.total_documents} documents, {result.total_words} words)"
    return [f"{result.combined_summary} {counts}"]


def _summaries(prompt: Prompt[Any]) -> Mapping[str, Any]:
    merged = "The press stands until Thursday; tell both customers today that Friday is the day."
    return {"summary": _SUMMARIES.get(prompt.title, merged)}


_DEMOS: Mapping[str, _Demo] = {
    "section": _Demo(
        title="Sectioning: every helper has its own part",
        asked=_TOPIC,
        script=_sections,
        run=_sectioning,
    ),
    "vote": _Demo(
        title="Voting: independent voters, the majority counts",
        asked=_QUESTION,
        script=_ballots,
        run=_voting,
    ),
    "map-reduce": _Demo(
        title="Map-reduce: read side by side, then merge",
        asked=", ".join(_DOCUMENTS),
        script=_summaries,
        run=_reading,
    ),
}


def _print(line: str) -> None:
    print(line)  # noqa: T201 - a program for the terminal
