"""What the runs need from the rest of the bot."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.runs.model import Audience, Run, RunRequest, Status
from patterns.events import Event
from patterns.ports import EventSink, Model
from patterns.recipes import Result
from patterns.task import Message
from patterns.usage import Usage

Execute = Callable[[str], Coroutine[Any, Any, None]]
Changed = Callable[[str], None]
#: Ends a run that cannot go on: its id, and one sentence for the person who asked.
Abandon = Callable[[str, str], Coroutine[Any, Any, None]]


class ModelFor(Protocol):
    """*name* is what people read on a card before the first answer is there."""

    @property
    def name(self) -> str: ...

    def __call__(self, sink: EventSink, /) -> Model:
        """The model with its rings (retries, …), which tell *sink* about their waits."""
        ...


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """A paid answer: *body* is its JSON, *fingerprint* that of the question."""

    key: str
    fingerprint: str
    body: str
    usage: Usage
    model: str


class RunStore(Protocol):
    """
    Every write that returns has been committed; `append` is committed in its turn.

    Raises `StorageFailed` where the database does not take or give it at the moment.
    """

    async def add(self, request: RunRequest, /) -> Run | None:
        """The new run, or None when this delivery is already known."""
        ...

    async def get(self, run_id: str, /) -> Run:
        """Raises `NoSuchRun`."""
        ...

    async def recent(self, limit: int, /) -> list[Run]:
        """Newest first, without their events."""
        ...

    async def admit(self, run_id: str, audience: Audience, /, *, model: str = "") -> None:
        """The run may be shown to *audience*; the model of that name will be asked."""
        ...

    def append(self, run_id: str, event: Event, /) -> None:
        """Returns at once; events are stored in the order given, before a later `close`."""
        ...

    async def close(
        self, run_id: str, status: Status, *, result: Result | None = None, error: str | None = None
    ) -> bool:
        """False when it was closed before: the first outcome stays."""
        ...

    async def answers(self, run_id: str, /) -> Mapping[str, Remembered]:
        """All that were paid for, by key."""
        ...

    async def remember(self, run_id: str, answer: Remembered, /) -> None: ...

    async def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        """What attempts cost that gave no answer; it counts to the run's usage."""
        ...


@dataclass(frozen=True, kw_only=True)
class Posted:
    """
    A Slack message of a run. *slot* names it ("card", "result", …).

    *ts* is None from before the post until its answer was written down: after a crash such
    a message may or may not stand in Slack. *digest* is of the content last shown.
    """

    slot: str
    channel: str
    ts: str | None
    digest: str


class Outbox(Protocol):
    """Which messages of a run stand in Slack."""

    async def posted(self, run_id: str, /) -> Mapping[str, Posted]: ...

    async def put(self, run_id: str, message: Posted, /) -> None:
        """Insert, or replace the one in the same slot."""
        ...

    async def undelivered(self) -> list[str]:
        """Ids of runs asked for in Slack whose last state is not shown yet."""
        ...

    async def delivered(self, run_id: str, /) -> None:
        """All of this closed run is shown."""
        ...


class Sources(Protocol):
    """Reading for a person, with that person's rights."""

    async def admit(self, request: RunRequest, /) -> Audience:
        """
        Who may see the result; raises `Unreadable` before anything is read.

        Asked each time a run is entered: rights may be gone since it was last.
        """
        ...

    async def read(self, request: RunRequest, /) -> tuple[Message, ...]:
        """What *source* names, in time order, never empty; raises `Unreadable`."""
        ...


class Engine(Protocol):
    """Decides where and when `Execute` runs. Start twice is start once."""

    async def start(self, run_id: str, /) -> None: ...
    async def cancel(self, run_id: str, /) -> None: ...
