"""The schema is what the tables say, from wherever one comes."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from bot.store.database import connect, migrations, upgrade
from bot.store.engines import NoDatabase
from bot.store.runs import SqlRunStore
from tests.store.requests import answer, request

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/new.db"


def schema(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE '%auto%'")
        return {name for (name,) in names}


async def test_upgrading_makes_the_file_for_its_owner_alone(url: str, tmp_path: Path):
    await upgrade(url)

    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600
    assert {"runs", "deliveries", "events", "answers", "messages"} <= schema(tmp_path / "new.db")


async def test_the_migrations_end_at_what_the_tables_say(url: str):
    """`alembic check`: a change of the tables needs a step of its own."""
    await upgrade(url)

    await asyncio.to_thread(command.check, migrations(url))


async def test_down_to_nothing_and_up_again(url: str, tmp_path: Path):
    await upgrade(url)
    before = schema(tmp_path / "new.db")

    await asyncio.to_thread(command.downgrade, migrations(url), "base")
    assert schema(tmp_path / "new.db") == {"alembic_version"}

    await upgrade(url)
    assert schema(tmp_path / "new.db") == before


async def test_upgrading_again_keeps_what_is_there(url: str):
    await upgrade(url)
    async with connect(url) as database:
        run = await SqlRunStore(database).add(request())

    await upgrade(url)

    async with connect(url) as database:
        assert run
        assert await SqlRunStore(database).get(run.id) == run


async def test_two_may_upgrade_at_once(url: str):
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(upgrade(url))

    async with connect(url) as database:
        assert await SqlRunStore(database).recent(1) == []


async def test_two_programs_may_upgrade_at_once(url: str):
    alembic = (sys.executable, "-m", "alembic", "-x", f"url={url}", "upgrade", "head")
    programs = [await asyncio.create_subprocess_exec(*alembic, cwd=ROOT) for _ in range(2)]
    assert [await program.wait() for program in programs] == [0, 0]

    async with connect(url) as database:
        assert await SqlRunStore(database).recent(1) == []


async def test_a_database_from_the_future_is_one_sentence(url: str, tmp_path: Path):
    await upgrade(url)
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NoDatabase, match="newer version"):
        await upgrade(url)


async def test_a_file_that_is_no_database_is_one_sentence(url: str, tmp_path: Path):
    (tmp_path / "new.db").write_text("Dear diary, " * 500)

    with pytest.raises(NoDatabase, match="not a database"):
        await upgrade(url)


async def test_a_store_opened_again_has_everything(database_url: str):
    async with connect(database_url) as database:
        store = SqlRunStore(database)
        run = await store.add(request())
        assert run
        await store.remember(run.id, answer("v1"))

    async with connect(database_url) as database:
        store = SqlRunStore(database)
        assert await store.answers(run.id) == {"v1": answer("v1")}
        assert await store.add(request()) is None


async def test_a_folder_with_signs_of_other_languages_is_a_folder(tmp_path: Path):
    url = f"sqlite+aiosqlite:///{tmp_path}/%20 50% käse/new.db"

    await upgrade(url)

    async with connect(url) as database:
        assert await SqlRunStore(database).open_ids() == []
