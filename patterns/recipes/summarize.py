"""A conversation, read in chunks side by side and merged; every line leads back to a message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.asking import asking
from patterns.errors import NothingToDo, QuorumMissed
from patterns.estimating import Guess, estimate, follow_up, together
from patterns.fanout import Gap, Limits, Outcomes, Said, fan_stream
from patterns.fence import DATA, fenced, one_line
from patterns.map_reduce import merges_of, reduce_tree
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.recipes.coverage import Coverage, Part, Unread, parts
from patterns.recipes.points import Kind, Notes, Point, checked
from patterns.task import Depth, Messages, Task
from patterns.usage import Estimate

#: Tokens of messages in one question. Long questions are read less carefully.
_CAP = {Depth.QUICK: 12_000, Depth.NORMAL: 6_000, Depth.DEEP: 3_000}
#: What a merge is shown, so that its question does not grow with what is read. Beyond it, points
#: that must not be left out are carried on unseen, and others are left out and counted.
POINTS_MOST = 400
_OVERVIEW_MOST = 4_000  # characters
_NOTES, _DIGEST = Guess(10, 900), Guess(10, 600)
_MERGED = Guess(100, 8_000)  # what a merge is given

_MAP = (
    "You read part of a conversation, a numbered message a line; indented lines answer the "
    "message above them. List what somebody who was away must know: decisions, actions, open "
    "questions, facts, risks, disagreements. Each item in at most 30 words, with the numbers of "
    "the messages that say it and one short quote, word for word, from one of them. Nothing "
    "worth keeping is an empty list. The overview says in one or two sentences what it is about. "
    f"{DATA}"
)
_REDUCE = (
    "You are given numbered items from parts of one conversation. Write an overview of one or "
    "two sentences, and list the numbers of the items worth keeping, the most important first. "
    f"Leave out what says the same as another item. {DATA}"
)


_KEPT = frozenset({Kind.DECISION, Kind.ACTION, Kind.QUESTION})


class Digest(Answer):
    """*keep*: numbers of items, the most important first."""

    overview: str
    keep: list[int]


class Summary(BaseModel):
    """
    *points*: the most important first. *unread* are those of the *parts* that were not read.

    *threads* counts those that hold two of the messages or more, *dropped* items whose quote
    or message numbers did not hold, *cut* those for which there was no room.

    *unread* names the first of the *unread_parts*. *stopped* says why reading ended before the
    end was seen; there may be more messages than *messages* then.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["summary"] = "summary"
    overview: str
    points: tuple[Point, ...]
    read: int
    messages: int
    threads: int
    parts: int = 0
    dropped: int = 0
    cut: int = 0
    unread: tuple[Unread, ...] = ()
    unread_parts: int = 0
    stopped: str = ""

    @property
    def partial(self) -> bool:
        """Does it have to be said first that much is missing: a tenth, or nobody knows?"""
        return bool(self.stopped) or 10 * self.read < 9 * self.messages


@dataclass(frozen=True)
class _Node:
    """Parts *first* to *last* of the conversation as the tree of merges carries them."""

    first: int
    last: int
    overview: str
    points: tuple[Point, ...]
    cut: int = 0


async def summarize(task: Task, model: Model, sink: EventSink, limits: Limits) -> Summary:
    """
    Needs messages. One chunk is one call; more are mapped side by side and merged.

    Raises `QuorumMissed` only where no part could be read.
    """
    reading, slots = _Reading(task.messages), asyncio.Semaphore(limits.width)
    async with fan_stream(
        "parts",
        parts(task.messages, _CAP[task.depth]),
        lambda part: asking(_question(part), model),
        sink,
        describe=_said,
        limits=limits,
        slots=slots,
    ) as ended:
        top = await reduce_tree(
            reading.nodes(ended),
            model,
            merge=_merge,
            join=_join,
            describe=_merged,
            sink=sink,
            limits=limits,
            slots=slots,
        )
    coverage = reading.coverage
    return Summary(
        overview=top.overview,
        points=top.points,
        read=coverage.read,
        messages=coverage.messages,
        threads=coverage.threads,
        parts=coverage.parts,
        dropped=reading.dropped,
        cut=top.cut,
        unread=tuple(coverage.unread),
        unread_parts=coverage.unread_parts,
        stopped=ended.stopped,
    )


def foresee(task: Task) -> Estimate | None:
    """None for a stream, and for nothing to read."""
    found = parts(task.messages, _CAP[task.depth])
    if not isinstance(found, Sequence) or not found:
        return None
    merges = merges_of(len(found))
    return together(estimate(map(_question, found), _NOTES), follow_up(merges, _MERGED, _DIGEST))


class _Reading:
    """Checks what the parts say, and keeps count, while they pass by."""

    def __init__(self, messages: Messages) -> None:
        self.coverage = Coverage(messages)
        self.dropped = 0

    async def nodes(self, ended: Outcomes[Part, Notes]) -> AsyncGenerator[_Node]:
        came = 0
        async for part, notes in ended:
            if isinstance(notes, Gap):
                self.coverage.see(part, notes)
                continue
            came += 1
            self.coverage.see(part, None)
            points = checked(notes.items, part.lines)
            self.dropped += len(notes.items) - len(points)
            yield _Node(part.number, part.number, notes.overview, points)
        if not self.coverage.messages and not ended.stopped:
            raise NothingToDo("There are no messages to summarize.")
        if not came:
            unread = self.coverage.unread
            first = unread[0].reason if unread else ended.stopped
            raise QuorumMissed(f"No part could be read: {first}.")


def _question(part: Part) -> Prompt[Notes]:
    return Prompt(
        key=f"part-{part.number}",
        title=part.title,
        system=_MAP,
        text=fenced("\n".join(map(str, part.lines))),
        answer=Notes,
    )


def _merge(key: str, nodes: Sequence[_Node]) -> Prompt[Digest]:
    points = [point for node in nodes for point in node.points]
    shown = ((n, points[n - 1]) for n in _shown(points))
    listed = [f"[{n}] {p.kind}: {one_line(p.text)} ({one_line(p.speaker)})" for n, p in shown]
    overviews = [one_line(node.overview) for node in nodes]
    return Prompt(
        key=key,
        title=_merging(nodes[0].first, nodes[-1].last),
        system=_REDUCE,
        text=fenced("\n".join([*overviews, "", *listed])),
        answer=Digest,
    )


def _merging(first: int, last: int) -> str:
    """By number: no two merges of a run have the same title."""
    return f"Merging parts {first} {'and' if last == first + 1 else 'to'} {last}"


def _join(nodes: Sequence[_Node], digest: Digest | None) -> _Node:
    """The model ranks; what it may not leave out is put back behind what it kept."""
    points = [point for node in nodes for point in node.points]
    numbers = set(range(1, len(points) + 1))
    shown = _shown(points)
    seen = set(shown)
    if digest is None:
        overview = " ".join(node.overview for node in nodes)[:_OVERVIEW_MOST]
        kept = shown
    else:
        overview = digest.overview
        kept = [n for n in dict.fromkeys(digest.keep) if n in seen]
    restored = [n for n in sorted(numbers - set(kept)) if points[n - 1].kind in _KEPT]
    cut = sum(node.cut for node in nodes) + len(numbers - seen - set(restored))
    chosen = tuple(points[n - 1] for n in (*kept, *restored))
    return _Node(nodes[0].first, nodes[-1].last, overview, chosen, cut)


def _shown(points: Sequence[Point]) -> Sequence[int]:
    """Numbers, from 1, of those that a merge is shown: first what must not be left out."""
    by_weight = sorted(range(len(points)), key=lambda n: points[n].kind not in _KEPT)
    return sorted(n + 1 for n in by_weight[:POINTS_MOST])


def _said(notes: Notes) -> Said:
    found = len(notes.items)
    lines = tuple(f"{item.kind}: {item.text}" for item in notes.items)
    return Said(f"{found} item{'' if found == 1 else 's'}", (notes.overview, *lines))


def _merged(digest: Digest) -> Said:
    """What is not ranked may be kept as well; see `_join`."""
    ranked = len(set(digest.keep))
    return Said(f"{ranked} item{'' if ranked == 1 else 's'} ranked", (digest.overview,))
