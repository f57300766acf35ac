"""A run in the foreground: Ctrl-C, kill -9, another terminal; counted at the model's server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from bot.console.carrying import user
from tests.console.conftest import Quorum, Start

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT.parent / "shared" / "data" / "claims" / "averitec-dev.jsonl"
#: Voters of a panel of five that are asked at first.
FIRST_WAVE = 3


class Server:
    """The scripted model server as a process; its log has a line per call, at start and end."""

    def __init__(self, folder: Path, *, latency: float) -> None:
        self.log = folder / "calls.jsonl"
        options = ["--port", "0", "--latency", str(latency), "--log", str(self.log)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.model_server", *options],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found
        url = found[0].rstrip("/")
        self.env = {
            "OPENAI_BASE_URL": url if url.endswith("/v1") else f"{url}/v1",
            "QUORUM_MODEL": "scripted",
        }

    def arrivals(self) -> int:
        return self.count("asked")

    def count(self, event: str) -> int:
        """Calls that were "asked", and that were "answered" or whose client was "gone"."""
        if not self.log.exists():
            return 0
        events = [json.loads(line)["event"] for line in self.log.read_text().splitlines()]
        return events.count(event)

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), latency=0.5)
    yield server
    server.stop()


@pytest.fixture
def stuck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), latency=300)
    yield server
    server.stop()


@pytest.fixture
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), latency=0)
    yield server
    server.stop()


def wait_for(stream: IO[str] | None, word: str) -> str:
    """The first line with *word*; the test's timeout is the limit."""
    assert stream is not None
    for line in stream:
        if word in line:
            return line
    raise AssertionError(f"the stream ended without {word}")


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def newest(quorum: Quorum) -> str:
    return json.loads(quorum("runs", "list", "-n", "1", "--json").stdout)[0]["id"]


def test_ctrl_c_cancels_a_run_whose_model_never_answers(
    start: Start, quorum: Quorum, stuck: Server
) -> None:
    process = start("factcheck", "--json", "Honey never spoils", **stuck.env)
    until(lambda: stuck.arrivals() == FIRST_WAVE)

    process.send_signal(signal.SIGINT)
    out, err = process.communicate()

    run = json.loads(out)
    assert process.returncode == 130
    assert run["status"] == "cancelled"
    assert not re.search(r"Traceback|never retrieved|was destroyed", err)
    shown = json.loads(quorum("runs", "list", "--json").stdout)[0]
    assert shown["status"] == "cancelled"
    until(lambda: stuck.count("gone") == FIRST_WAVE)
    assert stuck.arrivals() == FIRST_WAVE, "nothing is asked after it"


def test_a_killed_run_stays_open_and_is_resumed_without_paying_twice(
    start: Start, quorum: Quorum, slow: Server
) -> None:
    words = ("factcheck", "--voters", "6", "Honey never spoils")
    process = start(*words, **slow.env, QUORUM_MAX_CONCURRENCY="2")
    wait_for(process.stderr, "done:")
    wait_for(process.stderr, "done:")
    process.kill()
    process.communicate()

    before = slow.arrivals()
    run_id = newest(quorum)
    known = json.loads(quorum("runs", "show", run_id, "--json").stdout)
    answered = known["usage"]["calls"]
    resumed = quorum("runs", "resume", run_id, "--json", **slow.env)

    assert known["status"] == "open"
    assert answered >= 2
    assert resumed.exit_code == 0, resumed.stderr
    run = json.loads(resumed.stdout)
    assert run["status"] == "done"
    assert run["usage"]["calls"] == 6
    assert slow.arrivals() - before == 6 - answered


def test_a_run_at_work_is_not_resumed_elsewhere_before_its_process_is_gone(
    start: Start, quorum: Quorum, here: Path, stuck: Server
) -> None:
    """Nothing would be asked once only if two processes carried it out."""
    process = start("factcheck", "Honey never spoils", **stuck.env)
    until(lambda: stuck.arrivals() == FIRST_WAVE)
    run_id = newest(quorum)

    second = quorum("runs", "resume", run_id, **stuck.env)

    assert (second.exit_code, second.stdout) == (1, "")
    assert second.stderr.startswith("This run is at work in another terminal")
    assert second.stderr.count("\n") == 1
    assert stuck.arrivals() == FIRST_WAVE

    process.kill()
    process.communicate()
    assert quorum("runs", "resume", run_id).exit_code == 0
    assert list((here / "quorum-runs").iterdir()) == []


def test_a_run_that_cannot_be_locked_is_carried_out_all_the_same(
    quorum: Quorum, here: Path
) -> None:
    (here / "quorum-runs").write_text("in the way of the folder")

    assert quorum("factcheck", "Honey never spoils").exit_code == 0


@pytest.mark.data
def test_no_real_claim_is_lost(quorum: Quorum, fast: Server) -> None:
    if not CLAIMS.exists():
        pytest.skip("no shared data here")
    claims = [json.loads(line)["claim"] for line in CLAIMS.read_text().splitlines()[::5]]

    results = [quorum("factcheck", "--json", "--fresh", claim, **fast.env) for claim in claims]

    assert {result.exit_code: result.stderr for result in results}.keys() == {0}
    runs = [json.loads(result.stdout) for result in results]

    assert len(claims) == 50
    assert [run["result"]["text"] for run in runs] == [claim.strip() for claim in claims]
    assert all(run["status"] == "done" for run in runs)
    checked = [claim for run in runs for claim in run["result"]["claims"]]
    assert all(len(claim["votes"]) >= FIRST_WAVE and not claim["missing"] for claim in checked)
    assert fast.arrivals() == sum(run["usage"]["calls"] for run in runs)
    kept = json.loads(quorum("runs", "list", "-n", "300", "--json").stdout)
    assert {run["id"] for run in runs} == {row["id"] for row in kept}


def test_a_killed_run_on_a_pipe_is_resumed_from_what_was_kept(
    start: Start, quorum: Quorum, here: Path, stuck: Server, slow: Server
) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"Ann: We agreed to ship on Friday.\n")
    os.close(writing)
    process = start("summarize", "-", stdin=reading, **stuck.env)
    os.close(reading)
    wait_for(process.stderr, "started")
    process.kill()
    process.communicate()

    resumed = quorum("runs", "resume", newest(quorum), "--json", **slow.env)

    assert resumed.exit_code == 0, resumed.stderr
    assert json.loads(resumed.stdout)["result"]["read"] == 1
    assert not list((here / "quorum-stdin").iterdir())


def test_a_cancel_from_another_terminal_stops_the_run(
    start: Start, quorum: Quorum, stuck: Server
) -> None:
    process = start("factcheck", "--json", "Honey never spoils", **stuck.env)
    wait_for(process.stderr, "started")

    cancelled = quorum("runs", "cancel", newest(quorum))
    out, _ = process.communicate(timeout=20)

    assert cancelled.exit_code == 0
    assert process.returncode == 4
    assert json.loads(out)["status"] == "cancelled"


def test_ctrl_c_while_waiting_for_a_pipe_ends_at_once(start: Start, here: Path) -> None:
    reading, writing = os.pipe()
    process = start("-v", "factcheck", "-", stdin=reading)
    os.close(reading)
    # The imports are over when the settings are read, and then the pipe is.
    wait_for_reading(process)

    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    os.close(writing)

    assert process.returncode == 130
    assert "Traceback" not in err
    assert not (here / "quorum.db").exists()


def wait_for_reading(process: subprocess.Popen[str]) -> None:
    """Until the process sleeps in a read of its standard input."""
    where = Path(f"/proc/{process.pid}/wchan")
    if not where.exists():
        pytest.skip("this system does not tell what a process waits for")
    deadline = time.monotonic() + 20
    while "pipe" not in where.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_there_is_always_a_name_for_who_asks() -> None:
    assert user()
