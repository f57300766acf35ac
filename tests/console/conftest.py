"""The command line as a person has it: an empty folder, a clean environment, no `.env`."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.console.cli import app
from bot.settings import Settings

Quorum = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]

_OURS = [name.upper() for name in Settings.model_fields]
SIMULATED = {"QUORUM_MODEL": "simulated", "QUORUM_SIMULATED_PACE": "0"}
#: Nothing in the way of loopback, whatever the machine's proxies are.
_DIRECT = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "COLUMNS": "200"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which commands are called."""
    monkeypatch.chdir(tmp_path)
    for name in _OURS:
        monkeypatch.delenv(name, raising=False)
    for name, value in (SIMULATED | _DIRECT).items():
        monkeypatch.setenv(name, value)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    for name in ("bot", "patterns", "bot.console"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture
def quorum(here: Path, monkeypatch: pytest.MonkeyPatch) -> Quorum:
    """Calls a command in this process; environment variables by keyword, None to unset."""

    def call(*words: str, piped: str | bytes | None = None, **env: str | None) -> Result:
        with monkeypatch.context() as patch:
            for name, value in env.items():
                patch.delenv(name, raising=False)
                if value is not None:
                    patch.setenv(name, value)
            return CliRunner().invoke(app, words, input=piped, prog_name="quorum")

    return call


@pytest.fixture
def start(here: Path) -> Iterator[Start]:
    """Starts a command as a process of its own group; what is left at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def call(*words: str, stdin: int = subprocess.DEVNULL, **env: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if name not in _OURS}
        process = subprocess.Popen(
            [sys.executable, "-c", "from bot.console import main; main()", *words],
            env=kept | SIMULATED | _DIRECT | env,
            cwd=here,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        started.append(process)
        return process

    yield call
    for process in started:
        with suppress(ProcessLookupError):  # the whole group: a demo has a child
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
