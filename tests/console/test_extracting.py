"""`quorum extract`: a table for programs, written once and whole, whatever happens on the way."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.llm import rowwise
from bot.runs.model import Files
from tests.conftest import Serve
from tests.console.conftest import Quorum, Start
from tests.console.test_records import add
from tests.fakes.model_server import Asked, ModelServer, Turn, fails, says

FIELDS = "name, city, age: integer"
ROWS = 300
#: Questions at once.
WIDTH = 4


def people(path: Path, rows: int = ROWS) -> Path:
    lines = [f"Person {n},City {n % 7},{20 + n % 50}" for n in range(1, rows + 1)]
    path.write_text("\n".join(["name,city,age", *lines, ""]))
    return path


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def assert_whole(text: str, rows: int = ROWS) -> None:
    """Every row once, in order, with what stands in it."""
    expected = [(f"Person {n}", f"City {n % 7}", f"{20 + n % 50}") for n in range(1, rows + 1)]
    assert [(row["name"], row["city"], row["age"]) for row in table(text)] == expected


def test_the_table_is_on_stdout_and_all_else_on_stderr(quorum: Quorum, here: Path) -> None:
    people(here / "people.csv", 25)

    result = quorum("extract", "people.csv", "--fields", FIELDS)

    assert result.exit_code == 0, result.stderr
    assert_whole(result.stdout, 25)
    assert result.stderr.startswith("Simulated model: no real model is asked.\n")
    assert "Rows 11–20: done" in result.stderr
    assert result.stderr.endswith("25 rows: 25 ok.\n")


def test_packed_rows_and_rows_of_a_pipe_are_read(quorum: Quorum, here: Path) -> None:
    content = people(here / "people.csv", 12).read_bytes()
    (here / "people.csv.gz").write_bytes(gzip.compress(content))

    for words, piped in ((("people.csv.gz",), None), (("-",), gzip.compress(content))):
        result = quorum("extract", *words, "--fields", FIELDS, piped=piped)
        assert_whole(result.stdout, 12)
    assert not list((here / "quorum-stdin").iterdir())


def test_a_schema_says_the_fields_and_json_is_an_object_a_line(quorum: Quorum, here: Path) -> None:
    people(here / "people.csv", 3)
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    (here / "schema.json").write_text(json.dumps(schema, indent=2))

    words = ("extract", "people.csv", "--schema", "schema.json", "--format", "json")
    result = quorum(*words)

    assert result.exit_code == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["values"] for row in rows] == [{"city": f"City {n}"} for n in (1, 2, 3)]


def test_the_run_for_machines_is_one_object_beside_the_written_table(
    quorum: Quorum, here: Path
) -> None:
    people(here / "people.csv", 3)
    words = ("extract", "people.csv", "--fields", FIELDS, "--json")

    alone = json.loads(quorum(*words).stdout)
    beside = json.loads(quorum(*words, "--out", "out.jsonl").stdout)

    assert alone["result"]["rows"] == beside["result"]["rows"]
    assert (alone["recipe"], alone["status"]) == ("extract", "done")
    assert len([json.loads(line) for line in (here / "out.jsonl").read_text().splitlines()]) == 3


def test_what_stood_in_the_file_is_replaced_and_who_may_read_it_stays(
    quorum: Quorum, here: Path
) -> None:
    people(here / "people.csv", 3)
    (here / "real.csv").write_text("of yesterday")
    (here / "real.csv").chmod(0o600)
    (here / "out.csv").symlink_to("real.csv")

    result = quorum("extract", "people.csv", "--fields", FIELDS, "--out", "out.csv")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("3 rows: 3 ok.\n")
    assert_whole((here / "real.csv").read_text(), 3)
    assert (here / "out.csv").is_symlink()
    assert stat.S_IMODE((here / "real.csv").stat().st_mode) == 0o600
    assert not list(here.glob(".*part"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Say which fields you want, with --fields or with --schema."),
        (("--fields", "a", "--schema", "people.csv"), "Say which fields you want"),
        (("--fields", "  "), "No fields are named."),
        (("--fields", "age: many"), "“many” is no kind of field"),
        (("--fields", "a, a"), "Two fields have the same name."),
        (("--fields", "x\x1b[31m: \x1b[31mmany"), "“many” is no kind of field"),
        (("--schema", "gone.json"), "There is no file gone.json."),
        (("--schema", "broken.json"), "The JSON schema can't be read: it is no JSON."),
        (("--schema", "big.json"), "big.json is too long for a schema."),
        (("--fields", "a", "--out", "."), " is no file that can be written."),
        (("--fields", "a", "--out", "people.csv"), "people.csv is what is read"),
        (("--fields", "a", "--out", "no/out.csv"), "There is no folder for out.csv."),
        (("--fields", "a", "--format", "xml"), "xml"),
        (("--fields", "a", "--quick"), "--quick"),
    ],
)
def test_wrong_usage_is_one_sentence_and_no_run(
    quorum: Quorum, here: Path, words: tuple[str, ...], sentence: str
) -> None:
    people(here / "people.csv", 3)
    (here / "broken.json").write_text("{")
    (here / "big.json").write_text("{" + " " * 300_000 + "}")

    result = quorum("extract", "people.csv", *words)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "\x1b" not in result.stderr
    assert "Traceback" not in result.stderr
    assert (result.stdout, (here / "quorum.db").exists()) == ("", False)


@pytest.mark.parametrize("name", ["people.pdf", "cat.png", "gone.csv"])
def test_what_has_no_rows_is_refused_before_there_is_a_run(
    quorum: Quorum, here: Path, name: str
) -> None:
    (here / "people.pdf").write_bytes(b"%PDF-1.4\n")
    (here / "cat.png").write_bytes(b"\x89PNG\0\0")

    result = quorum("extract", name, "--fields", "a")

    assert (result.exit_code, result.stdout) == (2, "")
    assert name in result.stderr
    assert not (here / "quorum.db").exists()


def test_a_run_without_a_table_says_why_and_leaves_the_file_alone(
    quorum: Quorum, here: Path
) -> None:
    people(here / "people.csv", 3)
    (here / "out.csv").write_text("of yesterday")
    words = ("extract", "people.csv", "--fields", FIELDS, "--out", "out.csv")

    result = quorum(*words, QUORUM_BRANCH_SECONDS="0.000001")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "rows answered" in result.stderr.splitlines()[-1]
    assert (here / "out.csv").read_text() == "of yesterday"
    [run] = json.loads(quorum("runs", "list", "--json").stdout)
    shown = quorum("runs", "show", run["id"], "--csv")
    assert (shown.exit_code, shown.stdout) == (1, "")


def test_a_file_that_cannot_be_written_at_the_end_loses_no_row(
    start: Start, quorum: Quorum, here: Path
) -> None:
    people(here / "people.csv", 3)
    (here / "out").mkdir()
    words = ("extract", "people.csv", "--fields", FIELDS, "--out", "out/out.csv")
    process = start(*words, QUORUM_SIMULATED_PACE="1")
    assert process.stderr is not None
    next(line for line in process.stderr if "started" in line)
    (here / "out").rmdir()
    _, err = process.communicate(timeout=60)

    told = err.splitlines()[-1]
    assert process.returncode == 1
    assert told.startswith("out.csv cannot be written: `quorum runs show ")
    [run] = re.findall(r"show (\w+) --csv", told)
    assert_whole(quorum("runs", "show", run, "--csv").stdout, 3)


def test_a_table_is_shown_of_an_extraction_alone(quorum: Quorum, here: Path) -> None:
    run = json.loads(quorum("factcheck", "--json", "Honey never spoils").stdout)

    for command in ("show", "resume"):
        result = quorum("runs", command, run["id"], "--csv")
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == "This run is no extraction: it has no table.\n"


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [(False, "It is not over: `quorum runs resume "), (True, "It was cancelled before there was")],
)
def test_of_a_run_without_a_result_it_is_said_why(
    quorum: Quorum, here: Path, sentence: str, *, ended: bool
) -> None:
    run_id = add(here, recipe="extract", text=FIELDS, source=Files(paths=("people.csv",)))
    if ended:
        quorum("runs", "cancel", run_id)

    result = quorum("runs", "show", run_id, "--csv")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(sentence)


class Gate:
    """
    A script for the model's server: it knows rows, lets *left* answers through, holds the others.

    Questions about row 17 are never answered.
    """

    def __init__(self, left: int) -> None:
        self.left = left
        self._opened = asyncio.Event()

    def __call__(self, asked: Asked) -> Turn:
        async def turn(request: web.Request, asked: Asked) -> web.StreamResponse:
            if self.left:
                self.left -= 1
            else:
                await self._opened.wait()
            if "[17] " in asked.text:
                return await fails(400)(request, asked)
            return await says(filled(asked))(request, asked)

        return turn

    def open(self) -> None:
        self._opened.set()


def filled(asked: Asked) -> str:
    items: dict[str, Any] = asked.schema["properties"]["rows"]["items"]
    row = asked.schema["$defs"][items["$ref"].rpartition("/")[2]] if "$ref" in items else items
    return json.dumps(rowwise.rows(asked.text, row))


async def test_killed_in_the_middle_it_is_finished_and_no_row_is_paid_for_twice(
    start: Start, quorum: Quorum, here: Path, serve: Serve
) -> None:
    people(here / "people.csv")
    gate = Gate(12)
    server = ModelServer(gate)
    env = {"OPENAI_BASE_URL": f"{await serve(server.app())}/v1", "QUORUM_MODEL": "scripted"}
    words = ("extract", "people.csv", "--fields", FIELDS, "--out", "out.csv")
    killed = start(*words, **env, QUORUM_MAX_CONCURRENCY=str(WIDTH))

    def newest() -> dict[str, Any]:
        run = json.loads(quorum("runs", "list", "-n", "1", "--json").stdout)[0]
        return json.loads(quorum("runs", "show", run["id"], "--json").stdout)

    async with asyncio.timeout(60):
        while gate.left or server.at_once < WIDTH:
            await asyncio.sleep(0.02)
    killed.kill()
    await asyncio.to_thread(killed.communicate)
    before = await asyncio.to_thread(newest)
    gate.open()
    resumed = start("runs", "resume", before["id"], "--csv", **env)
    out, err = await asyncio.to_thread(resumed.communicate)

    assert before["status"] == "open"
    assert not (here / "out.csv").exists()
    assert resumed.returncode == 0, err
    assert_numbered(out)
    asked = [each.prompt for each in server.asked if "[17] " not in each.text]
    twice = len(asked) - len(set(asked))
    assert twice <= WIDTH, "what was in the air when it was killed, and nothing else"
    assert err.endswith("300 rows: 299 ok, 1 failed.\n")


def assert_numbered(text: str) -> None:
    rows = table(text)
    assert [row["name"] for row in rows] == [
        "" if n == 17 else f"Person {n}" for n in range(1, ROWS + 1)
    ]
    assert [n for n, row in enumerate(rows, 1) if row["status"] != "ok"] == [17]
