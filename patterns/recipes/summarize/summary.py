"""What a summary is."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.coverage import Unread
from patterns.items import Notes, Point
from patterns.merging import Told


class Kind(StrEnum):
    """What an item is. Decisions, actions and questions are never left out of a summary."""

    DECISION = "decision"
    ACTION = "action"
    QUESTION = "question"
    DISAGREEMENT = "disagreement"
    RISK = "risk"
    FACT = "fact"


KEPT = frozenset({Kind.DECISION, Kind.ACTION, Kind.QUESTION})


class SummaryNotes(Notes[Kind]):
    """What one chunk holds."""


class Summary(BaseModel):
    """
    *points*: the most important first; *overview* is what to read first.

    *about* is the question that it answers, empty where all was asked for; with *mine* it holds
    what concerns who asked, and *others* counts the rest. *threads* counts those that hold two of
    the messages or more, *files* text files. *mended* counts items that did not hold at first,
    *dropped* those that never did, *cut* those for which there was no room.

    *unread* names the first of the *unread_parts*, of *parts*. *stopped* says why reading ended
    before the end was seen; there may be more messages than *messages* then. *notes* are
    sentences on what was read, and what could not be.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["summary"] = "summary"
    overview: tuple[Told, ...]
    points: tuple[Point, ...]
    about: str = ""
    mine: bool = False
    others: int = 0
    read: int
    messages: int
    threads: int
    files: int = 0
    parts: int = 0
    mended: int = 0
    dropped: int = 0
    cut: int = 0
    unread: tuple[Unread, ...] = ()
    unread_parts: int = 0
    stopped: str = ""
    notes: tuple[str, ...] = ()

    @property
    def partial(self) -> bool:
        """Does it have to be said first that much is missing: a tenth, or nobody knows?"""
        return bool(self.stopped) or 10 * self.read < 9 * self.messages
