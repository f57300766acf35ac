"""Of a summary, what concerns the one who asked for it: told in code, from what was checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from patterns.items import Point
from patterns.merging import Told
from patterns.task import Message

#: Between the owners of one action.
_AND = re.compile(r"[,;/&+]|\band\b", re.IGNORECASE)

UNKNOWN = "It is not known who of those who wrote here asks: so this is for everybody."


def concerning(
    reader: str, points: Sequence[Point], cited: Mapping[str, Message]
) -> tuple[Point, ...]:
    """What *reader* said, is to do, or is named in."""
    name = _folded(reader)

    def concerns(point: Point) -> bool:
        mentioned = (
            mention
            for source in point.sources
            if source in cited
            for mention in cited[source].mentions
        )
        owners = (point.owner, *_AND.split(point.owner))
        return name in map(_folded, (point.speaker, *owners, *mentioned))

    return tuple(point for point in points if concerns(point))


def about(overview: Sequence[Told], points: Sequence[Point]) -> tuple[Told, ...]:
    """Sentences that rest on a message that one of *points* rests on, too."""
    links = {link for point in points for link in point.links}
    return tuple(told for told in overview if not links.isdisjoint(told.links))


def _folded(name: str) -> str:
    return " ".join(name.strip().removeprefix("@").casefold().split())
