"""How the database is opened."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.store.database import Database, connect
from bot.store.engines import NoDatabase, locate, open_for_migrations
from bot.store.runs import SqlRunStore
from tests.store.requests import request


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_files_are_for_their_owner_alone(
    database: Database, store: SqlRunStore, tmp_path: Path
):
    await store.add(request())

    files = [tmp_path / f"quorum.db{side}" for side in ("", "-wal", "-shm")]
    assert [mode(file) for file in files] == [0o600] * 3


async def test_the_writer_keeps_what_it_says_it_wrote(database: Database):
    found: dict[str, object] = {}
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")

    def look(connection: object) -> bool:
        for name in names:
            found[name] = connection.exec_driver_sql(f"PRAGMA {name}").scalar()  # type: ignore[attr-defined]
        return False

    await database.writer.write(look)

    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "query_only": 0,
    }


async def test_readers_cannot_write(database: Database):
    async with database.read() as session:
        with pytest.raises(OperationalError, match="readonly"):
            await session.execute(text("DELETE FROM runs"))


async def test_a_reader_sees_one_moment(database: Database, store: SqlRunStore):
    async with database.read() as session:
        count = text("SELECT count(*) FROM runs")
        assert await session.scalar(count) == 0

        await store.add(request())

        assert await session.scalar(count) == 0
    async with database.read() as session:
        assert await session.scalar(count) == 1


def test_a_missing_folder_is_made(tmp_path: Path):
    locate(f"sqlite:///{tmp_path}/a/b/quorum.db")

    assert mode(tmp_path / "a/b/quorum.db") == 0o600
    assert mode(tmp_path / "a/b") == 0o700


def test_the_rights_of_an_older_file_are_its_owners_affair(tmp_path: Path):
    file = tmp_path / "quorum.db"
    file.touch(0o640)

    locate(f"sqlite:///{file}")

    assert mode(file) == 0o640


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "not the address"),
        ("quorum.db", "not the address"),
        ("mysql://u:secret@h/db", "mysql; SQLite and PostgreSQL"),
        ("sqlite://", "must name a file"),
        ("sqlite+aiosqlite:///:memory:", "must name a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "must name a file"),
        ("sqlite:////dev/null/quorum.db", "cannot be opened: File exists"),
        ("sqlite:////tmp", "cannot be opened: Is a directory"),
    ],
)
async def test_a_wrong_address_is_one_sentence_without_secrets(address: str, sentence: str):
    with pytest.raises(NoDatabase, match=sentence) as caught:
        async with connect(address):
            pass

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_gets_our_driver(scheme: str):
    pytest.importorskip("psycopg")

    url = locate(f"{scheme}://u:p@db.example:5432/quorum")
    engine = open_for_migrations(url)

    assert engine.url.render_as_string(hide_password=False) == (
        "postgresql+psycopg://u:p@db.example:5432/quorum"
    )


async def test_no_connection_to_postgresql_is_made_before_it_is_needed():
    pytest.importorskip("psycopg")

    async with connect("postgres://u:p@127.0.0.1:1/quorum") as database:
        assert database.dialect.name == "postgresql"
