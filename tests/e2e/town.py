"""A whole town on loopback: the playground, a model server, and the bot as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession

from playground.sample import sample
from playground.server import DELIVERIES, build
from playground.values import Message
from playground.workspace import Workspace
from tests.conftest import Serve
from tests.e2e import forked
from tests.fakes.model_server import ModelServer

SECRET, TOKEN = "town-secret", "xoxb-town"
LOG = "bot.log"


class Bot:
    """`quorum serve` in a child process, on a port that stays the same over its lives."""

    def __init__(self, home: Path, env: dict[str, str]) -> None:
        self.port = _free_port()
        self._home = home
        self._env = {"HOME": str(home), "PORT": str(self.port), **env}
        self._process: ForkServerProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    async def start(self) -> None:
        """Returns when it answers; fails with what it printed if it ends instead."""
        self._process = forked.command(["serve"], self._home, self._env, out=LOG, err=LOG)
        async with asyncio.timeout(60), ClientSession() as http:
            while not await self._answers(http):
                if self._process.exitcode is not None:
                    raise AssertionError(f"the bot ended:\n{self.log()}")
                await asyncio.sleep(0.05)

    def log(self) -> str:
        return (self._home / LOG).read_text()

    def kill(self) -> None:
        """kill -9: no goodbye, no cleanup."""
        assert self._process
        self._process.kill()

    async def killed(self) -> None:
        await self._over()

    async def stop(self) -> int:
        """SIGTERM, as a deploy does; the exit code."""
        assert self._process
        self._process.terminate()
        return await self._over(seconds=25)

    async def _over(self, *, seconds: float = 60) -> int:
        process = self._process
        assert process
        await until(lambda: process.exitcode is not None, seconds=seconds)
        assert process.exitcode is not None
        return process.exitcode

    async def _answers(self, http: ClientSession) -> bool:
        try:
            async with http.get(f"http://127.0.0.1:{self.port}/healthz") as reply:
                return reply.status == 200
        except ClientError:
            return False


@dataclass
class Town:
    """What a test sees of it; *url* is the playground's."""

    url: str
    workspace: Workspace
    bot: Bot
    database: Path

    async def say(self, text: str, *, person: str = "Ann", channel: str = "general") -> None:
        """Type *text* on the page of *person*."""
        body = {
            "as": self.workspace.person_named(person).id,
            "channel": self.workspace.channel_named(channel).id,
            "text": text,
        }
        await self._do("say", body)

    async def press(self, message: Message, action: str, *, person: str = "Ann") -> None:
        """Press the button *action* of a message of the bot in #general."""
        block = next(block for block in message.blocks if block["type"] == "actions")
        element = next(e for e in block["elements"] if e["action_id"] == action)
        await self._do(
            "press",
            {
                "as": self.workspace.person_named(person).id,
                "channel": self.workspace.channel_named("general").id,
                "ts": message.ts,
                "block_id": block.get("block_id", ""),
                "action_id": element["action_id"],
                "value": element["value"],
            },
        )

    async def redeliver(self) -> None:
        """What the bot was sent last, once more."""
        await self._do("redeliver", {})

    async def _do(self, what: str, body: dict[str, str]) -> None:
        async with (
            ClientSession(headers={"X-Playground": "1"}) as http,
            http.post(f"{self.url}/playground/{what}", json=body) as reply,
        ):
            assert reply.status == 200, await reply.text()

    def of_the_bot(self, channel: str = "general") -> list[Message]:
        """Everything that the bot posted in the channel and its threads, in order."""
        log = self.workspace.logs[self.workspace.channel_named(channel).id]
        return [said for said in log.all() if said.user == self.workspace.bot]

    def whispers(self) -> list[Message]:
        """Ephemeral messages that stand on somebody's page."""
        return [message for _, message in self.workspace.whispers.values()]


@asynccontextmanager
async def town(
    serve: Serve,
    home: Path,
    *,
    model: ModelServer | None = None,
    workspace: Workspace | None = None,
    middleware: Any = None,
    env: dict[str, str] | None = None,
) -> AsyncIterator[Town]:
    """With *model*, the bot asks that server; else it has the simulated model."""
    workspace = workspace or sample()
    app = build(workspace, bot_url="", signing_secret=SECRET, token=TOKEN)
    if middleware:
        app.middlewares.append(middleware)
    url = await serve(app)
    database = home / "quorum.db"
    answering = (
        {"OPENAI_BASE_URL": f"{await serve(model.app())}/v1", "QUORUM_MODEL": "served"}
        if model
        else {"QUORUM_MODEL": "simulated", "QUORUM_SIMULATED_PACE": "0.1"}
    )
    bot = Bot(
        home,
        {
            "SLACK_API_URL": f"{url}/api/",
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
            "QUORUM_BROADCAST_AFTER": "0",
            **answering,
            **(env or {}),
        },
    )
    app[DELIVERIES].bot_url = bot.url
    await bot.start()
    try:
        yield Town(url, workspace, bot, database)
    finally:
        await bot.stop()


async def until(seen: Callable[[], Any], *, seconds: float = 60) -> Any:
    """The first true value of *seen*; waits for a state, not for a time."""
    async with asyncio.timeout(seconds):
        while not (value := seen()):
            await asyncio.sleep(0.02)
        return value


#: Below what systems give to outgoing connections, or one of those takes it while the bot starts;
#: each process that runs tests begins elsewhere.
_ports = itertools.cycle(range(20_000 + os.getpid() * 40 % 10_000, 32_000))


def _free_port() -> int:
    for port in _ports:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the ports are a cycle")
