"""
How fast a command is acknowledged: the whole bot against a bare handler that keeps one row.

`python -m benchmarks.acks` starts both in turn, each in a process of its own, and sends signed
commands: 10 a second, then 200 at once. What is kept is on the disk before the answer in both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from aiohttp import ClientSession, TCPConnector, web
from slack_sdk.signature import SignatureVerifier

from benchmarks.servers import slack_api
from bot.door.timely import LATE
from tests.e2e.town import Bot
from tests.fakes.slack_api import TEAM

SECRET = "bench-secret"  # noqa: S105 - of a bot that lives for a minute
SETTLING = 5  # seconds for the runs of what was sent before
TARGET = 0.5  # seconds that the 99th of a hundred may take, of 200 at once


async def main() -> int:
    options = _options()
    rows = {"floor": await _measure("floor", options), "bot": await _measure("bot", options)}
    for load in ("at once", "steady"):
        for way, took in rows.items():
            print(f"{load:>8}  {way:<6}{_told(took[load])}")
        ratio = _p99(rows["bot"]["at once"]) / _p99(rows["floor"]["at once"])
    print(f"p99 at once: {ratio:.2f} times the floor")
    if options.json:
        print(json.dumps(rows))
    return int(_p99(rows["bot"]["at once"]) > TARGET)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.acks", description=__doc__)
    parser.add_argument("--commands", type=int, default=200, help="that come at once")
    parser.add_argument("--rate", type=int, default=10, help="a second, when it is steady")
    parser.add_argument("--seconds", type=int, default=10, help="of the steady load")
    parser.add_argument("--half-open", type=int, default=0, help="connections held meanwhile")
    parser.add_argument("--json", action="store_true", help="all times, too")
    return parser.parse_args()


async def _measure(way: str, options: argparse.Namespace) -> dict[str, list[float]]:
    """Seconds of each command, by load."""
    with tempfile.TemporaryDirectory() as folder:
        started = _floor(Path(folder)) if way == "floor" else _bot(Path(folder))
        async with started as url, _half_open(url, options.half_open), _client() as http:
            await asyncio.gather(*(_send(http, url, f"warm{n}") for n in range(20)))
            names = [f"burst{n}" for n in range(options.commands)]
            await asyncio.sleep(SETTLING)
            steady = await _steady(http, url, options)
            await asyncio.sleep(SETTLING)
            burst = await asyncio.gather(*(_send(http, url, name) for name in names))
            return {"at once": burst, "steady": steady}


async def _steady(http: ClientSession, url: str, options: argparse.Namespace) -> list[float]:
    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[float]] = []
        for number in range(options.rate * options.seconds):
            tasks.append(group.create_task(_send(http, url, f"steady{number}")))
            await asyncio.sleep(1 / options.rate)
    return [task.result() for task in tasks]


def _client() -> ClientSession:
    return ClientSession(connector=TCPConnector(limit=0))


async def _send(http: ClientSession, url: str, name: str) -> float:
    body = urlencode(
        {
            "command": "/factcheck",
            "text": f"Honey of {name} never spoils",
            "team_id": TEAM,
            "channel_id": "C1",
            "user_id": f"U{name.upper()}",
            "trigger_id": name,
        }
    )
    now = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body) or ""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": signature,
    }
    began = time.perf_counter()
    async with http.post(url, data=body.encode(), headers=headers) as reply:
        assert (reply.status, await reply.text()) in {(200, ""), (200, LATE)}, "it was not taken"
    return time.perf_counter() - began


@asynccontextmanager
async def _bot(folder: Path) -> AsyncIterator[str]:
    """The whole bot, with a Slack of its own and a model that is simulated."""
    async with slack_api() as slack:
        bot = Bot(
            folder,
            {
                "SLACK_API_URL": slack,
                "SLACK_BOT_TOKEN": "xoxb-bench",
                "SLACK_SIGNING_SECRET": SECRET,
                "QUORUM_MODEL": "simulated",
                "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/quorum.db",
                "QUORUM_LOG": "ERROR",
            },
        )
        await bot.start()
        try:
            yield bot.url
        finally:
            bot.kill()
            await bot.killed()


@asynccontextmanager
async def _floor(folder: Path) -> AsyncIterator[str]:
    words = ("-m", "benchmarks.acks", "--serve", str(folder / "floor.db"))
    server = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert server.stdout
        yield (await server.stdout.readline()).decode().strip()
    finally:
        server.terminate()
        await server.wait()


async def serve_floor(path: str) -> None:
    """A handler that keeps the body in a row, each in a transaction that reaches the disk."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE kept (body TEXT)")
    lock = asyncio.Lock()

    async def keep(request: web.Request) -> web.Response:
        body = await request.text()
        async with lock:
            await asyncio.to_thread(database.execute, "INSERT INTO kept VALUES (?)", (body,))
        return web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", keep)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events", flush=True)
    await asyncio.Event().wait()


@asynccontextmanager
async def _half_open(url: str, number: int) -> AsyncIterator[None]:
    """*number* connections that have sent half a head."""
    host, _, port = url.removeprefix("http://").partition("/")[0].partition(":")
    writers: list[asyncio.StreamWriter] = []
    for _ in range(number):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n")
        writers.append(writer)
    yield
    for writer in writers:
        writer.transport.abort()


def _p99(took: list[float]) -> float:
    return quantiles(took, n=100)[98]


def _told(took: list[float]) -> str:
    cuts = quantiles(took, n=100)
    return f"p50 {cuts[49] * 1000:6.0f} ms   p99 {cuts[98] * 1000:6.0f} ms   {len(took)} commands"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        asyncio.run(serve_floor(sys.argv[2]))
    sys.exit(asyncio.run(main()))
