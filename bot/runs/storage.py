"""What the runs need kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.runs.model import Actor, Audience, Rating, Run, RunRequest, Status
from patterns.events import Event
from patterns.recipes import Result
from patterns.usage import Estimate, Usage


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """
    A paid answer: *body* is its JSON, *fingerprint* that of the question.

    *scope* names who else may be given it (see `Shelf`); empty: nobody.
    """

    key: str
    fingerprint: str
    body: str
    usage: Usage
    model: str
    scope: str = ""


class Shelf(Protocol):
    """Answers of the last days, for who asks the same in the same *scope*."""

    async def known(self, scope: str, /) -> Collection[str]:
        """Fingerprints of the answers that are kept."""
        ...

    async def find(self, scope: str, fingerprint: str, /) -> Remembered | None:
        """The newest; None where it is gone since."""
        ...


class RunStore(Protocol):
    """
    Every write that returns has been committed; `append` is committed in its turn.

    Raises `StorageFailed` where the database does not take or give it at the moment.
    """

    async def add(self, request: RunRequest, /) -> Run | None:
        """
        The new run, or None when this delivery, or this question while it is open, is known.

        Raises `NotNow` where too many are open.
        """
        ...

    async def known(self, request: RunRequest, /) -> Run | None:
        """The run that stands for the delivery or the question of *request*, without events."""
        ...

    async def get(self, run_id: str, /, *, after: int = 0, most: int | None = None) -> Run:
        """
        With its events after number *after*, at most *most* of them: they may be too many.

        Raises `NoSuchRun`.
        """
        ...

    async def recent(self, limit: int, /) -> list[Run]:
        """Newest first, without their events."""
        ...

    async def reopen(self, run_id: str, attempt: int, /) -> bool:
        """
        Open a closed run once more, as the attempt after *attempt*; its outcome is forgotten,
        what was answered is kept. False when it is open, or that attempt is not its last.

        Raises `NotNow` where too many are open.
        """
        ...

    async def share(self, run_id: str, by: str, /) -> bool:
        """Show the result in the channel, too. False when it was shared before."""
        ...

    async def rate(self, run_id: str, by: str, rating: Rating, /, *, reason: str = "") -> None:
        """One rating a person: the last one counts. Without a *reason* the one before stays."""
        ...

    async def open_of(self, actor: Actor, channel: str, thread_ts: str | None, /) -> list[str]:
        """Ids of the open runs that *actor* asked for there."""
        ...

    async def admit(self, run_id: str, audience: Audience, /, *, model: str = "") -> None:
        """The run may be shown to *audience*; the model of that name will be asked."""
        ...

    async def estimate(self, run_id: str, estimate: Estimate, /) -> None:
        """What the run will probably use, to be shown while it works."""
        ...

    def append(self, run_id: str, event: Event, /) -> None:
        """Returns at once; events are stored in the order given, before a later `close`."""
        ...

    async def close(
        self, run_id: str, status: Status, *, result: Result | None = None, error: str | None = None
    ) -> bool:
        """False when it was closed before: the first outcome stays."""
        ...

    async def answers(self, run_id: str, /) -> Mapping[str, str]:
        """Fingerprints of all that were paid for, by key: bodies may be too many to hold."""
        ...

    async def answer(self, run_id: str, key: str, /) -> Remembered:
        """One of them."""
        ...

    async def remember(self, run_id: str, answer: Remembered, /) -> None: ...

    def spend(self, run_id: str, key: str, usage: Usage, /) -> None:
        """What attempts cost that gave no answer: usage, too. Returns at once, like `append`."""
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

    async def delivered(self, run: Run, /) -> None:
        """All of this closed run, as it is here, is shown: not what was done to it since."""
        ...


class Pages(Protocol):
    """What a run has read of much, until it is over: nothing is read twice after a kill."""

    async def kept(self, run_id: str, /) -> Mapping[str, str]:
        """Bodies by key."""
        ...

    async def keep(self, run_id: str, key: str, body: str, /) -> None: ...


class NoPages:
    """For who reads little."""

    async def kept(self, run_id: str, /) -> Mapping[str, str]:
        return {}

    async def keep(self, run_id: str, key: str, body: str, /) -> None: ...


NO_PAGES = NoPages()


class Bookmarks(Protocol):
    """How far people have read channels, and where chunks of them begin."""

    async def read_until(self, team: str, channel: str, user: str, /) -> str | None:
        """The newest message (a Slack ts) that *user* has had summarized."""
        ...

    async def move(self, team: str, channel: str, user: str, ts: str, /) -> None:
        """Forward, never back."""
        ...

    async def cuts(self, team: str, channel: str, depth: str, /) -> frozenset[str]: ...

    async def keep_cuts(self, team: str, channel: str, depth: str, made: Sequence[str], /) -> None:
        """From the first of *made* on they stand in the place of those that were known."""
        ...


class NoBookmarks:
    """For who reads files."""

    async def read_until(self, team: str, channel: str, user: str, /) -> str | None:
        return None

    async def move(self, team: str, channel: str, user: str, ts: str, /) -> None: ...

    async def cuts(self, team: str, channel: str, depth: str, /) -> frozenset[str]:
        return frozenset()

    async def keep_cuts(
        self, team: str, channel: str, depth: str, made: Sequence[str], /
    ) -> None: ...
