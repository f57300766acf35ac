"""What a recipe is given to work on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Depth(StrEnum):
    """How much work a run may be: fewer voters and lenses, or more."""

    QUICK = "quick"
    NORMAL = "normal"
    DEEP = "deep"


class Message(_Value):
    """
    One thing that somebody wrote.

    *id* is unique among the messages of a task and *thread* is the id of the message that
    it answers (its own for a root); *permalink* leads a person back to it.
    """

    id: str
    thread: str
    author: str
    text: str
    permalink: str | None = None


class Task(_Value):
    """
    *text* is what the person typed; *messages* what was read for it, in time order.

    *voters* is None where the recipe's own number is good.
    """

    text: str = ""
    messages: tuple[Message, ...] = ()
    depth: Depth = Depth.NORMAL
    voters: int | None = None
