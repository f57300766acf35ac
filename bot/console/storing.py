"""The database as the console opens it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot.console.exits import Exit, Stop
from bot.settings import Settings
from bot.store import engines
from bot.store.database import Database, connect, up_to_date, upgrade
from bot.store.runs import SqlRunStore


async def make_ready(settings: Settings) -> None:
    """A SQLite file is brought up to date; a shared database is left to `quorum migrate`."""
    if settings.database_url.startswith("sqlite"):
        await upgrade(settings.database_url)
    elif not await up_to_date(settings.database_url):
        sentence = "The database is not up to date: run `quorum migrate`."
        raise Stop(sentence, Exit.NOT_CONFIGURED)


@contextmanager
def alone(settings: Settings, *, otherwise: str) -> Generator[None]:
    """For a bot: no other one on this database. *otherwise* is what else somebody could do."""
    try:
        with engines.alone(settings.database_url):
            yield
    except engines.InUse as err:
        raise Stop(
            f"{str(err).rstrip('.')}: stop it, or {otherwise}.", Exit.NOT_CONFIGURED
        ) from err


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Database]:
    await make_ready(settings)
    async with connect(settings.database_url) as database:
        yield database


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncGenerator[SqlRunStore]:
    async with open_database(settings) as database:
        yield SqlRunStore(database)


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database, None for a server."""
    scheme, _, path = settings.database_url.partition(":///")
    name = path.partition("?")[0]
    return Path(name).absolute() if scheme.startswith("sqlite") and name else None


def state_folder(settings: Settings) -> Path:
    """Where the database file is; with a database elsewhere, this person's own folder."""
    file = database_file(settings)
    return file.parent if file else Path.home() / ".local" / "state" / "quorum"
