"""All lines of the documents, to templates with exact counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from patterns.errors import RunOver
from patterns.events import BranchDone, BranchProgress, BranchStarted, Planned, PlannedBranch
from patterns.log_headers import detect
from patterns.ports import EventSink
from patterns.recipes.logs.report import LogLine, Template
from patterns.task import Document
from patterns.templates import Drain, Shape

#: Characters that are kept of a line, and of a template.
KEPT_MOST = 300
#: Lines that are counted before others may work; a header is looked for in the first of them.
_AT_ONCE = 500
_SAMPLE = 200
_TOLD_EVERY = 100_000
_KEY, _TITLE = "shapes", "Counting shapes of lines"


@dataclass(frozen=True)
class Counted:
    """See `LogReport`; *templates* are all of them."""

    templates: tuple[Template, ...]
    lines: int
    empty: int
    rare: int
    stopped: str = ""


async def count(documents: Sequence[Document], sink: EventSink) -> Counted:
    """Lines are numbered through all *documents*; each may have a header of its own."""
    branch = PlannedBranch(key=_KEY, title=_TITLE)
    sink.emit(Planned(stage="steps", branches=(branch,)))
    sink.emit(BranchStarted(branch=_KEY))
    drain, stopped = Drain(), ""
    try:
        for document in documents:
            await _read(document, drain, sink)
    except RunOver as err:
        stopped = str(err)
    shapes, parts = drain.shapes(), drain.parts
    templates = tuple(_template(number, each, parts) for number, each in enumerate(shapes, 1))
    said = f"{_counted(len(templates), 'shape')} in {_counted(drain.lines, 'line')}"
    sink.emit(BranchDone(branch=_KEY, headline=said))
    return Counted(templates, drain.lines, drain.empty, drain.rare, stopped)


async def _read(document: Document, drain: Drain, sink: EventSink) -> None:
    header = None
    async with aclosing(_batches(document.lines())) as batches:
        async for batch in batches:
            header = header or detect(batch[:_SAMPLE])
            drain.read(batch, header)
            if drain.lines % _TOLD_EVERY < len(batch):
                sink.emit(BranchProgress(branch=_KEY, note=_counted(drain.lines, "line")))
            await asyncio.sleep(0)


async def _batches(lines: AsyncIterable[str]) -> AsyncGenerator[list[str]]:
    """What was read is handed out, too, where the reading ends with an error."""
    batch: list[str] = []
    over: RunOver | None = None
    try:
        async for line in lines:
            batch.append(line)
            if len(batch) == _AT_ONCE:
                yield batch
                batch = []
    except RunOver as err:
        over = err
    if batch:
        yield batch
    if over:
        raise over


def _template(number: int, shape: Shape, parts: int) -> Template:
    return Template(
        number=number,
        text=_kept(shape.text),
        count=shape.count,
        first=_line(shape.first),
        last=_line(shape.last),
        level=_kept(shape.level),
        source=_kept(shape.source),
        first_at=_kept(shape.first_at),
        last_at=_kept(shape.last_at),
        examples=tuple(map(_line, shape.examples)),
        history=tuple(shape.history[:parts]),
    )


def _line(line: tuple[int, str]) -> LogLine:
    return LogLine(number=line[0], text=_kept(line[1]))


def _kept(text: str) -> str:
    """Cut, and without what no database and no JSON takes."""
    cut = f"{text[:KEPT_MOST]}…" if len(text) > KEPT_MOST else text
    return cut.replace("\0", "\ufffd").encode(errors="replace").decode()


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
