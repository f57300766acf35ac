"""The way of a summary: pack, map, verify, mend, merge, settle; deep ones are read twice."""

from __future__ import annotations

from collections.abc import Sequence

from patterns.fanout import Limits
from patterns.importance import important
from patterns.itemizing import Mapped, itemize
from patterns.items import Point
from patterns.merging import Told
from patterns.ports import EventSink, Model
from patterns.recipes.summarize.deeper import Deeper
from patterns.recipes.summarize.mine import UNKNOWN, about, concerning
from patterns.recipes.summarize.questions import WORTH, aim, portions
from patterns.recipes.summarize.summary import KEPT, Summary
from patterns.task import Depth, Task

#: Points of a summary. Of kinds that may be left out the weightiest stay, and the rest is counted.
POINTS_MOST = 400


async def summarize(task: Task, model: Model, sink: EventSink, limits: Limits) -> Summary:
    """
    Needs messages. What fits is one question; more is read side by side and merged.

    Raises `QuorumMissed` only where no part could be read. Questions are the same whoever asks:
    what concerns them alone is told in code, from what concerns all.
    """
    wanted = aim(task)
    mapped = await itemize(
        task.messages,
        model,
        wanted,
        kept=KEPT,
        weigh=_weigh,
        portions=portions(task),
        sink=sink,
        limits=limits,
    )
    points, overview = mapped.points, mapped.overview
    if task.depth is Depth.DEEP:
        deeper = Deeper(about=wanted.about, weigh=_weigh, model=model, sink=sink, limits=limits)
        points, overview = await deeper(mapped)
    return _summary(task, mapped, points, overview)


def _summary(
    task: Task, mapped: Mapped, points: Sequence[Point], overview: tuple[Told, ...]
) -> Summary:
    told = points
    if task.mine and task.reader:
        told = concerning(task.reader, points, mapped.cited)
        overview = about(overview, told)
    kept = _kept(told)
    return Summary(
        overview=overview,
        points=kept,
        about=task.text.strip(),
        mine=task.mine,
        others=len(points) - len(told),
        read=mapped.read,
        messages=mapped.messages,
        threads=mapped.threads,
        files=task.files,
        parts=mapped.parts,
        mended=mapped.mended,
        dropped=mapped.dropped,
        cut=len(told) - len(kept),
        unread=mapped.unread,
        unread_parts=mapped.unread_parts,
        stopped=mapped.stopped,
        notes=(*task.notes, *([UNKNOWN] if task.mine and not task.reader else [])),
    )


def _weigh(points: Sequence[Point]) -> Sequence[float]:
    return important(points, WORTH)


def _kept(points: Sequence[Point]) -> tuple[Point, ...]:
    """In their order: all that must be told, and of others as many as there is room for."""
    room = POINTS_MOST - sum(point.kind in KEPT for point in points)
    kept: list[Point] = []
    for point in points:
        if point.kind in KEPT:
            kept.append(point)
        elif room > 0:
            kept.append(point)
            room -= 1
    return tuple(kept)
