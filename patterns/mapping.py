"""
One part of a conversation: its items are asked for, checked, and what does not hold is mended once.

The map step of LLMxMapReduce (arXiv 2410.09342) with code in the place of trust: what a model
takes from numbered lines goes on as `Point`s, and a part that holds none goes no further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from patterns.coverage import Part
from patterns.deadline import deadline
from patterns.errors import ModelError, ModelUnavailable
from patterns.events import BranchProgress
from patterns.fanout import Branch, Said
from patterns.fence import DATA, fenced, one_line
from patterns.items import Checked, Fault, Item, Notes, Point, Sentence, verify
from patterns.merging import Digest, Node, joined
from patterns.ports import EventSink, Model, Prompt

K = TypeVar("K", bound=StrEnum)

_READ = (
    "You read part of a conversation, a numbered line a message; indented lines answer the "
    "message above them, and lines marked [·] stand there to be understood: nothing is taken from "
    "them."
)
_ITEMS = (
    "Each item in at most 30 words, with the numbers of the lines that say it, one short quote "
    "copied without a change from one of these, and as speaker who wrote that line. owner is who "
    "is to do it and due until when, both in the words of the lines, null where nobody said. "
    "confidence is from 0 to 5: 5 where a line says it outright, 3 where it takes several to say "
    "it, 1 where it is between the lines. Numbers and dates are those of the lines. Nothing worth "
    "keeping is an empty list. The overview says in one or two sentences what it is about, each "
    "with the numbers, from 1, of the items that it rests on."
)
_FOCUS = (
    "A question stands in front: take only what bears on it, and nothing where nothing does. The "
    "overview answers it."
)
_MEND = (
    "The items above were taken from these lines, and each has the fault that stands behind it. "
    "Give them again in the same order so that they hold, and leave out what the lines do not say. "
    "The overview is empty."
)
_MISSED = (
    "The items above were taken from these lines. Look for what they leave out and a reader would "
    "miss: give only that as items, in the same form, or none. The overview is empty."
)


@dataclass(frozen=True, kw_only=True)
class Aim(Generic[K]):
    """
    What is looked for. *wanted* tells a model in a sentence; *notes* is the shape of its answer,
    of which the kinds are part. *about* is a question, where only what bears on it is wanted.
    *twice*: each part is asked once more for what was missed.
    """

    notes: type[Notes[K]]
    wanted: str
    about: str = ""
    twice: bool = False


@dataclass(frozen=True)
class Read:
    """What holds of one part, and how many items did not at first, or never did."""

    node: Node
    mended: int = 0
    dropped: int = 0


def question(part: Part, aim: Aim[K]) -> Prompt[Notes[K]]:
    """What is asked of a part first; questions about the same part begin like it."""
    told = [_READ, aim.wanted, _ITEMS, _FOCUS if aim.about else "", DATA]
    asked = f"The question: {fenced(aim.about)}\n\n" if aim.about else ""
    return Prompt(
        key=f"part-{part.number}",
        title=part.title,
        system=" ".join(filter(None, told)),
        text=asked + fenced("\n".join(map(str, part.lines))),
        answer=aim.notes,
    )


def mend(first: Prompt[Notes[K]], faults: Sequence[Fault[K]]) -> Prompt[Notes[K]]:
    """The one question that shows a part's faulty items, and why each does not hold."""
    listed = [
        f"[{number}] {_told(fault.item)} — Fault: {one_line(fault.why)}"
        for number, fault in enumerate(faults, 1)
    ]
    return _after(first, "mend", listed, _MEND)


def missed(first: Prompt[Notes[K]], points: Sequence[Point]) -> Prompt[Notes[K]]:
    """The question what *points* leave out."""
    listed = [
        f"[{number}] {point.kind}: {one_line(point.text)}" for number, point in enumerate(points, 1)
    ]
    return _after(first, "missed", listed or ["nothing"], _MISSED)


def _after(
    first: Prompt[Notes[K]], name: str, listed: Sequence[str], asked: str
) -> Prompt[Notes[K]]:
    items = fenced("\n".join(listed))
    return Prompt(
        key=f"{first.key}.{name}",
        title=first.title,
        system=first.system,
        text=f"{first.text}\n\n{items}\n\n{asked}",
        answer=first.answer,
    )


def _told(item: Item[K]) -> str:
    fields = [
        f"{item.kind}: {item.text}",
        f"lines: {', '.join(map(str, item.lines))}",
        f"quote: “{item.quote}”",
        f"speaker: {item.speaker}",
        f"owner: {item.owner}" if item.owner else "",
        f"due: {item.due}" if item.due else "",
    ]
    return one_line("; ".join(filter(None, fields)))


@dataclass(frozen=True, kw_only=True)
class Mapper(Generic[K]):
    """Makes the branch that reads a part; *seconds* is the deadline of each of its questions."""

    aim: Aim[K]
    model: Model
    sink: EventSink
    seconds: float

    def branch(self, part: Part) -> Branch[Read]:
        prompt = question(part, self.aim)

        async def read() -> Read:
            try:
                return await self._read(part, prompt)
            except TimeoutError as err:
                raise ModelUnavailable(f"no answer within {self.seconds:g} s") from err

        return Branch(key=prompt.key, title=prompt.title, work=read)

    async def _read(self, part: Part, prompt: Prompt[Notes[K]]) -> Read:
        notes = await self._ask(prompt)
        held = verify(notes.items, part.lines)
        again = await self._mended(part, prompt, held.faults)
        more = await self._missed(part, prompt, (*held.points, *again.points))
        points = (*held.points, *again.points, *more.points)
        told = _renumbered(notes, held, again)
        return Read(
            node=joined(
                [Node(part.number, part.number, points)],
                points,
                Digest(overview=told, same=[], conflicts=[]),
            ),
            mended=len(again.points),
            dropped=len(held.faults) - len(again.points) + len(more.faults),
        )

    async def _mended(
        self, part: Part, prompt: Prompt[Notes[K]], faults: Sequence[Fault[K]]
    ) -> Checked[K]:
        if not faults:
            return Checked((), (), ())
        count = len(faults)
        note = f"mending {count} item{'' if count == 1 else 's'}"
        return await self._further(part, mend(prompt, faults), note, count)

    async def _missed(
        self, part: Part, prompt: Prompt[Notes[K]], points: Sequence[Point]
    ) -> Checked[K]:
        if not self.aim.twice:
            return Checked((), (), ())
        return await self._further(part, missed(prompt, points), "looking for what was missed")

    async def _further(
        self, part: Part, prompt: Prompt[Notes[K]], note: str, most: int | None = None
    ) -> Checked[K]:
        """What comes of a question that the part can do without; *most* items are looked at."""
        self.sink.emit(BranchProgress(branch=f"part-{part.number}", note=note))
        try:
            notes = await self._ask(prompt)
        except (ModelError, TimeoutError):
            return Checked((), (), ())
        return verify(notes.items[:most], part.lines)

    async def _ask(self, prompt: Prompt[Notes[K]]) -> Notes[K]:
        async with deadline(self.seconds):
            return (await self.model.ask(prompt)).answer


def _renumbered(notes: Notes[K], held: Checked[K], again: Checked[K]) -> list[Sentence]:
    """
    The overview with numbers of points in the place of those of items; those of items that never
    held go, and of mended ones where it is not clear which is which.
    """
    faulty = sorted(set(range(1, len(notes.items) + 1)) - set(held.numbers))
    given = len(again.numbers) + len(again.faults)
    mended = (faulty[n - 1] if given == len(faulty) else 0 for n in again.numbers)
    places = {number: place for place, number in enumerate((*held.numbers, *mended), 1)}
    return [
        Sentence(text=told.text, items=[places[n] for n in told.items if n and n in places])
        for told in notes.overview
    ]


def describe(read: Read) -> Said:
    """The story of a part."""
    node, count = read.node, len(read.node.points)
    lines = (f"{point.kind}: {point.text}" for point in node.points)
    said = f"{count} item{'' if count == 1 else 's'}"
    if read.mended:
        said += f", {read.mended} of them mended"
    if read.dropped:
        said += f"; {read.dropped} did not hold"
    return Said(said, (*(told.text for told in node.overview), *lines))
