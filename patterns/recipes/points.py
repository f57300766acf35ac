"""What a summary says, each checked in code against the messages that it cites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from patterns.packing import Line
from patterns.ports import Answer
from patterns.quotes import folded, stands_in
from patterns.task import Message


class Kind(StrEnum):
    """What an item is. Decisions, actions and questions are never left out of a summary."""

    DECISION = "decision"
    ACTION = "action"
    QUESTION = "question"
    DISAGREEMENT = "disagreement"
    RISK = "risk"
    FACT = "fact"


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


def checked(items: Iterable[Item], chunk: Sequence[Line]) -> tuple[Point, ...]:
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
