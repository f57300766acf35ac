"""Every write of the process, in groups: what arrives during a transaction shares the next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeGuard, assert_never

from sqlalchemy import Connection, Engine, Insert
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

from bot.runs.errors import StorageFailed
from bot.runs.ports import Changed

log = logging.getLogger(__name__)

#: While writes come by the dozen, the next group waits so long (in seconds) for more of
#: them: a third less work for a thousand branches, and nothing for a write that is alone.
_LINGER = 0.003
_DOZEN = 12
#: Runs inside the transaction and tells whether anything changed. It may be run again when
#: its transaction did not last, so it does nothing but statements.
Work = Callable[[Connection], bool]
Row = Mapping[str, Any]
Done = asyncio.Future[bool]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Insertion:
    statement: Insert
    row: Row
    touches: str
    done: Done | None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Order:
    work: Work
    touches: str | None
    done: Done


_Write = _Insertion | _Order


class Writer:
    """
    The only way to write.

    A commit waits for the disk; a commit for each answer would make a thousand parallel
    branches wait in a line. A write that fails on its own account fails alone. A caller
    that is cancelled leaves its write in the group.

    A group has one thread to itself from its first statement to its commit: with a hop between
    threads for each statement, two hundred commands at once took half a second more.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store writer")
        self._waiting: list[_Write] = []
        self._arrived = asyncio.Event()
        self._closing = False
        self._losing = False
        self._subscribers: list[Changed] = []
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._group.create_task(self._run(), name="store writer")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Write what is waiting, whatever ended the program."""
        self._closing = True
        self._arrived.set()
        # Told of an error, the group would cancel the task and lose what is waiting.
        try:
            await self._group.__aexit__(None, None, None)
        finally:
            self._thread.submit(self._engine.dispose)
            self._thread.shutdown(wait=False)

    def subscribe(self, changed: Changed) -> None:
        """*changed* is called with the id of a run after each commit that touched it."""
        self._subscribers.append(changed)

    async def write(self, work: Work, *, touches: str | None = None) -> bool:
        """What *work* returned, after the commit. *touches* names the run it changes."""
        done: Done = asyncio.get_running_loop().create_future()
        self._add(_Order(work=work, touches=touches, done=done))
        return await done

    async def insert(self, statement: Insert, row: Row, *, touches: str) -> None:
        """
        Cheaper than `write`: rows for one *statement* go to the database together.

        Within a group, rows go before the works.
        """
        done: Done = asyncio.get_running_loop().create_future()
        self._add(_Insertion(statement=statement, row=row, touches=touches, done=done))
        await done

    def insert_soon(self, statement: Insert, row: Row, *, touches: str) -> None:
        """Returns at once; rows are stored in the order given. A lost row is only logged."""
        self._add(_Insertion(statement=statement, row=row, touches=touches, done=None))

    async def cut_off_log(self) -> bool:
        """
        SQLite's log begins anew. False where somebody reads it: that is not waited for.

        Here, between two groups: a log that is cut off while another connection writes to it is
        what damages a file in old versions of SQLite.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._cut_off_log)

    def _cut_off_log(self) -> bool:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute("PRAGMA busy_timeout=0")
            (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout={patience:d}")
            return not busy
        finally:
            connection.close()

    def _add(self, write: _Write) -> None:
        if self._closing:
            raise RuntimeError("the store is closed")
        self._waiting.append(write)
        self._arrived.set()

    async def _run(self) -> None:
        try:
            busy = False
            while self._waiting or not self._closing:
                await self._arrived.wait()
                if busy:
                    await asyncio.sleep(_LINGER)
                self._arrived.clear()
                busy = len(self._waiting) >= _DOZEN
                await self._commit_waiting()
        finally:
            _forsake(self._waiting)

    async def _commit_waiting(self) -> None:
        group, self._waiting = self._waiting, []
        try:
            if group:
                await self._commit(group)
        finally:
            _forsake(group)

    async def _commit(self, group: Sequence[_Write]) -> None:
        try:
            loop = asyncio.get_running_loop()
            changed = await loop.run_in_executor(self._thread, self._transact, group)
        except Exception as err:  # noqa: BLE001 - it belongs to the caller whose write it was
            if out_of_order(err):  # smaller groups fare no better
                failed = StorageFailed(f"the database does not write at the moment: {reason(err)}")
                failed.__cause__ = err
                self._fail(group, failed)
                return
            if len(group) == 1:
                self._fail(group, err)
                return
            middle = len(group) // 2
            await self._commit(group[:middle])
            await self._commit(group[middle:])
        else:
            self._succeed(group, changed)

    def _transact(self, group: Sequence[_Write]) -> list[bool]:
        with self._engine.begin() as connection:
            return _apply(connection, group)

    def _succeed(self, group: Sequence[_Write], changed: Sequence[bool]) -> None:
        self._losing = False
        touched: dict[str, None] = {}
        for write, change in zip(group, changed, strict=True):
            if write.done is not None and not write.done.done():
                write.done.set_result(change)
            if change and write.touches is not None:
                touched[write.touches] = None
        for run_id in touched:
            self._tell(run_id)

    def _fail(self, group: Sequence[_Write], err: Exception) -> None:
        lost = 0
        for write in group:
            if write.done is None:
                lost += 1
            elif not write.done.done():
                write.done.set_exception(err)
        if lost and not self._losing:
            self._losing = True
            cause = err.__cause__
            why = reason(cause) if isinstance(cause, DBAPIError) else type(err).__name__
            log.error("events are lost until the database writes again: %s", why)

    def _tell(self, run_id: str) -> None:
        for changed in self._subscribers:
            try:
                changed(run_id)
            except Exception:  # the door of the subscribers: theirs must not stop the writing
                log.exception("a subscriber broke on run %s", run_id)


def out_of_order(err: Exception) -> TypeGuard[DBAPIError]:
    """
    The database itself, not the statement: full, read-only, locked, gone, damaged.

    What the drivers say of a damaged file is of no closer class.
    """
    return isinstance(err, (OperationalError, InterfaceError)) or type(err) is DatabaseError


def reason(err: DBAPIError) -> str:
    """What the driver says, in a line: without the statement, what was written and passwords."""
    first, *others = str(err.orig).splitlines() or [type(err.orig).__name__]
    return f"{first} {others[0].strip()}" if first.endswith(":") and others else first


def _apply(connection: Connection, group: Sequence[_Write]) -> list[bool]:
    rows: dict[Insert, list[Row]] = {}
    for write in group:
        if isinstance(write, _Insertion):
            rows.setdefault(write.statement, []).append(write.row)
    for statement, values in rows.items():
        connection.execute(statement, values)
    return [_changed(connection, write) for write in group]


def _changed(connection: Connection, write: _Write) -> bool:
    match write:
        case _Insertion():
            return True
        case _Order():
            return write.work(connection)
    assert_never(write)


def _forsake(writes: Sequence[_Write]) -> None:
    """Nobody waits for ever for a writer that was cancelled."""
    for write in writes:
        if write.done is not None and not write.done.done():
            write.done.cancel()
