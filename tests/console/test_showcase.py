"""`quorum demo` and `quorum serve` as processes: they start, answer, and end cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from bot.console.showcase import Plan, open_browser, settings_of
from bot.store.engines import alone
from tests.console.conftest import Quorum, Start

ROOT = Path(__file__).parents[2]
Ports = Callable[[], int]


def wait_for(stream: IO[str] | None, word: str) -> str:
    """All lines up to the first with *word*; the test's timeout is the limit."""
    assert stream is not None
    lines: list[str] = []
    for line in stream:
        lines.append(line)
        if word in line:
            return "".join(lines)
    raise AssertionError(f"ended without {word}: {lines}")


@pytest.fixture
def demo(start: Start, unused_tcp_port_factory: Ports) -> tuple[subprocess.Popen[str], int, int]:
    """A demo that is up, with the port of its page and of its bot."""
    page, bot = unused_tcp_port_factory(), unused_tcp_port_factory()
    process = start("demo", "--no-browser", "--port", str(page), "--bot-port", str(bot))
    told = wait_for(process.stdout, "Ctrl-C ends it.")
    assert f"http://127.0.0.1:{page}\n" in told
    assert "/factcheck The Great Wall is visible from the Moon" in told
    assert "simulated" in told
    return process, page, bot


def children(process: subprocess.Popen[str]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not listed.exists():
        pytest.skip("this system does not tell who started whom")
    return [int(pid) for pid in listed.read_text().split()]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def until_free(port: int, *, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not is_free(port):
        assert time.monotonic() < end, f"somebody still listens on {port}"
        time.sleep(0.05)


Demo = tuple["subprocess.Popen[str]", int, int]


@pytest.mark.parametrize("whole_group", [False, True], ids=["the parent only", "the group"])
def test_ctrl_c_ends_page_and_bot_without_a_word(demo: Demo, here: Path, whole_group: bool) -> None:
    process, page, bot = demo
    assert (here / "quorum-demo.db").stat().st_mode & 0o077 == 0
    with urllib.request.urlopen(f"http://127.0.0.1:{page}/") as answer:
        assert b"<html" in answer.read()

    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert err == ""
    assert is_free(page)
    assert is_free(bot)


def test_a_killed_demo_leaves_no_playground_behind(demo: Demo) -> None:
    process, page, _ = demo

    process.kill()
    process.communicate(timeout=30)

    until_free(page)


def test_when_the_playground_dies_the_demo_ends_with_a_sentence(demo: Demo) -> None:
    process, _, bot = demo

    os.kill(children(process)[0], signal.SIGKILL)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 1
    assert err == "The playground has ended, and the demo with it.\n"
    assert is_free(bot)


@pytest.mark.parametrize("option", ["--port", "--bot-port"])
def test_a_busy_port_is_a_sentence_with_the_option(
    quorum: Quorum, unused_tcp_port: int, option: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = "--bot-port" if option == "--port" else "--port"

        result = quorum("demo", "--no-browser", option, str(port), other, str(unused_tcp_port))

    assert result.exit_code == 1
    assert result.stderr == f"Port {port} is in use; choose another one with {option}.\n"


def test_page_and_bot_cannot_have_the_same_port(quorum: Quorum, here: Path) -> None:
    result = quorum("demo", "--no-browser", "--port", "4801", "--bot-port", "4801")

    assert result.exit_code == 2
    assert result.stderr == "--port and --bot-port are both 4801: give the bot another one.\n"
    assert not list(here.iterdir())


def test_a_second_demo_in_the_same_folder_does_not_start(
    quorum: Quorum, here: Path, unused_tcp_port_factory: Ports
) -> None:
    ports = ["--port", str(unused_tcp_port_factory()), "--bot-port", str(unused_tcp_port_factory())]
    with alone(f"sqlite:///{here}/quorum-demo.db"):
        result = quorum("demo", "--no-browser", *ports)

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == (
        f"Another quorum is at work on this database ({here.resolve()}/quorum-demo.db): stop it, "
        "or start the demo in another folder."
    )


def test_a_folder_that_cannot_be_imported_ends_the_demo(
    start: Start, unused_tcp_port_factory: Ports
) -> None:
    ports = ["--port", str(unused_tcp_port_factory()), "--bot-port", str(unused_tcp_port_factory())]
    process = start("demo", "--no-browser", *ports, "--import", "nowhere")

    _, err = process.communicate(timeout=30)

    assert process.returncode == 1
    assert "nowhere" in err
    assert err.endswith("The playground did not start.\n")
    assert "Traceback" not in err


def test_the_demo_uses_a_real_model_if_there_is_one(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(folder=None, port=1, bot_port=2, browser=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/runs")
    monkeypatch.delenv("QUORUM_MODEL")
    without = settings_of(plan)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-12345678")

    settings = settings_of(plan)

    assert without.quorum_model == "simulated"
    assert settings.quorum_model is None
    assert settings.database_url == "sqlite+aiosqlite:///quorum-demo.db"
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"
    assert settings.quorum_broadcast_after == 0
    assert plan.token not in repr(plan)


class Opened(webbrowser.BaseBrowser):
    """A browser that only notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__("opened")
        self.pages: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self.pages.append(url)
        return True


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered in a test is gone after it."""
    webbrowser.get("true %s")  # has the machine's own browsers looked for
    monkeypatch.setattr(webbrowser, "_tryorder", list[str]())
    monkeypatch.setattr(webbrowser, "_browsers", dict[str, object]())


@pytest.mark.usefixtures("registry")
def test_the_page_is_opened_where_there_is_a_browser() -> None:
    browser = Opened()
    open_browser("http://127.0.0.1:1")
    webbrowser.register("opened", None, browser, preferred=True)

    open_browser("http://127.0.0.1:2")

    assert browser.pages == ["http://127.0.0.1:2"]


@pytest.mark.usefixtures("registry")
def test_a_browser_in_the_terminal_is_not_opened(tmp_path: Path) -> None:
    text_browser = webbrowser.GenericBrowser(["touch", "%s"])
    webbrowser.register("lynx", None, text_browser, preferred=True)

    open_browser(str(tmp_path / "opened"))

    assert not (tmp_path / "opened").exists()


@pytest.fixture
def slack(unused_tcp_port_factory: Ports) -> Iterator[dict[str, str]]:
    """The playground as Slack; what `quorum serve` needs to know of it."""
    page, bot = unused_tcp_port_factory(), unused_tcp_port_factory()
    known = {"SLACK_BOT_TOKEN": "xoxb-playground", "SLACK_SIGNING_SECRET": "playground-secret"}
    process = subprocess.Popen(
        [sys.executable, "-m", "playground", "--port", str(page)],
        cwd=ROOT,
        env=os.environ | known | {"BOT_URL": f"http://127.0.0.1:{bot}/slack/events"},
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for(process.stdout, "Playground:")
    yield known | {"SLACK_API_URL": f"http://127.0.0.1:{page}/api/", "PORT": str(bot)}
    process.kill()
    process.communicate()


def test_serve_logs_json_lines_and_ends_cleanly(start: Start, slack: dict[str, str]) -> None:
    process = start("serve", **slack)
    told = wait_for(process.stderr, "listening on")

    process.terminate()
    _, rest = process.communicate(timeout=30)

    assert process.returncode == 0
    for line in (told + rest).splitlines():
        assert {"time", "level", "logger", "message"} <= set(json.loads(line))
