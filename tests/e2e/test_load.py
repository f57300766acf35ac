"""A burst of commands while strangers hold half-open connections and Slack takes no messages."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, TCPConnector, web
from slack_sdk.signature import SignatureVerifier

from bot.door.timely import LATE
from playground.values import Channel, Person
from playground.workspace import Workspace
from tests.conftest import Serve
from tests.e2e.town import SECRET, Town, town, until

COMMANDS, HALF_OPEN = 200, 500
HALF = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"


class Busy:
    """A Slack that takes no message while *closed*, and says so."""

    def __init__(self) -> None:
        self.closed = True

    @property
    def middleware(self) -> Any:
        @web.middleware
        async def answer(request: web.Request, handler: Any) -> web.StreamResponse:
            if self.closed and request.path == "/api/chat.postMessage":
                refusal = {"ok": False, "error": "ratelimited"}
                return web.json_response(refusal, status=429, headers={"Retry-After": "1"})
            return await handler(request)

        return answer


async def test_200_commands_at_once_are_each_acknowledged_and_end_in_one_result(
    tmp_path: Path, serve: Serve
) -> None:
    """Half of them are one person's; all of them run before the first word is said of any."""
    slack = Busy()
    env = {"QUORUM_RESULT": "edit", "QUORUM_SIMULATED_PACE": "0", "QUORUM_CAP_PERSON_DAY": "off"}
    crowd = many_channels()
    async with (
        town(serve, tmp_path, workspace=crowd, middleware=slack.middleware, env=env) as here,
        half_open(here, HALF_OPEN),
    ):
        statuses = await commands(here)
        await until(lambda: done(here) == COMMANDS)
        slack.closed = False
        await until(lambda: len(cards(here)) == COMMANDS)

        assert statuses == Counter({200: COMMANDS})
        assert set(cards(here).values()) == {1}
        assert "Traceback" not in here.bot.log()


def many_channels() -> Workspace:
    """A channel for each command: Slack takes one message a second in each."""
    crowd = Workspace("Crowd", domain="crowd")
    people = [Person(id=f"U0P{n:03d}", name=f"Person {n}") for n in range(COMMANDS)]
    for person in people:
        crowd.add_person(person)
    members = (crowd.bot, *(person.id for person in people))
    for n in range(COMMANDS):
        crowd.add_channel(Channel(id=f"C0CH{n:03d}", name=f"ch-{n}", members=members))
    return crowd


async def commands(here: Town) -> Counter[int]:
    """The statuses of their acks."""
    signer = SignatureVerifier(SECRET)

    async def send(http: ClientSession, number: int) -> int:
        body = urlencode(
            {
                "command": "/factcheck",
                "text": f"--quick Honey number {number} never spoils",
                "team_id": here.workspace.team,
                "channel_id": f"C0CH{number:03d}",
                "channel_name": f"ch-{number}",
                "user_id": f"U0P{number if number % 2 else 0:03d}",
                "trigger_id": f"{number}.1.load",
            }
        )
        now = str(int(time.time()))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": signer.generate_signature(timestamp=now, body=body) or "",
        }
        async with http.post(here.bot.url, data=body.encode(), headers=headers) as reply:
            # On a busy machine an ack may be late, which it says; it is one all the same.
            assert await reply.text() in {"", LATE}, "it was taken"
            return reply.status

    async with ClientSession(connector=TCPConnector(limit=0)) as http:
        return Counter(await asyncio.gather(*(send(http, n) for n in range(COMMANDS))))


@asynccontextmanager
async def half_open(here: Town, number: int) -> AsyncIterator[None]:
    """*number* connections that have sent half a head."""
    writers: list[asyncio.StreamWriter] = []
    for _ in range(number):
        _, writer = await asyncio.open_connection("127.0.0.1", here.bot.port)
        writer.write(HALF)
        writers.append(writer)
    try:
        yield
    finally:
        for writer in writers:
            writer.transport.abort()


def done(here: Town) -> int:
    """Runs that have their outcome; read without changing anything."""
    with closing(sqlite3.connect(f"file:{here.database}?mode=ro", uri=True)) as database:
        [(number,)] = database.execute("SELECT COUNT(*) FROM runs WHERE status = 'done'").fetchall()
    return number


def cards(here: Town) -> Counter[str]:
    """How many cards stand for each run, of those that show an outcome."""
    found = Counter[str]()
    for log in here.workspace.logs.values():
        for said in log.all():
            payload = (said.metadata or {}).get("event_payload", {})
            if payload.get("slot") == "card" and "cancel_run" not in str(said.blocks):
                found[payload["run_id"]] += 1
    return found
