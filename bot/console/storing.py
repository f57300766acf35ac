"""The database as the console opens it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import Settings
from bot.store.database import connect, upgrade
from bot.store.runs import SqlRunStore


async def make_ready(settings: Settings) -> None:
    """A SQLite file is brought up to date; a shared database is left to `quorum migrate`."""
    if settings.database_url.startswith("sqlite"):
        await upgrade(settings.database_url)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncGenerator[SqlRunStore]:
    await make_ready(settings)
    async with connect(settings.database_url) as database:
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
