"""What a recipe is given to work on."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from patterns.evidence import NOTHING, Evidence
from patterns.learned import UNLEARNED, Learned

#: Characters of a topic that is read instead of typed; a claim or a problem is no book.
TOPIC_MOST = 20_000


class Depth(StrEnum):
    """How much work a run may be: fewer voters and lenses, or more."""

    QUICK = "quick"
    NORMAL = "normal"
    DEEP = "deep"


class Message(BaseModel):
    """
    One thing that somebody wrote.

    *id* is unique among the messages of a task and *thread* is the id of the message that
    it answers (its own for a root); *permalink* leads a person back to it.

    *at* is when it was written, in seconds since 1970. *reactions* and *replies* count people who
    reacted and answers in its thread, *mentions* are whom it names. *context*: it was read before,
    and is shown for what answers it; nothing may be taken from it. *attached*: it is a part of a
    file that came with the message above it, and no message of its own.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    thread: str
    author: str
    text: str
    permalink: str | None = None
    at: float | None = None
    reactions: int = 0
    replies: int = 0
    mentions: tuple[str, ...] = ()
    bot: bool = False
    edited: bool = False
    context: bool = False
    attached: bool = False


#: A stream where there may be more than memory holds; it is walked through once.
Messages = Sequence[Message] | AsyncIterable[Message]


@dataclass(frozen=True, kw_only=True)
class Document:
    """
    A text file, or what was pasted, as lines without their ends; *lines* starts anew each time.

    *link* leads a person to it, empty where nothing does.
    """

    name: str
    lines: Callable[[], AsyncIterable[str]]
    link: str = ""


@dataclass(frozen=True)
class Cuts:
    """
    Where chunks of a conversation begin: ids of their first messages.

    *before* are those of the last time: a chunk that begins where one did is the same chunk as
    long as nothing in it changed, and what was answered about it still holds. *made* are those of
    this time, which the recipe adds as it packs.
    """

    before: frozenset[str] = frozenset()
    made: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, kw_only=True)
class Task:
    """
    *text* is what the person typed; *messages* what was read for it, in time order. *documents*
    are read line by line by who looks at logs or tables. *reader* is how who asks is called in
    what was read, empty where that is not known; *mine*: they want what concerns them alone.
    *files* counts text files in *messages*, *notes* say in sentences what could not be read.

    *voters* is None where the recipe's own number is good. *evidence* looks near the place where
    it was asked, *web* says whether the model can search the web. *learned* is what people's
    verdicts have taught of the seats of a panel.
    """

    text: str = ""
    messages: Messages = ()
    documents: Sequence[Document] = ()
    reader: str = ""
    mine: bool = False
    files: int = 0
    notes: tuple[str, ...] = ()
    cuts: Cuts = field(default_factory=Cuts)
    depth: Depth = Depth.NORMAL
    voters: int | None = None
    evidence: Evidence = NOTHING
    web: bool = False
    learned: Learned = UNLEARNED


async def topic(task: Task) -> str:
    """
    What a task is about: its text, or else what was read for it.

    Of more than `TOPIC_MOST` characters the first stay, with an ellipsis behind them, and the
    rest of a stream is not read. Empty where nobody said anything.
    """
    known = known_topic(task)
    if isinstance(task.messages, Sequence) or known is not None:
        return known or ""
    said = ""
    async for message in task.messages:
        said = f"{said}\n{message.text}".strip()
        if len(said) > TOPIC_MOST:
            break
    return _cut(said)


def known_topic(task: Task) -> str | None:
    """The same without reading: None while only a stream can tell."""
    if text := task.text.strip():
        return text
    if isinstance(task.messages, Sequence):
        return _cut("\n".join(message.text for message in task.messages).strip())
    return None


def _cut(text: str) -> str:
    return f"{text[:TOPIC_MOST]}…" if len(text) > TOPIC_MOST else text
