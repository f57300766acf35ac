"""How the database is opened: its address, SQLite's settings, the rights on its file."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

log = logging.getLogger(__name__)

#: Until 3.51.3 two connections that write at the same moment can reset the write-ahead log
#: under each other and damage the file. Hence one writing connection in a process.
_SAFE_SQLITE = (3, 51, 3)
_POSTGRES = "postgresql+psycopg"
_READERS = 4
_NO_DRIVER = "PostgreSQL needs the extra: pip install 'quorum[cluster]'."
#: Leaves transactions of SQLite to us.
_OURS_TO_BEGIN: dict[str, Any] = {"isolation_level": None}


class NoDatabase(Exception):
    """The database cannot be used. The message is one sentence for who starts the program."""


class InUse(NoDatabase):
    """Somebody else is at work on it; the message says on which."""


def locate(address: str) -> URL:
    """*address* with the driver we use; the file of an SQLite database exists afterwards."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):  # without `from`: the address may hold a password
        raise NoDatabase("DATABASE_URL is not the address of a database.") from None
    match url.get_backend_name():
        case "sqlite":
            _make_file(url.database or ":memory:")
            _warn_of_old_sqlite()
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return url.set(drivername=_POSTGRES)
        case other:
            raise NoDatabase(f"DATABASE_URL names {other}; SQLite and PostgreSQL are supported.")


@contextmanager
def alone(address: str) -> Generator[None]:
    """
    No other program has an SQLite database in such a block; raises `InUse`.

    Two bots on one file would both carry out what is open, and show it twice. The lock goes
    with the process, however that ends; the empty file beside the database stays.
    """
    url = locate(address)
    if url.get_backend_name() != "sqlite":
        yield
        return
    handle = _locked(Path(url.database or "").resolve())
    try:
        yield
    finally:
        os.close(handle)


def _locked(path: Path) -> int:
    handle: int | None = None
    try:
        handle = os.open(f"{path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as err:
        if handle is not None:
            os.close(handle)
        if isinstance(err, BlockingIOError):
            raise InUse(f"Another quorum is at work on this database ({path}).") from err
        raise NoDatabase(f"The database {path} cannot be locked: {err.strerror}.") from err
    return handle


def open_writer(url: URL) -> Engine:
    """
    A blocking engine of one connection, for a thread of its own.

    Its errors, as the readers', do not quote what was written.
    """
    if url.drivername == _POSTGRES:
        try:
            return create_engine(
                url, pool_size=1, max_overflow=0, hide_parameters=True, pool_pre_ping=True
            )
        except ModuleNotFoundError as err:
            raise NoDatabase(_NO_DRIVER) from err
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
        connect_args=_OURS_TO_BEGIN,
    )
    _set_up_sqlite(engine, "IMMEDIATE", foreign_keys=True)
    return engine


def open_readers(url: URL) -> AsyncEngine:
    """Connections that cannot write; a transaction sees the database as of its first read."""
    if url.drivername == _POSTGRES:
        return _open_postgres(url, _READERS).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    engine = create_async_engine(
        url, pool_size=_READERS, max_overflow=0, hide_parameters=True, connect_args=_OURS_TO_BEGIN
    )
    _set_up_sqlite(engine.sync_engine, "DEFERRED", foreign_keys=True, query_only=True)
    return engine


def open_for_migrations(url: URL) -> Engine:
    """
    A blocking engine.

    SQLite alters a table by making it anew and dropping the old one, and a drop deletes
    what refers to it: so here foreign keys are off.
    """
    if url.drivername == _POSTGRES:
        return create_engine(url)
    blocking = url.set(drivername="sqlite+pysqlite")
    engine = create_engine(blocking, connect_args=_OURS_TO_BEGIN)
    _set_up_sqlite(engine, "IMMEDIATE", foreign_keys=False)
    return engine


def _open_postgres(url: URL, connections: int) -> AsyncEngine:
    try:
        return create_async_engine(
            url, pool_size=connections, max_overflow=0, hide_parameters=True, pool_pre_ping=True
        )
    except ModuleNotFoundError as err:
        raise NoDatabase(_NO_DRIVER) from err


def _set_up_sqlite(
    engine: Engine,
    begin: Literal["IMMEDIATE", "DEFERRED"],
    *,
    foreign_keys: bool,
    query_only: bool = False,
) -> None:
    """
    We begin the transactions, not the driver.

    A transaction that reads first and writes later loses updates or breaks with "locked";
    a writer therefore takes the lock at once.
    """
    pragmas = (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",  # what is deleted is overwritten
        f"foreign_keys={foreign_keys:d}",
        f"query_only={query_only:d}",
    )

    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def began(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", began)


def _make_file(name: str) -> None:
    """SQLite gives its side files (-wal, -shm) the rights of the file itself."""
    if name == ":memory:" or name.startswith("file:"):
        raise NoDatabase("DATABASE_URL must name a file, or what is written would not last.")
    path = Path(name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as err:
        raise NoDatabase(f"The database {name} cannot be opened: {err.strerror}.") from err


@cache
def _warn_of_old_sqlite() -> None:
    if sqlite3.sqlite_version_info < _SAFE_SQLITE:
        log.warning(
            "SQLite %s may damage a database that two programs write to at the same moment "
            "(mended in SQLite 3.51.3)",
            sqlite3.sqlite_version,
        )
