"""What a run is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.runs.limits import VOTERS_MOST
from patterns.events import Event
from patterns.recipes import Result
from patterns.task import Depth
from patterns.usage import Estimate, Usage

#: The name by which the built-in stand-in for a model answers; no real model has it.
SIMULATED_MODEL = "simulated model"


class Status(StrEnum):
    """OPEN until the first outcome, which stays."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Audience(StrEnum):
    """Who sees the card and the result: the channel it was asked in, or the asker alone."""

    CHANNEL = "channel"
    REQUESTER = "requester"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Place(_Value):
    """
    Where a run was asked for. On the console *team* is empty and *channel* "console".

    *thread_ts*: in this thread of the channel, where card and result go too. *enterprise* names
    the organisation, where the app may be installed for all of it.
    """

    team: str
    channel: str
    thread_ts: str | None = None
    enterprise: str = ""

    @property
    def on_console(self) -> bool:
        return not self.team


class Actor(_Value):
    """Who does something in Slack, by Slack's signed word."""

    user: str
    team: str
    enterprise: str = ""

    @property
    def workspace(self) -> Place:
        """No channel of it: where the app's own token is looked for."""
        return Place(team=self.team, channel="", enterprise=self.enterprise)


class Rating(StrEnum):
    """What somebody thinks of a result."""

    UP = "up"
    DOWN = "down"


class Rated(_Value):
    """What one person said of a result, and perhaps why."""

    by: str
    rating: Rating
    reason: str
    at: datetime


class Opinion(StrEnum):
    """What somebody thinks of a claim that a panel has voted on."""

    AGREE = "agree"
    DISAGREE = "disagree"
    CANNOT_TELL = "cannot_tell"


class PeoplesVote(_Value):
    """
    The vote of people on claim number *claim* (from 0) of a run. It is over at *closes_at*.

    *counts* names every opinion; nobody but who has voted is told them before the end. *settled*
    is what people said (see `bot.runs.polling.settled`), known once it is over.
    """

    claim: int
    closes_at: datetime
    closed: bool
    counts: dict[Opinion, int]
    settled: Opinion | None = None

    @property
    def voters(self) -> int:
        return sum(self.counts.values())


class Window(_Value):
    """
    Messages of a channel: newer than *oldest* (a Slack ts), at most the newest *limit*.

    *since_last*: newer than what who asks has last had summarized of it; *oldest* is for the
    first time.
    """

    kind: Literal["window"] = "window"
    channel: str
    oldest: str | None = None
    limit: int | None = None
    since_last: bool = False


class Several(_Value):
    """Windows of several channels, read as one conversation after another."""

    kind: Literal["several"] = "several"
    windows: tuple[Window, ...]


class Thread(_Value):
    """The thread under the message *ts*, root included."""

    kind: Literal["thread"] = "thread"
    channel: str
    ts: str


class OneMessage(_Value):
    """The message *ts* alone; *thread_ts* where it is a reply."""

    kind: Literal["message"] = "message"
    channel: str
    ts: str
    thread_ts: str | None = None


class Shared(_Value):
    """What came with the message *ts*: its text files, or its own text where it has none."""

    kind: Literal["shared"] = "shared"
    channel: str
    ts: str
    thread_ts: str | None = None


class Files(_Value):
    """Files on the machine of the console. *reader* is how who asks is called in them, if known."""

    kind: Literal["files"] = "files"
    paths: tuple[str, ...]
    reader: str = ""


Source = Annotated[
    Window | Several | Thread | OneMessage | Shared | Files, Field(discriminator="kind")
]


def channels_of(source: Source | None) -> tuple[str, ...]:
    """The channels that *source* stands in; none where it is read from this machine."""
    match source:
        case None | Files():
            return ()
        case Several(windows=windows):
            return tuple(dict.fromkeys(window.channel for window in windows))
        case _:
            return (source.channel,)


class RunRequest(_Value):
    """
    What somebody asked for. *fresh*: no answer from before will do. *mine*: only what concerns
    who asks.

    *dedupe* names the delivery: the same delivery twice is one run. *question* names what was
    asked, by whom and where, as it was typed: the same twice is one run while that is open;
    empty: never the same. *source* is what must be read first, None where the text is all.
    """

    recipe: str
    text: str = ""
    source: Source | None = None
    depth: Depth = Depth.NORMAL
    voters: int | None = Field(default=None, ge=1, le=VOTERS_MOST)
    private: bool = False
    fresh: bool = False
    mine: bool = False
    asked_by: str
    place: Place
    dedupe: str
    question: str = ""


class Timed(_Value):
    """An event and when it was stored."""

    at: datetime
    event: Event


class Run(_Value):
    """
    *audience* is None until it is known that the asker may see what is to be read; before
    that nothing is shown. *model* is the name of the one to be asked, *models* of those that
    answered. *estimate* was made before the first question. *reused* answers
    were paid for by other runs.

    *events* may be a part of all; *seen* is the number of the last one that was read.

    *attempt* counts how often it was opened, the last time at *opened_at*: who retries names the
    attempt that failed. *shared_by* is who showed a private result to the channel. *people* have
    votes on its claims, of those that somebody has voted on; once it is over, of all.
    """

    id: str
    request: RunRequest
    status: Status = Status.OPEN
    audience: Audience | None = None
    created_at: datetime
    opened_at: datetime | None = None
    ended_at: datetime | None = None
    attempt: int = 1
    shared_by: str = ""
    events: tuple[Timed, ...] = ()
    seen: int = 0
    result: Result | None = None
    error: str | None = None
    usage: Usage = Usage()
    reused: int = 0
    estimate: Estimate | None = None
    model: str = ""
    models: tuple[str, ...] = ()
    people: tuple[PeoplesVote, ...] = ()

    @property
    def erased(self) -> bool:
        """Nothing is left of what was asked, read and found: it was kept for so many days."""
        return not self.request.text and self.request.source is None

    @property
    def model_names(self) -> tuple[str, ...]:
        """Of those that answered; until one has, of the one that is being asked."""
        return self.models or ((self.model,) if self.model else ())
