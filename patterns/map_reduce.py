"""
Read many pieces side by side; merge what was found, level by level, until one is left.

`map_reduce` is the chapter's: documents in, one summary out. `map_items` takes messages and gives
items that lead back to them. `reduce_tree` is the general form of the second half; the first half
is `fanout.fan_stream`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from pydantic import BaseModel, ConfigDict

from patterns.asking import asking
from patterns.errors import NothingToDo
from patterns.fanout import Branch, Gap, Limits, Outcomes, Said, fan_stream, too_few
from patterns.fence import DATA, fenced
from patterns.itemizing import Mapped as Mapped
from patterns.itemizing import map_items as map_items
from patterns.ports import SILENT, Answer, EventSink, Model, Prompt
from patterns.reducing import merges_of as merges_of
from patterns.reducing import reduce_tree as reduce_tree
from patterns.streams import Items

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


def _read(number: int, name: str, text: str) -> Prompt[_Summary]:
    return Prompt(key=f"doc-{number}", title=name, system=_MAP, text=fenced(text), answer=_Summary)


def _merge(key: str, parts: Sequence[str]) -> Prompt[_Summary]:
    text = fenced("\n\n".join(parts))
    return Prompt(key=key, title="Merge", system=_REDUCE, text=text, answer=_Summary)


def _said(answer: _Summary) -> Said:
    return Said(answer.summary)
