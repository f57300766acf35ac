"""A conversation, read in chunks side by side and merged; every line leads back to a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.errors import NothingToDo, QuorumMissed
from patterns.fanout import Gap, Limits, Said, ask_all
from patterns.fence import DATA, fenced
from patterns.map_reduce import reduce_tree
from patterns.packing import Line, pack
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.quotes import folded, stands_in
from patterns.task import Depth, Message, Task

#: Tokens of messages in one question. Long questions are read less carefully.
_CAP = {Depth.QUICK: 12_000, Depth.NORMAL: 6_000, Depth.DEEP: 3_000}

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


class Kind(StrEnum):
    """What an item is. Decisions, actions and questions are never left out of a summary."""

    DECISION = "decision"
    ACTION = "action"
    QUESTION = "question"
    DISAGREEMENT = "disagreement"
    RISK = "risk"
    FACT = "fact"


_KEPT = frozenset({Kind.DECISION, Kind.ACTION, Kind.QUESTION})


class Item(Answer):
    """*messages* are the numbers in front of the lines."""

    kind: Kind
    text: str
    messages: list[int]
    quote: str


class Notes(Answer):
    """What one chunk holds."""

    overview: str
    items: list[Item]


class Digest(Answer):
    """*keep*: numbers of items, the most important first."""

    overview: str
    keep: list[int]


class Point(BaseModel):
    """
    One bullet. *quote* was found, in code, in the message that *speaker* wrote.

    *links* are permalinks of the messages it rests on (their ids where there are none).
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    text: str
    quote: str
    speaker: str
    links: tuple[str, ...]

    @property
    def is_quote(self) -> bool:
        """Says *text* no more than *quote* does?"""
        return folded(self.text) == folded(self.quote)


class Unread(BaseModel):
    """A part that could not be read, and why; *link* leads to its first message."""

    model_config = ConfigDict(frozen=True)

    part: str
    link: str
    reason: str


class Summary(BaseModel):
    """
    *points*: the most important first. *unread* are the parts that could not be read.

    *threads* counts those that hold two of the messages or more, *dropped* items whose quote
    or message numbers did not hold.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["summary"] = "summary"
    overview: str
    points: tuple[Point, ...]
    read: int
    messages: int
    threads: int
    dropped: int = 0
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True)
class _Node:
    """Parts *first* to *last* of the conversation as the tree of merges carries them."""

    first: int
    last: int
    overview: str
    points: tuple[Point, ...]


async def summarize(task: Task, model: Model, sink: EventSink, limits: Limits) -> Summary:
    """Needs messages. One chunk is one call; more are mapped side by side and merged."""
    if not task.messages:
        raise NothingToDo("There are no messages to summarize.")
    chunks = pack(task.messages, _CAP[task.depth])
    prompts = [_chunk_prompt(n, len(chunks), chunk) for n, chunk in enumerate(chunks, 1)]
    fanned = await ask_all("parts", prompts, model, sink, describe=_said, quorum=0, limits=limits)
    if not fanned.answers:
        raise QuorumMissed(f"No part could be read. The first said: {fanned.gaps[0].reason}.")
    parts = [
        (number, chunk, fanned.answers[prompt.key])
        for number, (prompt, chunk) in enumerate(zip(prompts, chunks, strict=True), 1)
        if prompt.key in fanned.answers
    ]
    nodes = [
        _Node(number, number, notes.overview, _checked(notes.items, chunk))
        for number, chunk, notes in parts
    ]
    top = await reduce_tree(
        nodes, model, merge=_merge, join=_join, describe=_merged, sink=sink, limits=limits
    )
    return Summary(
        overview=top.overview,
        points=top.points,
        read=len(task.messages) - len(_untold(prompts, chunks, fanned.answers)),
        messages=len(task.messages),
        threads=_threads(task.messages),
        dropped=sum(len(notes.items) for _, _, notes in parts) - sum(len(n.points) for n in nodes),
        unread=tuple(_unread(fanned.gaps, prompts, chunks)),
    )


def _threads(messages: Iterable[Message]) -> int:
    return sum(size > 1 for size in Counter(message.thread for message in messages).values())


def _untold(
    prompts: Sequence[Prompt[Notes]], chunks: Sequence[Sequence[Line]], answers: Container[str]
) -> set[int]:
    """Numbers of messages that were not read to their end: a long one stands in several parts."""
    pairs = zip(prompts, chunks, strict=True)
    return {line.number for prompt, chunk in pairs if prompt.key not in answers for line in chunk}


def _chunk_prompt(number: int, of: int, chunk: Sequence[Line]) -> Prompt[Notes]:
    return Prompt(
        key=f"part-{number}",
        title=f"Part {number} of {of}: {_range(chunk)}" if of > 1 else _range(chunk),
        system=_MAP,
        text=fenced("\n".join(map(str, chunk))),
        answer=Notes,
    )


def _range(chunk: Sequence[Line]) -> str:
    count = len({line.number for line in chunk})
    author = chunk[0].message.author
    return f"{count} messages, starting with {author}" if count > 1 else f"1 message by {author}"


def _checked(items: Iterable[Item], chunk: Sequence[Line]) -> tuple[Point, ...]:
    """Only items that hold: numbers of this chunk, and a quote that one of them really says."""
    messages = {line.number: line.message for line in chunk}
    return tuple(point for item in items if (point := _point(item, messages)))


def _point(item: Item, messages: dict[int, Message]) -> Point | None:
    cited = [messages[n] for n in dict.fromkeys(item.messages) if n in messages]
    said = next((message for message in cited if stands_in(item.quote, message.text)), None)
    if said is None or not item.text.strip():
        return None
    ordered = [said, *(message for message in cited if message is not said)]
    return Point(
        kind=item.kind,
        text=item.text.strip(),
        quote=item.quote.strip(),
        speaker=said.author,
        links=tuple(message.permalink or message.id for message in ordered),
    )


def _merge(key: str, nodes: Sequence[_Node]) -> Prompt[Digest]:
    points = [point for node in nodes for point in node.points]
    listed = [f"[{n}] {p.kind}: {p.text} ({p.speaker})" for n, p in enumerate(points, 1)]
    overviews = [node.overview for node in nodes]
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
    first, last = nodes[0].first, nodes[-1].last
    points = [point for node in nodes for point in node.points]
    if digest is None:
        overview = " ".join(node.overview for node in nodes)
        return _Node(first, last, overview, tuple(points))
    kept = [n for n in dict.fromkeys(digest.keep) if 1 <= n <= len(points)]
    chosen = [points[n - 1] for n in kept]
    restored = [
        point for n, point in enumerate(points, 1) if n not in set(kept) and point.kind in _KEPT
    ]
    return _Node(first, last, digest.overview, (*chosen, *restored))


def _unread(
    gaps: Sequence[Gap], prompts: Sequence[Prompt[Notes]], chunks: Sequence[Sequence[Line]]
) -> Iterable[Unread]:
    by_key = {prompt.key: chunk for prompt, chunk in zip(prompts, chunks, strict=True)}
    for gap in gaps:
        first = by_key[gap.key][0].message
        yield Unread(part=gap.title, link=first.permalink or first.id, reason=gap.reason)


def _said(notes: Notes) -> Said:
    found = len(notes.items)
    lines = tuple(f"{item.kind}: {item.text}" for item in notes.items)
    return Said(f"{found} item{'' if found == 1 else 's'}", (notes.overview, *lines))


def _merged(digest: Digest) -> Said:
    """What is not ranked may be kept as well; see `_join`."""
    ranked = len(set(digest.keep))
    return Said(f"{ranked} item{'' if ranked == 1 else 's'} ranked", (digest.overview,))
