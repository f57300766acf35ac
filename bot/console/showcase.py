"""What `quorum demo` does: the playground as a process of its own, the bot in this one."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import typer

from bot import settings as our_settings
from bot.console.exits import Exit, Stop
from bot.console.process import run_bot
from bot.console.storing import alone, make_ready
from bot.llm.build import SIMULATED
from bot.settings import Settings, load, plain

HOST = "127.0.0.1"
DATABASE = "quorum-demo.db"
_ELSEWHERE = "start the demo in another folder"
_ENDS = (signal.SIGINT, signal.SIGTERM)
_START = 20  # seconds that each of the two processes has to start
_END = 5  # seconds that the playground has to end, before it is killed
_GRACE = 10  # seconds that the bot may take to end after a Ctrl-C that both of them got


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Where things are in this demo; the secrets are new ones each time."""

    folder: Path | None
    port: int
    bot_port: int
    browser: bool
    token: str = field(default_factory=lambda: f"xoxb-{secrets.token_hex(12)}", repr=False)
    secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    @property
    def page(self) -> str:
        return f"http://{HOST}:{self.port}"


def settings_of(plan: Plan) -> Settings:
    """What the demo decides itself; the model is the person's own if there is one."""
    fixed: dict[str, Any] = {
        "slack_api_url": f"{plan.page}/api/",
        "slack_bot_token": plan.token,
        "slack_signing_secret": plan.secret,
        "database_url": f"sqlite+aiosqlite:///{DATABASE}",
        "host": HOST,
        "port": plan.bot_port,
        "quorum_broadcast_after": 0,
    }
    own = load(**fixed)
    if own.quorum_model or plain(own.openai_api_key) or own.openai_base_url:
        return own
    return load(**fixed, quorum_model=SIMULATED)


async def run(settings: Settings, plan: Plan) -> Exit:
    """Until Ctrl-C ends both, or one of them ends by itself."""
    if plan.port == plan.bot_port:
        sentence = f"--port and --bot-port are both {plan.port}: give the bot another one."
        raise Stop(sentence, Exit.USAGE)
    _require_free(plan.port, "--port")
    _require_free(plan.bot_port, "--bot-port")
    loop, demo = asyncio.get_running_loop(), asyncio.current_task()
    assert demo is not None  # noqa: S101 - narrows a type
    for number in _ENDS:  # until the bot listens for them itself
        loop.add_signal_handler(number, demo.cancel)
    with suppress(asyncio.CancelledError), alone(settings, otherwise=_ELSEWHERE):
        await make_ready(settings)
        async with _playground(plan) as process:
            await _side_by_side(settings, plan, process)
    return Exit.DONE


def _require_free(port: int, option: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as err:
            sentence = f"Port {port} is in use; choose another one with {option}."
            raise Stop(sentence, Exit.FAILED) from err


@asynccontextmanager
async def _playground(plan: Plan) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Listening when the block begins, gone when it ends."""
    command = ["-m", "playground", "--attached", "--port", str(plan.port)]
    if plan.folder is not None:
        command += ["--import", str(plan.folder)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdin=asyncio.subprocess.PIPE,  # closes with this process, however that ends
        stdout=asyncio.subprocess.PIPE,
        env={  # no more than this: another program, it has no business with our keys
            "BOT_URL": f"http://{HOST}:{plan.bot_port}/slack/events",
            "SLACK_SIGNING_SECRET": plan.secret,
            "SLACK_BOT_TOKEN": plan.token,
            "PYTHONPATH": str(Path(our_settings.__file__).parents[1]),
        },
    )
    try:
        await _listening(process)
        yield process
    finally:
        for number in _ENDS:  # we are leaving already; half-way out would leave it behind
            asyncio.get_running_loop().add_signal_handler(number, lambda: None)
        await _end(process)


async def _listening(process: asyncio.subprocess.Process) -> None:
    """It prints a line when it is ready; why it is not, it says itself, on stderr."""
    assert process.stdout is not None  # noqa: S101 - narrows a type
    try:
        async with asyncio.timeout(_START):
            line = await process.stdout.readline()
    except TimeoutError:
        line = b""
    if not line:
        raise Stop("The playground did not start.", Exit.FAILED)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_END):
            await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _side_by_side(
    settings: Settings, plan: Plan, process: asyncio.subprocess.Process
) -> None:
    """The bot takes Ctrl-C; the playground may see the same one, and end first."""
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(run_bot(settings), name="bot")
        greeting = group.create_task(_greet(settings, plan), name="greeting")
        leaving = group.create_task(process.wait(), name="playground")
        await asyncio.wait([serving, leaving], return_when=asyncio.FIRST_COMPLETED)
        if leaving.done() and leaving.result() == 0:
            await asyncio.wait([serving], timeout=_GRACE)
        alone = not serving.done()
        for task in (serving, greeting, leaving):
            task.cancel()
    if alone:
        raise Stop("The playground has ended, and the demo with it.", Exit.FAILED)


async def _greet(settings: Settings, plan: Plan) -> None:
    await _reachable(settings.port)
    model = settings.quorum_model or "the default model"
    if model == SIMULATED:
        model = "simulated, no real one is asked (set OPENAI_API_KEY to change that)"
    typer.echo(
        f"\nQuorum is at work. Open  {plan.page}\n\n"
        "  Type there   /factcheck The Great Wall is visible from the Moon\n"
        "               /summarize\n"
        "               /brainstorm Nobody reads our release notes\n\n"
        f"  The model    {model}\n"
        f"  The runs     {DATABASE}, in this folder\n\n"
        "Ctrl-C ends it.\n"
    )
    if plan.browser:
        await asyncio.to_thread(open_browser, plan.page)


async def _reachable(port: int) -> None:
    """The port is open before the bot is there; what answers is the bot."""
    url = f"http://{HOST}:{port}/healthz"
    async with asyncio.timeout(_START), aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(url) as answer:
                    answer.raise_for_status()
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
            else:
                return


def open_browser(page: str) -> None:
    """Not one that would take over the terminal: those are what `GenericBrowser` itself is."""
    with suppress(webbrowser.Error):
        browser = webbrowser.get()
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(page)
