"""`quorum doctor`: a line for each thing, and how to mend it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.console.conftest import Quorum


def states(quorum: Quorum, **env: str | None) -> tuple[int, dict[str, dict[str, Any]]]:
    result = quorum("doctor", "--json", **env)
    report = json.loads(result.stdout)
    assert report["ok"] is (result.exit_code == 0)
    return result.exit_code, {check["name"]: check for check in report["checks"]}


def test_a_fresh_folder_is_fine_and_stays_untouched(quorum: Quorum, here: Path) -> None:
    code, found = states(quorum)

    assert code == 0
    assert found["python"]["state"] == found["settings"]["state"] == "ok"
    assert found["database"]["state"] == found["slack"]["state"] == "warn"
    assert found["database"]["remedy"] == "run `quorum migrate`"
    assert "simulated" in found["model"]["note"]
    assert not list(here.iterdir())


def test_each_finding_is_a_line_for_people(quorum: Quorum) -> None:
    quorum("migrate")

    result = quorum("doctor")

    assert result.exit_code == 0
    assert "ok       database: answers and is up to date\n" in result.stdout
    assert "ok       database file: only its owner may read it (600)\n" in result.stdout


def test_a_wrong_setting_is_named_and_nothing_else_is_tried(quorum: Quorum) -> None:
    code, found = states(quorum, PORT="many")

    assert code == 1
    assert set(found) == {"python", "settings"}
    assert found["settings"]["note"].startswith("PORT: ")


def test_without_a_model_the_remedy_says_what_to_set(quorum: Quorum) -> None:
    code, found = states(quorum, QUORUM_MODEL=None)

    assert code == 1
    assert "OPENAI_API_KEY" in found["model"]["remedy"]


def test_a_model_that_does_not_answer_is_a_problem(quorum: Quorum, unused_tcp_port: int) -> None:
    code, found = states(
        quorum,
        QUORUM_MODEL="served",
        OPENAI_BASE_URL=f"http://127.0.0.1:{unused_tcp_port}/v1",
        QUORUM_ATTEMPT_SECONDS="2",
    )

    assert code == 1
    assert "OPENAI_BASE_URL" in found["model"]["remedy"]


def test_a_database_that_others_can_read_is_a_problem(quorum: Quorum, here: Path) -> None:
    quorum("migrate")
    (here / "quorum.db").chmod(0o644)

    code, found = states(quorum)

    assert code == 1
    assert found["database file"]["remedy"] == f"chmod 600 {here}/quorum.db"


def test_a_database_that_was_never_migrated_is_a_problem(quorum: Quorum, here: Path) -> None:
    sqlite3.connect(here / "quorum.db").close()
    (here / "quorum.db").chmod(0o600)

    code, found = states(quorum)

    assert code == 1
    assert found["database"]["remedy"] == "run `quorum migrate`"


def test_an_address_that_is_no_database_is_a_problem(quorum: Quorum) -> None:
    code, found = states(quorum, DATABASE_URL="oracle://somewhere")

    assert code == 1
    assert found["database"]["remedy"] == "check DATABASE_URL"


def test_a_file_that_is_no_database_is_not_to_be_migrated(quorum: Quorum, here: Path) -> None:
    (here / "quorum.db").write_text("Dear diary, " * 100)

    result = quorum("doctor")

    assert result.exit_code == 1
    assert (
        "problem  database: The database cannot be read: file is not a database; "
        "check DATABASE_URL\n"
    ) in result.stdout
    assert result.stderr == ""


def test_a_server_that_is_not_there_is_a_line_without_its_password(
    quorum: Quorum, unused_tcp_port: int
) -> None:
    pytest.importorskip("psycopg")

    result = quorum("doctor", DATABASE_URL=f"postgresql://u:hunter2@127.0.0.1:{unused_tcp_port}/x")

    assert result.exit_code == 1
    assert "Connection refused; check DATABASE_URL\n" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"QUORUM_PRICES": "gone.toml"}, "QUORUM_PRICES: gone.toml cannot be read"),
        ({"QUORUM_CAP_RUN": "$1"}, "A cap is in dollars, and m has no known price"),
    ],
)
def test_prices_that_cannot_be_used_are_a_problem(
    quorum: Quorum, unused_tcp_port: int, setting: dict[str, str], said: str
) -> None:
    server = f"http://127.0.0.1:{unused_tcp_port}/v1"

    code, found = states(quorum, QUORUM_MODEL="m", OPENAI_BASE_URL=server, **setting)

    assert code == 1
    assert said in found["prices"]["remedy"]
