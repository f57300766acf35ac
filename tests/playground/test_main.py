"""The process: one line when it listens, a clean end, one sentence when it cannot start."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "playground", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_says_where_it_listens_and_ends_with_a_page_open():
    process = run("--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    url = line.removeprefix("Playground: ")
    with urllib.request.urlopen(f"{url}/playground/events?as=U0ANN") as stream:
        stream.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)

    assert line.startswith("Playground: http://127.0.0.1:")
    assert (process.returncode, out, err) == (0, "", "")


def test_a_busy_port_is_one_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = run("--port", str(port))
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out) == (1, "")
    assert err == f"Port {port} is taken. Choose another one with --port.\n"


def test_a_missing_folder_is_one_sentence():
    process = run("--port", "0", "--import", "/nowhere/at/all")
    out, err = process.communicate(timeout=20)

    assert (process.returncode, out) == (1, "")
    assert err == "There is no folder /nowhere/at/all to import.\n"


def test_it_refuses_to_run_in_production():
    process = run("--port", "0", ENV="production")
    _, err = process.communicate(timeout=20)

    assert process.returncode == 1
    assert err.count("\n") == 1
