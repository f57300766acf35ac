"""What the runs need from the rest of the bot."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.runs.model import Audience, RunRequest
from bot.runs.money import Cost
from bot.runs.storage import NO_PAGES, Pages
from patterns.evidence import Earlier, Evidence
from patterns.learned import Learned
from patterns.ports import SILENT, EventSink, Model
from patterns.task import Document, Messages
from patterns.usage import Usage

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
class Trip:
    """
    What a reader needs to know of the run it reads for.

    *since* is, by channel, up to which message who asks has read it. *tell* takes how far reading
    has come, in a few words. After *seconds* it ends with what it has, and says so in its notes.
    *pages* keeps what was read of much, so that who is killed need not read it again.
    """

    run_id: str = ""
    since: Mapping[str, str] = field(default_factory=dict[str, str])
    tell: Tell = lambda words: None
    seconds: float = 3_600
    pages: Pages = NO_PAGES


@dataclass(frozen=True)
class Reading:
    """
    *people* are the names behind the pseudonyms that stand in *messages* instead of them: a
    model is told no name, and none of its words can be one.

    *asker* is the pseudonym of who asked. *files* counts the text files in *messages*, *notes*
    say in sentences what could not be read. *until* is, by channel, the newest message, where
    all was read.
    """

    messages: Messages = ()
    people: Mapping[str, str] = field(default_factory=dict[str, str])
    documents: Sequence[Document] = ()
    asker: str = ""
    files: int = 0
    notes: tuple[str, ...] = ()
    until: Mapping[str, str] = field(default_factory=dict[str, str])


class Sources(Protocol):
    """Reading for a person, with that person's rights."""

    async def admit(self, request: RunRequest, /) -> Audience:
        """
        Who may see the result; raises `Unreadable` before anything is read.

        Asked each time a run is entered: rights may be gone since it was last.
        """
        ...

    async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
        """
        What *source* names, in time order, never empty; raises `Unreadable`.

        For a recipe that works on lines it comes as documents.

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
