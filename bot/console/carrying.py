"""Carrying out a run in this process, while somebody watches and may press Ctrl-C."""

from __future__ import annotations

import asyncio
import fcntl
import getpass
import logging
import os
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.console.exits import Exit, Stop
from bot.console.files import FileSources
from bot.console.storing import open_database, state_folder
from bot.parts import executor, open_model
from bot.runs.desk import Desk
from bot.runs.executor import Executor
from bot.runs.model import Actor, Run, Status
from bot.runs.ports import Changed
from bot.runs.storage import RunStore
from bot.settings import Settings
from bot.store.runs import SqlRunStore

log = logging.getLogger(__name__)

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
    """
    Runs asked for on this machine, from submit to outcome.

    In *folder* they are locked while they are carried out.
    """

    def __init__(self, store: Watched, executor: Executor, folder: Path) -> None:
        self.store = store
        self._folder = folder
        self._executor = executor
        self._engine = Foreground()
        self.desk = Desk(store, self._engine)

    async def carry_out(self, run: Run, watcher: Watcher) -> Outcome:
        """
        Ends with the run, whatever ends it: its result, Ctrl-C, or a cancel elsewhere.

        Raises `Stop` where another process of this machine carries it out.
        """
        stop = asyncio.Event()
        with _alone(self._folder, run.id), _interrupt(stop):
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
        await self.desk.cancel(run.id, by=Actor(user=run.request.asked_by, team=TEAM))


@asynccontextmanager
async def open_carrier(settings: Settings) -> AsyncGenerator[Carrier]:
    """The model first: without one there is nothing to write down."""
    async with open_model(settings) as model, open_database(settings) as database:
        store = SqlRunStore(database)
        carries = executor(settings, database, FileSources(), model, store=store)
        yield Carrier(store, carries, state_folder(settings) / "quorum-runs")


def user() -> str:
    """Who sits at this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may have no name for its user
        return "console"


@contextmanager
def _alone(folder: Path, run_id: str) -> Generator[None]:
    """
    Nobody else on this machine carries the run out in such a block: it would be paid for twice.

    The lock goes with the process, however that ends; the file stays if it was killed.
    """
    path = folder / f"{run_id}.lock"
    handle = None
    try:
        handle = _locked(path)
    except BlockingIOError as err:
        sentence = (
            f"This run is at work in another terminal; `quorum runs cancel {run_id}` ends it."
        )
        raise Stop(sentence, Exit.FAILED) from err
    except OSError as err:  # a folder that takes no locks is no reason not to answer
        log.warning("run %s is not locked: %s", run_id, err.strerror)
    try:
        yield
    finally:
        if handle is not None:
            path.unlink(missing_ok=True)
            os.close(handle)


def _locked(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Who held it may have removed the file since it was opened here: its lock is worth nothing.
        if os.fstat(handle).st_nlink:
            return handle
    except OSError:
        os.close(handle)
        raise
    os.close(handle)
    return _locked(path)


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
