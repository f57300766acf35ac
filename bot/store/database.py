"""The database of a process: one writer, several readers; and its schema, kept up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Dialect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.runs.errors import StorageFailed
from bot.store.engines import NoDatabase, locate, open_readers, open_writer
from bot.store.writer import Writer, out_of_order, reason

log = logging.getLogger(__name__)

#: A package beside `bot`, wherever that stands.
_MIGRATIONS = Path(__file__).parents[2] / "migrations"
#: Alembic keeps what it is working on in one place for the whole process.
_ONE_AT_A_TIME = Lock()
#: Seconds that a server has to tell its schema.
_LOOK = 10


class Database:
    """What stores of this room are built on."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self.writer = writer
        self._readers = readers

    @property
    def dialect(self) -> Dialect:
        return self._readers.dialect

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """A session in which all reads see the same moment. Raises `StorageFailed`."""
        try:
            async with AsyncSession(self._readers) as session:
                yield session
        except DBAPIError as err:
            if not out_of_order(err):
                raise
            why = f"the database does not answer at the moment: {reason(err)}"
            raise StorageFailed(why) from err

    async def forget(self) -> None:
        """
        What was deleted is gone from the disk, too, as far as nobody reads it at the moment.

        SQLite's log holds pages as they were until it begins anew.
        """
        if self.dialect.name != "sqlite":
            return
        if not await self.writer.cut_off_log():
            log.info("what was deleted is on the disk until somebody ends reading the database")

    async def answers(self) -> None:
        """Returns if it reads and writes. Raises `StorageFailed`."""
        async with self.read() as session:
            await session.execute(select(1))
        if self.dialect.name == "sqlite":  # a full disk is only seen by who writes
            await self.writer.write(_touch)


def _touch(connection: Connection) -> bool:
    """A number in the file that nobody uses."""
    connection.exec_driver_sql("PRAGMA user_version = 1")
    return True


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator[Database]:
    """
    Open until the end of the block, by when everything is written.

    Raises `NoDatabase`. The schema must be there: see `upgrade`.
    """
    located = await asyncio.to_thread(locate, url)
    writing, reading = open_writer(located), open_readers(located)
    try:
        async with Writer(writing) as writer:
            yield Database(writer, reading)
    finally:
        await reading.dispose()


async def upgrade(url: str) -> None:
    """Bring the schema up to date, the database made if need be. Raises `NoDatabase`."""
    try:
        await asyncio.to_thread(_upgrade, url)
    except CommandError as err:
        raise NoDatabase("The database was written by a newer version of this program.") from err
    except DBAPIError as err:
        sentence = f"The database cannot be brought up to date: {reason(err)}."
        raise NoDatabase(sentence) from err


def _upgrade(url: str) -> None:
    with _ONE_AT_A_TIME:
        command.upgrade(migrations(url), "head")


async def up_to_date(url: str) -> bool:
    """Whether the schema is the newest; raises `NoDatabase` without one."""
    located = await asyncio.to_thread(locate, url)
    reading = open_readers(located)
    newest = ScriptDirectory.from_config(migrations(url)).get_current_head()
    try:
        async with asyncio.timeout(_LOOK), reading.connect() as connection:
            return await connection.run_sync(_revision) == newest
    except TimeoutError as err:
        raise NoDatabase(f"The database does not answer within {_LOOK} seconds.") from err
    except DBAPIError as err:
        raise NoDatabase(f"The database cannot be read: {reason(err)}.") from err
    finally:
        await reading.dispose()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def migrations(url: str) -> Config:
    """Alembic's configuration for *url*, from a checkout and from an installed package alike."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = url
    return config
