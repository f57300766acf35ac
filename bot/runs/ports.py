"""What the runs need from the rest of the bot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.runs.model import Actor, Audience, Rating, Run, RunRequest, Status
from bot.runs.money import Cost
from patterns.events import Event
from patterns.evidence import Earlier, Evidence
from patterns.learned import Learned
from patterns.ports import SILENT, EventSink, Model
from patterns.recipes import Result
from patterns.task import Messages
from patterns.usage import Estimate, Usage

Execute = Callable[[str], Coroutine[Any, Any, None]]
Changed = Callable[[str], None]
#: Takes what a branch is doing, in a few words for its note.
Tell = Callable[[str], None]
#: Ends a run that cannot go on: its id, and one sentence for the person who asked.
Abandon = Callable[[str, str], Coroutine[Any, Any, None]]


class Purse(Protocol):
    """What one run may still spend. Nothing is sent before it was reserved."""

    async def reserve(self, most: Cost, /, tell: Tell | None = None) -> None:
        """
        Set *most* aside for one request, waiting for what may come back from others.

        Where that are other runs, *tell* is told so, once. Raises `BudgetSpent` where it cannot
        be had.
        """
        ...

    def reserve_now(self, most: Cost, /) -> bool:
        """Without waiting; False where it is not at hand."""
        ...

    def settle(self, most: Cost, spent: Cost, /) -> None:
        """Give back what of the reserved *most* was not *spent*."""
        ...


class NoPurse:
    """For who does not count: everything may be spent."""

    async def reserve(self, most: Cost, /, tell: Tell | None = None) -> None: ...

    def reserve_now(self, most: Cost, /) -> bool:
        return True

    def settle(self, most: Cost, spent: Cost, /) -> None: ...


FREE = NoPurse()


@dataclass(frozen=True, kw_only=True)
class Errand:
    """
    On whose behalf a model is asked.

    *person* names who asked, for fair shares; *sink* is told about waits and retries; *lost*
    takes note, at once, of what a question cost that was given up before its answer came.
    """

    run_id: str = ""
    person: str = ""
    sink: EventSink = SILENT
    purse: Purse = FREE
    lost: Callable[[str, Usage], None] = lambda key, usage: None


class ModelFor(Protocol):
    """*name* is what people read on a card before the first answer is there."""

    @property
    def name(self) -> str: ...

    @property
    def searches(self) -> bool:
        """Can it answer a prompt that asks to search the web?"""
        ...

    def __call__(self, errand: Errand, /) -> Model:
        """The model with its rings (rates, retries, money, …) around it."""
        ...


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


@dataclass(frozen=True)
class Reading:
    """
    *people* are the names behind the pseudonyms that stand in *messages* instead of them: a
    model is told no name, and none of its words can be one.
    """

    messages: Messages
    people: Mapping[str, str] = field(default_factory=dict[str, str])


class Sources(Protocol):
    """Reading for a person, with that person's rights."""

    async def admit(self, request: RunRequest, /) -> Audience:
        """
        Who may see the result; raises `Unreadable` before anything is read.

        Asked each time a run is entered: rights may be gone since it was last.
        """
        ...

    async def read(self, request: RunRequest, /) -> Reading:
        """
        What *source* names, in time order, never empty; raises `Unreadable`.

        What may be too much to hold comes as a stream, which may raise it later, too.
        """
        ...

    def evidence(
        self, request: RunRequest, met: Callable[[Mapping[str, str]], None], until: datetime, /
    ) -> Evidence:
        """Looks there as its asker may, at what was said *until* then; *met* is told names."""
        ...


class Checks(Protocol):
    """What came of claims before."""

    async def of(self, claim: str, request: RunRequest, /) -> Sequence[Earlier]:
        """
        Of the same claim (its words, whatever their case and marks), newest first, of runs whose
        results all may see who see this one: the channel's; where the asker is alone, their own.
        """
        ...


class Learnings(Protocol):
    """What people's verdicts have taught."""

    async def of(self, team: str, /) -> Learned: ...


class Engine(Protocol):
    """Decides where and when `Execute` runs. Start twice is start once."""

    async def start(self, run_id: str, /) -> None: ...
    async def cancel(self, run_id: str, /) -> None: ...
