"""
Read many pieces side by side; merge what was found, level by level, until one is left.

`map_reduce` is the chapter's: documents in, one summary out. `reduce_tree` is the general
form of the second half; the first half is `fanout.fan_stream`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from patterns.asking import asking
from patterns.errors import NothingToDo
from patterns.fanout import Branch, Gap, Limits, Outcomes, Said, fan_stream, too_few
from patterns.fence import DATA, fenced
from patterns.ports import SILENT, Answer, EventSink, Model, Prompt
from patterns.streams import Items, each

N = TypeVar("N")
R = TypeVar("R", bound=BaseModel)

_MAP = f"Summarize the document in a few sentences. Keep names, numbers and decisions. {DATA}"
_REDUCE = f"Combine the summaries into one overview. Keep what matters, say nothing twice. {DATA}"


class DocumentSummary(BaseModel):
    """*word_count* is counted in the document, not guessed by the model."""

    model_config = ConfigDict(frozen=True)

    doc_id: str
    summary: str
    word_count: int


class ReducedSummary(BaseModel):
    """*total_documents* and *total_words* count what was read; *missing* names what was not."""

    model_config = ConfigDict(frozen=True)

    combined_summary: str
    total_documents: int
    total_words: int
    missing: tuple[str, ...] = ()


class _Summary(Answer):
    summary: str


async def map_reduce(
    documents: Items[tuple[str, str]],
    model: Model,
    *,
    fan_in: int = 8,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> ReducedSummary:
    """
    Summarize (name, text) pairs one by one, then their summaries, *fan_in* at a time.

    Documents that come as a stream may be more than memory holds. One that cannot be read is
    named in the result; raises `QuorumMissed` if none can, `NothingToDo` where there is none.
    """
    reading, slots = _Reading(), asyncio.Semaphore(limits.width)

    def ask(document: tuple[str, str]) -> Branch[_Summary]:
        reading.asked += 1
        return asking(_read(reading.asked, *document), model)

    async with fan_stream(
        "documents", documents, ask, sink, describe=_said, limits=limits, slots=slots
    ) as ended:
        combined = await reduce_tree(
            reading.summaries(ended),
            model,
            merge=_merge,
            join=lambda parts, answer: answer.summary if answer else "\n".join(parts),
            describe=_said,
            fan_in=fan_in,
            sink=sink,
            limits=limits,
            slots=slots,
        )
    return ReducedSummary(
        combined_summary=combined,
        total_documents=reading.came,
        total_words=reading.words,
        missing=(*reading.missing, *([f"what follows: {ended.stopped}"] if ended.stopped else [])),
    )


class _Reading:
    """What is counted of the documents while they pass by."""

    def __init__(self) -> None:
        self.asked = self.came = self.words = 0
        self.gaps: list[Gap] = []

    @property
    def missing(self) -> Sequence[str]:
        return [f"{gap.title}: {gap.reason}" for gap in self.gaps]

    async def summaries(self, ended: Outcomes[tuple[str, str], _Summary]) -> AsyncGenerator[str]:
        async for (name, text), outcome in ended:
            if isinstance(outcome, Gap):
                self.gaps.append(outcome)
                continue
            words = len(text.split())
            read = DocumentSummary(doc_id=name, summary=outcome.summary, word_count=words)
            self.came += 1
            self.words += read.word_count
            yield f"{read.doc_id}: {read.summary}"
        if not self.asked and not ended.stopped:
            raise NothingToDo("There are no documents to read.")
        if not self.came:
            first = self.gaps[0] if self.gaps else Gap("", "", ended.stopped)
            raise too_few("documents", 0, self.asked, first=first)


async def reduce_tree(
    nodes: Items[N],
    model: Model,
    *,
    merge: Callable[[str, Sequence[N]], Prompt[R]],
    join: Callable[[Sequence[N], R | None], N],
    describe: Callable[[R], Said],
    fan_in: int = 8,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
    slots: asyncio.Semaphore | None = None,
) -> N:
    """
    Merge neighbours, *fan_in* at a time, until one node is left; order is kept.

    *merge* makes the question for a group under the given key; *join*, in code, one node of the
    group and the answer, or None if there is none: what must not be lost is put back there.
    The tree and its keys depend on the nodes alone. Each level is a `fan_stream`, and all share
    their *slots*, with who makes the nodes if it gives its own.
    """
    _require_groups(fan_in)
    free = slots or asyncio.Semaphore(limits.width)

    async def top(level: AsyncIterator[N], depth: int) -> N:
        start = await _first_two(level)
        if len(start) < 2:  # noqa: PLR2004 - one is the top
            return _only(start)
        groups = _Groups[N](fan_in, f"merge-{depth}")
        async with fan_stream(
            "merges",
            groups.of(start, level),
            lambda group: asking(merge(*group), model),
            sink,
            describe=describe,
            limits=limits,
            slots=free,
        ) as merged:
            return await top(groups.joined(merged, join), depth + 1)

    return await top(each(nodes), 1)


def merges_of(nodes: int, fan_in: int = 8) -> int:
    """How many questions `reduce_tree` asks to make one of so many nodes."""
    merges = 0
    while nodes > 1:
        groups, left = divmod(nodes, fan_in)
        merges += groups + (left > 1)
        nodes = groups + (left > 0)
    return merges


def _require_groups(fan_in: int) -> None:
    if fan_in < 2:  # noqa: PLR2004 - one neighbour is no group
        raise ValueError("fan_in must be at least 2, or the tree never ends")


async def _first_two(nodes: AsyncIterator[N]) -> list[N]:
    start: list[N] = []
    async for node in nodes:
        start.append(node)
        if len(start) == 2:  # noqa: PLR2004 - its name says it
            break
    return start


def _only(nodes: Sequence[N]) -> N:
    if not nodes:
        raise ValueError("there is nothing to reduce")
    return nodes[0]


async def _chained(start: Sequence[N], rest: AsyncIterable[N]) -> AsyncGenerator[N]:
    for node in start:
        yield node
    async for node in rest:
        yield node


class _Groups(Generic[N]):
    """Neighbours of one level of the tree under their keys; one left over goes up as it is."""

    def __init__(self, fan_in: int, key: str) -> None:
        self._fan_in = fan_in
        self._key = key
        self._left: list[N] = []

    async def of(
        self, start: Sequence[N], level: AsyncIterable[N]
    ) -> AsyncGenerator[tuple[str, Sequence[N]]]:
        group: list[N] = []
        number = 1
        async for node in _chained(start, level):
            group.append(node)
            if len(group) == self._fan_in:
                yield f"{self._key}.{number}", group
                group, number = [], number + 1
        if len(group) > 1:
            yield f"{self._key}.{number}", group
        else:
            self._left = group

    async def joined(
        self,
        merged: AsyncIterable[tuple[tuple[str, Sequence[N]], R | Gap]],
        join: Callable[[Sequence[N], R | None], N],
    ) -> AsyncGenerator[N]:
        async for (_, group), outcome in merged:
            yield join(group, None if isinstance(outcome, Gap) else outcome)
        for node in self._left:
            yield node


def _read(number: int, name: str, text: str) -> Prompt[_Summary]:
    return Prompt(key=f"doc-{number}", title=name, system=_MAP, text=fenced(text), answer=_Summary)


def _merge(key: str, parts: Sequence[str]) -> Prompt[_Summary]:
    text = fenced("\n\n".join(parts))
    return Prompt(key=key, title="Merge", system=_REDUCE, text=text, answer=_Summary)


def _said(answer: _Summary) -> Said:
    return Said(answer.summary)
