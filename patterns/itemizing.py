"""
Messages in, items out that lead back to them: packed, read side by side, checked, merged.

What a model says is never the result itself: items are checked in code (`items.verify`), merges
propose and code joins (`merging`), so nothing is made up on the way and nothing lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from patterns.coverage import Coverage, Part, Unread
from patterns.errors import NothingToDo, QuorumMissed
from patterns.fanout import Gap, Limits, Outcomes, Said, fan_stream
from patterns.fence import DATA, fenced, one_line
from patterns.importance import important
from patterns.items import Notes, Point
from patterns.mapping import Aim, Mapper, Read, describe
from patterns.merging import Digest, Node, Told, joined, shown
from patterns.packing import tokens
from patterns.portions import Portions, heard, portioned
from patterns.ports import SILENT, EventSink, Model, Prompt
from patterns.reducing import reduce_tree
from patterns.settling import settled
from patterns.task import Message, Messages

K = TypeVar("K", bound=StrEnum)

Weigh = Callable[[Sequence[Point]], Sequence[float]]

#: Nodes in one merge at most, and at least: none counts for more than this share of a question.
FAN_IN, FAN_IN_LEAST = 8, 4
#: Tokens of the points that one merge is shown.
SHOWN_MOST = 12_000
#: Seconds of a branch that reads a part: each of its questions has a deadline of its own.
_DAY = 86_400.0

_REDUCE = (
    "You are given numbered items from parts of one conversation, the earlier parts first. The "
    "overview says what matters most in at most three sentences, each with the numbers of the "
    "items that it rests on; names, numbers and dates are those of the items. same: groups of "
    "items of one kind that say the same. conflicts: pairs of items of which the second decides "
    "otherwise than the first did."
)
_FOCUS = "A question stands in front: the overview answers it."


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """
    *points*: the weightiest first; *cited* are the messages that they rest on, by id.

    *top* is what the merges made, before same points were put together. *mended* counts items
    that did not hold at first, *dropped* those that never did. *stopped* says why a stream was
    perhaps not read to its end.
    """

    points: tuple[Point, ...]
    overview: tuple[Told, ...]
    cited: Mapping[str, Message]
    top: Node
    read: int
    messages: int
    threads: int
    parts: int
    unread: tuple[Unread, ...]
    unread_parts: int
    mended: int
    dropped: int
    stopped: str


async def map_items(
    messages: Messages,
    model: Model,
    *,
    kinds: type[K],
    wanted: str,
    about: str = "",
    kept: Collection[str] = (),
    portions: Portions | None = None,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> Mapped:
    """
    What of *kinds* stands in *messages*; *wanted* tells a model in a sentence what to look for.

    *about* is a question, where only what bears on it is wanted. Merges are shown *kept* kinds
    first. A part that cannot be read is named; raises `QuorumMissed` if none can, `NothingToDo`
    where there are no messages.
    """
    aim = Aim(notes=Notes[kinds], wanted=wanted, about=about)
    ranks = dict.fromkeys(kept, 1.0)
    return await itemize(
        messages,
        model,
        aim,
        kept=kept,
        weigh=lambda points: important(points, ranks),
        portions=portions,
        sink=sink,
        limits=limits,
    )


async def itemize(
    messages: Messages,
    model: Model,
    aim: Aim[K],
    *,
    kept: Collection[str],
    weigh: Weigh,
    portions: Portions | None = None,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> Mapped:
    """`map_items` for who has an answer type, and an order, of their own."""
    sizes = portions or Portions()
    given = await heard(messages, sizes)
    reading, slots = _Reading(given), asyncio.Semaphore(limits.width)
    mapper = Mapper(aim=aim, model=model, sink=sink, seconds=limits.seconds)
    merging = Merging(about=aim.about, kept=kept)
    async with fan_stream(
        "parts",
        portioned(given, sizes),
        mapper.branch,
        sink,
        describe=describe,
        limits=Limits(width=limits.width, seconds=_DAY),
        slots=slots,
    ) as ended:
        top = await reduce_tree(
            reading.nodes(ended),
            model,
            merge=merging.question,
            join=merging.join,
            describe=_merged,
            fan_in=FAN_IN,
            size=merging.size,
            most=SHOWN_MOST,
            sink=sink,
            limits=limits,
            slots=slots,
        )
    return reading.mapped(top, settled(top, weigh), ended.stopped)


class _Reading:
    """What is counted of the parts, and kept of their messages, while they pass by."""

    def __init__(self, messages: Messages) -> None:
        self._coverage = Coverage(messages)
        self._cited: dict[str, Message] = {}
        self._mended = self._dropped = 0

    async def nodes(self, ended: Outcomes[Part, Read]) -> AsyncGenerator[Node]:
        """One for every part that holds something; an empty one where none does."""
        last, empty = 0, True
        async for part, read in ended:
            self._coverage.see(part, read if isinstance(read, Gap) else None)
            if isinstance(read, Gap):
                continue
            last = part.number
            self._keep(part, read)
            if read.node.points:
                empty = False
                yield read.node
        self._require(last, ended.stopped)
        if empty:
            yield Node(1, last, ())

    def _keep(self, part: Part, read: Read) -> None:
        self._mended += read.mended
        self._dropped += read.dropped
        cited = {source for point in read.node.points for source in point.sources}
        said = (line.message for line in part.lines)
        self._cited.update((message.id, message) for message in said if message.id in cited)

    def _require(self, last: int, stopped: str) -> None:
        if not self._coverage.parts and not stopped:
            raise NothingToDo("There are no messages to read.")
        if not last:
            unread = self._coverage.unread
            raise QuorumMissed(f"No part could be read: {unread[0].reason if unread else stopped}.")

    def mapped(self, top: Node, points: tuple[Point, ...], stopped: str) -> Mapped:
        coverage = self._coverage
        return Mapped(
            points=points,
            overview=top.overview,
            cited=self._cited,
            top=top,
            read=coverage.read,
            messages=coverage.messages,
            threads=coverage.threads,
            parts=coverage.parts,
            unread=tuple(coverage.unread),
            unread_parts=coverage.unread_parts,
            mended=self._mended,
            dropped=self._dropped,
            stopped=stopped,
        )


@dataclass(frozen=True, kw_only=True)
class Merging:
    """How nodes become one: a model is shown points by number, and says what it sees in them."""

    about: str
    kept: Collection[str]

    def question(self, key: str, nodes: Sequence[Node]) -> Prompt[Digest]:
        asked = f"The question: {fenced(self.about)}\n\n" if self.about else ""
        listed = enumerate(self._listed(nodes), 1)
        return Prompt(
            key=key,
            title=_title(nodes[0].first, nodes[-1].last),
            system=" ".join(filter(None, [_REDUCE, _FOCUS if self.about else "", DATA])),
            text=asked + fenced("\n".join(f"[{number}] {told(point)}" for number, point in listed)),
            answer=Digest,
        )

    def join(self, nodes: Sequence[Node], digest: Digest | None) -> Node:
        return joined(nodes, self._listed(nodes), digest)

    def size(self, node: Node) -> int:
        """In tokens; what does not fit into a question's share is not shown, and counts no more."""
        size = 0
        for point in node.points:
            size += tokens(told(point))
        return min(size, SHOWN_MOST // FAN_IN_LEAST)

    def _listed(self, nodes: Sequence[Node]) -> Sequence[Point]:
        """Earlier parts first, as they came."""
        points = [point for node in nodes for point in node.points]
        chosen = set(map(id, shown(points, self.kept, SHOWN_MOST)))
        return [point for point in points if id(point) in chosen]


def told(point: Point) -> str:
    """
    A point in a question about points: no name but those in its text, so that what is said of
    several puts nothing into anybody's mouth.
    """
    return f"{point.kind}: {one_line(point.text)}"


def _title(first: int, last: int) -> str:
    """By number: no two merges of a run have the same title."""
    return f"Merging parts {first} {'and' if last == first + 1 else 'to'} {last}"


def _merged(digest: Digest) -> Said:
    same, conflicts = len(digest.same), len(digest.conflicts)
    said = f"{same} said more than once, {conflicts} overturned" if same or conflicts else "merged"
    return Said(said, tuple(sentence.text for sentence in digest.overview))
