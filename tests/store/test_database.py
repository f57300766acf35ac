"""The schema is what the tables say, from wherever one comes."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import delete

from bot.runs.errors import StorageFailed
from bot.store.database import Database, connect, migrations, up_to_date, upgrade
from bot.store.engines import NoDatabase
from bot.store.runs import SqlRunStore
from bot.store.tables import RunRow
from patterns.recipes.factcheck import FactCheck, Label
from tests.results import checked, claim_verdict, fact_check
from tests.store.looking import another_writer
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


async def test_runs_of_before_are_whole_after_it_and_after_a_step_back(url: str, tmp_path: Path):
    """A question of theirs is nobody's; they were opened once, when they were asked for."""
    await asyncio.to_thread(command.upgrade, migrations(url), "0002")
    asked = request().model_dump_json(exclude={"question"})
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as connection:
        for run_id in ("one", "two"):
            connection.execute(
                "INSERT INTO runs (id, recipe, team, channel, asked_by, request, status, model, "
                "created_at, delivered) VALUES (?, 'factcheck', 'T1', 'C1', 'U1', ?, 'open', '', "
                "'2026-01-01 12:00:00.000000', 0)",
                [run_id, asked],
            )
        connection.execute("INSERT INTO deliveries VALUES ('d1', 'one', '2026-01-01 12:00:00')")

    await upgrade(url)

    async with connect(url) as database:
        store = SqlRunStore(database)
        runs = await store.recent(9)
        assert [run.id for run in runs] == ["one", "two"]
        assert {(run.request, run.attempt, run.shared_by) for run in runs} == {(request(), 1, "")}
        assert all(run.opened_at == run.created_at for run in runs)
        assert await store.add(request()) is None

    await asyncio.to_thread(command.downgrade, migrations(url), "0002")
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("SELECT id, request FROM runs ORDER BY id").fetchall() == [
            ("one", asked),
            ("two", asked),
        ]


OLD = {
    "kind": "verdict",
    "claim": "the moon is cheese",
    "label": "refuted",
    "votes": [
        {"seat": "Skeptic", "label": "refuted", "reason": "“No”: ünlikely."},
        {"seat": "Advocate", "label": "not_enough_evidence", "reason": "Who knows?"},
    ],
    "asked": 3,
    "missing": ["Neutral reader: gave no answer in time"],
}


def keep_results(path: Path, results: dict[str, dict[str, object]]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for run_id, result in results.items():
            connection.execute(
                "INSERT INTO runs (id, recipe, team, channel, asked_by, request, status, model, "
                "created_at, delivered, result) VALUES (?, 'factcheck', 'T1', 'C1', 'U1', ?, "
                "'done', '', '2026-01-01 12:00:00.000000', 1, ?)",
                [run_id, request().model_dump_json(), json.dumps(result, separators=(",", ":"))],
            )


def results_in(path: Path) -> dict[str, dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT id, result FROM runs WHERE result IS NOT NULL")
        return {run_id: json.loads(result) for run_id, result in found}


async def test_verdicts_of_before_are_fact_checks_after_it_and_verdicts_after_a_step_back(
    url: str, tmp_path: Path
):
    """Of many, and whatever else there is between them stays as it was."""
    file = tmp_path / "new.db"
    await asyncio.to_thread(command.upgrade, migrations(url), "0003")
    tied: dict[str, object] = {**OLD, "label": None}
    sides = ("supported", "refuted", "supported", "refuted")
    torn = {**tied, "votes": [{"seat": "S", "label": each, "reason": "r"} for each in sides]}
    before: dict[str, dict[str, object]] = {f"{number:03}": OLD for number in range(230)}
    before |= {"tied": tied, "torn": torn, "other": {"kind": "ideas", "text": '"kind":"verdict"'}}
    keep_results(file, before)

    await upgrade(url)

    async with connect(url) as database:
        store = SqlRunStore(database)
        for run_id in ("000", "229"):
            result = (await store.get(run_id)).result
            assert isinstance(result, FactCheck)
            [claim] = result.claims
            assert (claim.claim, claim.outcome, claim.seats) == (OLD["claim"], "refuted", 3)
            assert [vote.label for vote in claim.votes] == ["refuted", "not_enough_evidence"]
            assert claim.missing == ("Neutral reader: gave no answer in time",)
        undecided = [(await store.get(run_id)).result for run_id in ("tied", "torn")]
    assert [each.claims[0].outcome for each in undecided if isinstance(each, FactCheck)] == [
        "contested",
        "conflicting",
    ]
    assert results_in(file)["other"] == before["other"]

    await asyncio.to_thread(command.downgrade, migrations(url), "0003")

    assert results_in(file) == before


async def test_what_an_older_version_has_no_shape_for_is_left_as_it_is(url: str, tmp_path: Path):
    file = tmp_path / "new.db"
    await upgrade(url)
    asked = request().model_dump_json()
    many = fact_check(claim_verdict(Label.SUPPORTED), claim_verdict(Label.REFUTED))
    one = checked(Label.NOT_CHECKABLE)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for run_id, result in (("many", many), ("one", one)):
            connection.execute(
                "INSERT INTO runs (id, recipe, team, channel, asked_by, request, status, model, "
                "created_at, delivered, attempt, shared_by, enterprise, held_tokens, held_micros, "
                "spent_tokens, spent_micros, result) VALUES (?, 'factcheck', 'T1', 'C1', 'U1', ?, "
                "'done', '', '2026-01-01 12:00:00.000000', 1, 1, '', '', 0, 0, 0, 0, ?)",
                [run_id, asked, result.model_dump_json()],
            )

    await asyncio.to_thread(command.downgrade, migrations(url), "0003")

    back = results_in(file)
    assert back["many"] == json.loads(many.model_dump_json())
    assert (back["one"]["kind"], back["one"]["label"]) == ("verdict", None)

    await upgrade(url)
    async with connect(url) as database:
        assert (await SqlRunStore(database).get("many")).result == many


async def test_what_is_deleted_is_overwritten_and_gone_from_the_log(
    database_url: str, tmp_path: Path
):
    files = [tmp_path / f"quorum.db{end}" for end in ("", "-wal")]
    async with connect(database_url) as database:
        run = await SqlRunStore(database).add(request(text="canary " * 5_000))
        assert run
        assert any(b"canary" in file.read_bytes() for file in files)
        gone = delete(RunRow).where(RunRow.id == run.id)
        await database.writer.write(lambda connection: connection.execute(gone).rowcount > 0)
        await database.forget()

        assert not any(b"canary" in file.read_bytes() for file in files)


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


async def test_looking_at_a_file_that_is_no_database_is_one_sentence(url: str, tmp_path: Path):
    (tmp_path / "new.db").write_text("Dear diary, " * 500)

    with pytest.raises(NoDatabase, match="cannot be read: file is not a database"):
        await up_to_date(url)


async def test_what_broke_while_it_was_in_use_is_the_database_not_the_statement(
    url: str, tmp_path: Path
):
    """Runs stay open then, and go on when the file is mended."""
    (tmp_path / "new.db").write_text("Dear diary, " * 500)

    async with connect(url) as database:
        store = SqlRunStore(database)
        with pytest.raises(StorageFailed, match=r"does not answer.*: file is not a database"):
            await store.recent(1)
        with pytest.raises(StorageFailed, match="does not answer"):
            await database.answers()
        with pytest.raises(StorageFailed, match=r"does not write.*: file is not a database"):
            await store.add(request())


@pytest.mark.parametrize("opened", [upgrade, up_to_date])
async def test_a_server_that_is_not_there_is_one_sentence_without_secrets(
    opened: Callable[[str], Awaitable[object]], unused_tcp_port: int
):
    pytest.importorskip("psycopg")

    with pytest.raises(NoDatabase, match="Connection refused") as caught:
        await opened(f"postgresql://u:hunter2@127.0.0.1:{unused_tcp_port}/quorum")

    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_new_file_is_not_up_to_date_before_it_is_upgraded(url: str):
    assert not await up_to_date(url)

    await upgrade(url)

    assert await up_to_date(url)


def test_no_revision_is_written_where_nothing_has_changed(tmp_path: Path):
    """In a copy: `make migrate` writes beside the revisions that are there."""
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    for name in ("bot", "patterns", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    before = set((tmp_path / "migrations" / "versions").glob("*.py"))

    done = subprocess.run(
        ["make", "-o", ".venv/.dev", f"BIN={Path(sys.executable).parent}", "migrate", "m=nothing"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "nothing to write" in done.stderr
    assert set((tmp_path / "migrations" / "versions").glob("*.py")) == before


async def test_a_store_opened_again_has_everything(database_url: str):
    async with connect(database_url) as database:
        store = SqlRunStore(database)
        run = await store.add(request())
        assert run
        await store.remember(run.id, answer("v1"))

    async with connect(database_url) as database:
        store = SqlRunStore(database)
        assert await store.answer(run.id, "v1") == answer("v1")
        assert await store.add(request()) is None


async def test_a_folder_with_signs_of_other_languages_is_a_folder(tmp_path: Path):
    url = f"sqlite+aiosqlite:///{tmp_path}/%20 50% käse/new.db"

    await upgrade(url)

    async with connect(url) as database:
        assert await SqlRunStore(database).open_ids() == []


async def test_a_database_that_nobody_can_write_to_does_not_answer(
    database: Database, tmp_path: Path
):
    """What only reads would say that all is well."""
    with another_writer(tmp_path), pytest.raises(StorageFailed, match="does not write"):
        await database.answers()

    await database.answers()


async def test_a_log_that_somebody_reads_is_not_waited_for(
    database: Database, store: SqlRunStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    with closing(sqlite3.connect(tmp_path / "quorum.db")) as reader:
        await store.add(request())
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM runs").fetchone()
        await store.add(request("d2"))
        await database.forget()

    assert "on the disk until" in caplog.text
    caplog.clear()
    await database.forget()
    assert "on the disk until" not in caplog.text
