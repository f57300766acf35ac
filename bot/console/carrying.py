"""Carrying out a run in this process, while somebody watches and may press Ctrl-C."""

from __future__ import annotations

import asyncio
import getpass
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from bot.console.exits import Exit
from bot.console.files import FileSources
from bot.console.storing import open_database
from bot.parts import executor, open_model
from bot.runs.desk import Desk
from bot.runs.executor import Executor
from bot.runs.model import Run, Status
from bot.runs.ports import Changed, RunStore
from bot.settings import Settings
from bot.store.runs import SqlRunStore

TEAM = ""  # of everything that was asked for on the console
_TICK = 0.1  # seconds between two looks at the clock
_LOOK = 5  # ticks after which a run is read again: another terminal may have cancelled it
_EVENTS_A_READ = 2000


class Watcher(Protocol):
    """What shows a run while it works."""

    def show(self, run: Run, /) -> None:
        """The run as it is, with the events that are new since it was shown last."""
        ...

    def tick(self) -> None: ...


class Watched(RunStore, Protocol):
    """A store that tells when a run changed."""

    def subscribe(self, changed: Changed, /) -> None: ...


class Foreground:
    """An `Engine` of one: it starts nothing, `Carrier` waits for the run itself."""

    def __init__(self) -> None:
        self.work: asyncio.Task[None] | None = None

    async def start(self, run_id: str, /) -> None: ...

    async def cancel(self, run_id: str, /) -> None:
        if self.work is not None:
            self.work.cancel()


@dataclass(frozen=True)
class Outcome:
    """*interrupted*: it was Ctrl-C here that cancelled it."""

    run: Run
    interrupted: bool

    @property
    def code(self) -> Exit:
        match self.run.status:
            case Status.DONE:
                return Exit.DONE
            case Status.CANCELLED:
                return Exit.INTERRUPTED if self.interrupted else Exit.CANCELLED
            case Status.FAILED | Status.OPEN:
                return Exit.FAILED


class _Seen:
    """How much of a run its watcher has seen."""

    def __init__(self, store: RunStore, run_id: str, watcher: Watcher) -> None:
        self.run_id = run_id
        self.watcher = watcher
        self._store = store
        self._last = 0

    async def look(self) -> Run:
        """Show what is new; returns the run as it is now, without the events of before."""
        while True:
            run = await self._store.get(self.run_id, after=self._last, most=_EVENTS_A_READ)
            self._last = run.seen
            self.watcher.show(run)
            if len(run.events) < _EVENTS_A_READ:
                return run


class Carrier:
    """Runs asked for on this machine, from submit to outcome."""

    def __init__(self, store: Watched, executor: Executor) -> None:
        self.store = store
        self._executor = executor
        self._engine = Foreground()
        self.desk = Desk(store, self._engine)

    async def carry_out(self, run: Run, watcher: Watcher) -> Outcome:
        """Ends with the run, whatever ends it: its result, Ctrl-C, or a cancel elsewhere."""
        stop = asyncio.Event()
        with _interrupt(stop):
            await self._work(run, watcher, stop)
        ended = await self.store.get(run.id)
        return Outcome(ended, stop.is_set())

    async def _work(self, run: Run, watcher: Watcher, stop: asyncio.Event) -> None:
        seen = _Seen(self.store, run.id, watcher)
        async with asyncio.TaskGroup() as group:
            work = group.create_task(self._executor.execute(run.id), name=run.id)
            self._engine.work = work
            others = [
                group.create_task(self._follow(seen), name="watcher"),
                group.create_task(self._obey(run, stop), name="interrupt"),
            ]
            await asyncio.wait([work])
            for other in others:
                other.cancel()
        await seen.look()

    async def _follow(self, seen: _Seen) -> None:
        changed = asyncio.Event()
        self.store.subscribe(lambda touched: changed.set() if touched == seen.run_id else None)
        ticks = 0
        while True:
            if changed.is_set() or ticks % _LOOK == 0:
                changed.clear()
                run = await seen.look()
                if run.status is Status.CANCELLED:
                    await self._engine.cancel(run.id)
            seen.watcher.tick()
            ticks += 1
            await asyncio.sleep(_TICK)

    async def _obey(self, run: Run, stop: asyncio.Event) -> None:
        await stop.wait()
        await self.desk.cancel(run.id, by=run.request.asked_by, team=TEAM)


@asynccontextmanager
async def open_carrier(settings: Settings) -> AsyncGenerator[Carrier]:
    """The model first: without one there is nothing to write down."""
    async with open_model(settings) as model, open_database(settings) as database:
        store = SqlRunStore(database)
        yield Carrier(store, executor(settings, database, FileSources(), model, store=store))


def user() -> str:
    """Who sits at this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may have no name for its user
        return "console"


@contextmanager
def _interrupt(stop: asyncio.Event) -> Generator[None]:
    """The first Ctrl-C sets *stop*; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def first() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, first)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
