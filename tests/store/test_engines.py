"""How the database is opened."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.store.database import Database, connect
from bot.store.engines import InUse, NoDatabase, alone, locate, open_for_migrations, open_readers
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


def test_a_database_file_is_for_one_bot_at_a_time(tmp_path: Path):
    """By whatever name: two bots would carry out and show every run twice."""
    (tmp_path / "linked.db").symlink_to(tmp_path / "quorum.db")

    with alone(f"sqlite:///{tmp_path}/quorum.db"):
        assert mode(tmp_path / "quorum.db.lock") == 0o600
        with (
            pytest.raises(InUse, match=f"Another quorum .*{tmp_path}/quorum.db"),
            alone(f"sqlite+aiosqlite:///{tmp_path}/linked.db"),
        ):
            pass

    with alone(f"sqlite:///{tmp_path}/quorum.db"):
        pass


def test_a_lock_that_cannot_be_had_is_a_sentence(tmp_path: Path):
    (tmp_path / "quorum.db.lock").mkdir()

    with (
        pytest.raises(NoDatabase, match="cannot be locked: Is a directory"),
        alone(f"sqlite:///{tmp_path}/quorum.db"),
    ):
        pass


def test_a_server_is_locked_by_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    with alone("postgresql://u:p@db.example/quorum"), alone("postgresql://u:p@db.example/quorum"):
        assert not list(tmp_path.iterdir())


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
        ("postgresql://u:secret@h:port/db", "not the address"),
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


def test_readers_of_postgresql_see_one_moment_and_cannot_write_either():
    """Its own default shows every statement of a transaction what was committed before it."""
    pytest.importorskip("psycopg")

    engine = open_readers(locate("postgresql://u:p@db.example/quorum"))

    assert engine.get_execution_options() == {
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }


async def test_no_connection_to_postgresql_is_made_before_it_is_needed():
    pytest.importorskip("psycopg")

    async with connect("postgres://u:p@127.0.0.1:1/quorum") as database:
        assert database.dialect.name == "postgresql"
