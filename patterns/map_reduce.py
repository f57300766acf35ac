"""
Read many pieces side by side; merge what was found, level by level, until one is left.

`map_reduce` is the chapter's: documents in, one summary out. `reduce_tree` is the general
form of the second half; the first half is `fanout.ask_all`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from patterns.errors import NothingToDo
from patterns.fanout import Limits, Said, ask_all
from patterns.fence import DATA, fenced
from patterns.ports import SILENT, Answer, EventSink, Model, Prompt

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
    documents: Sequence[tuple[str, str]],
    model: Model,
    *,
    fan_in: int = 8,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> ReducedSummary:
    """
    Summarize (name, text) pairs one by one, then their summaries, *fan_in* at a time.

    A document that cannot be read is named in the result; raises `QuorumMissed` if none can,
    `NothingToDo` where there is none.
    """
    if not documents:
        raise NothingToDo("There are no documents to read.")
    prompts = [_read(n, name, text) for n, (name, text) in enumerate(documents, 1)]
    fanned = await ask_all("documents", prompts, model, sink, describe=_said, limits=limits)
    summaries = [
        DocumentSummary(doc_id=name, summary=answer.summary, word_count=len(text.split()))
        for prompt, (name, text) in zip(prompts, documents, strict=True)
        if (answer := fanned.answers.get(prompt.key))
    ]
    combined = await reduce_tree(
        [f"{summary.doc_id}: {summary.summary}" for summary in summaries],
        model,
        merge=_merge,
        join=lambda parts, answer: answer.summary if answer else "\n".join(parts),
        describe=_said,
        fan_in=fan_in,
        sink=sink,
        limits=limits,
    )
    return ReducedSummary(
        combined_summary=combined,
        total_documents=len(summaries),
        total_words=sum(summary.word_count for summary in summaries),
        missing=tuple(f"{gap.title}: {gap.reason}" for gap in fanned.gaps),
    )


async def reduce_tree(
    nodes: Sequence[N],
    model: Model,
    *,
    merge: Callable[[str, Sequence[N]], Prompt[R]],
    join: Callable[[Sequence[N], R | None], N],
    describe: Callable[[R], Said],
    fan_in: int = 8,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> N:
    """
    Merge neighbours, *fan_in* at a time, until one node is left; order is kept.

    *merge* makes the question for one group under the given key; *join* makes one node of
    the group and the answer, in code, so what must not be lost can be put back there. It is
    given None when the model failed: joining without it beats losing what was read.
    """
    if fan_in < 2:  # noqa: PLR2004 - one neighbour is no group
        raise ValueError("fan_in must be at least 2, or the tree never ends")
    if not nodes:
        raise ValueError("there is nothing to reduce")
    level: list[N] = list(nodes)
    depth = 0
    while len(level) > 1:
        depth += 1
        groups = [level[start : start + fan_in] for start in range(0, len(level), fan_in)]
        keys = [f"merge-{depth}.{number}" for number in range(1, len(groups) + 1)]
        pairs = list(zip(keys, groups, strict=True))
        prompts = [merge(key, group) for key, group in pairs if len(group) > 1]
        fanned = await ask_all(
            "merges", prompts, model, sink, describe=describe, quorum=0, limits=limits
        )
        level = [
            join(group, fanned.answers.get(key)) if len(group) > 1 else group[0]
            for key, group in pairs
        ]
    return level[0]


def _read(number: int, name: str, text: str) -> Prompt[_Summary]:
    return Prompt(key=f"doc-{number}", title=name, system=_MAP, text=fenced(text), answer=_Summary)


def _merge(key: str, parts: Sequence[str]) -> Prompt[_Summary]:
    text = fenced("\n\n".join(parts))
    return Prompt(key=key, title="Merge", system=_REDUCE, text=text, answer=_Summary)


def _said(answer: _Summary) -> Said:
    return Said(answer.summary)
