"""
A second reading of a summary: one small checker for each type of error, and a denser overview.

What a checker says counts only for items that it names. It removes nothing: what it doubts is
shown with its doubt, and what it says is the same is put together where code finds it plausible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patterns.asking import ask_all, ask_one
from patterns.fanout import Limits, Said
from patterns.itemizing import Mapped, Weigh
from patterns.items import Point
from patterns.merging import Digest, Node, Told, joined
from patterns.ports import EventSink, Model
from patterns.recipes.summarize.questions import (
    CHECKED_MOST,
    CHECKS,
    Findings,
    Overview,
    check,
    dense,
)
from patterns.settling import settled

#: What stands beside a point that a checker named, by the checker's name.
DOUBTS: Mapping[str, str] = {
    "unsupported": "A second reading did not find this in its messages.",
    "speaker": "A second reading found that somebody else may be meant.",
}


@dataclass(frozen=True, kw_only=True)
class Deeper:
    """One summary's second reading; a question of it that fails changes nothing."""

    about: str
    weigh: Weigh
    model: Model
    sink: EventSink
    limits: Limits

    async def __call__(self, mapped: Mapped) -> tuple[tuple[Point, ...], tuple[Told, ...]]:
        """The points, doubtful ones last, and the overview."""
        if not mapped.points:
            return mapped.points, mapped.overview
        seen = mapped.points[:CHECKED_MOST]
        found = await self._checked(seen, mapped)
        top = _same(mapped.top, seen, found.get("repetition"))
        points = _doubted(settled(top, self.weigh), _named(seen, found))
        return points, await self._dense(mapped, [each for each in points if not each.doubt])

    async def _checked(self, seen: Sequence[Point], mapped: Mapped) -> Mapping[str, Findings]:
        prompts = [check(name, seen, mapped.cited) for name in CHECKS]
        fanned = await ask_all(
            "checks",
            prompts,
            self.model,
            self.sink,
            describe=_found,
            quorum=0,
            limits=self.limits,
        )
        return {key.removeprefix("check-"): answer for key, answer in fanned.answers.items()}

    async def _dense(self, mapped: Mapped, points: Sequence[Point]) -> tuple[Told, ...]:
        """As it was, unless every sentence of the new one cites items, and holds."""
        seen = points[:CHECKED_MOST]
        if not mapped.overview or not seen:
            return mapped.overview
        answer = await ask_one(
            "overviews",
            dense(self.about, mapped.overview, seen),
            self.model,
            self.sink,
            describe=_written,
            limits=self.limits,
        )
        if answer is None:
            return mapped.overview
        digest = Digest(overview=answer.overview, same=[], conflicts=[])
        told = joined([Node(1, 1, tuple(seen))], seen, digest).overview
        return told if told and len(told) == len(answer.overview) else mapped.overview


def _key(point: Point) -> tuple[str, str, str]:
    """What a point and the one that it was put together from have in common."""
    return point.kind, point.text, point.quote


def _same(top: Node, seen: Sequence[Point], found: Findings | None) -> Node:
    if found is None:
        return top
    before = {_key(point): point for point in top.points}
    listed = [before[_key(point)] for point in seen]
    groups = [finding.items for finding in found.findings]
    return joined([top], listed, Digest(overview=[], same=groups, conflicts=[]))


def _named(
    seen: Sequence[Point], found: Mapping[str, Findings]
) -> Mapping[tuple[str, str, str], str]:
    """Why a point is doubted, by what it says."""
    return {
        _key(seen[number - 1]): doubt
        for name, doubt in DOUBTS.items()
        if name in found
        for finding in found[name].findings
        for number in finding.items
        if 0 < number <= len(seen)
    }


def _doubted(
    points: Sequence[Point], named: Mapping[tuple[str, str, str], str]
) -> tuple[Point, ...]:
    told = [point.model_copy(update={"doubt": named.get(_key(point), "")}) for point in points]
    return tuple(sorted(told, key=lambda point: bool(point.doubt)))


def _found(findings: Findings) -> Said:
    count = len(findings.findings)
    return Said(
        f"{count} found" if count else "nothing found",
        tuple(finding.why for finding in findings.findings),
    )


def _written(answer: Overview) -> Said:
    return Said("written", tuple(sentence.text for sentence in answer.overview))
