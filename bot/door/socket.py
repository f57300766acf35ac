"""
Socket Mode: Slack's deliveries over connections that we open, with the checks of the front door.

Spoken here and not by the SDK's client, whose tasks nobody owns and which waits for no listener.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from slack_bolt.response import BoltResponse

from bot.door.envelopes import Envelope, Notice, opened
from bot.door.handing import handed
from bot.door.payloads import Garbage, is_body
from bot.door.readiness import NotReady
from bot.door.remembered import Remembered
from bot.door.timely import ANSWER_SECONDS, Dispatch, Timely, timely

log = logging.getLogger(__name__)

MESSAGE_BYTES_MOST = 1024 * 1024
CALL_SECONDS = 10
PULSE_SECONDS = 10.0  # a connection that answers no ping for that long is dead
STEADY_SECONDS = 10.0  # a connection that held for so long was a good one
LEAVING_SECONDS = 30.0  # that a connection is read on when Slack has asked for a new one
TAKEN_SECONDS = 3.0  # Slack takes no answer later
AT_ONCE = 500  # deliveries in work, beyond which nothing more is read
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0

#: Reasons of a "disconnect" after which connecting again at once would help nobody.
_CLOSED = {
    "link_disabled": "Socket Mode is switched off for the app: switch it on in its settings.",
    "too_many_websockets": "The app has too many connections open (10 at most): stop a bot.",
}
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}

_Socket = aiohttp.ClientWebSocketResponse
Sleep = Callable[[float], Awaitable[object]]


class _Refused(Exception):
    """Slack does not let us connect; the sentence is for who runs the bot."""


@dataclass(frozen=True)
class _Slack:
    """Where connections come from, and what shows that they may."""

    session: aiohttp.ClientSession
    api_url: str
    app_token: str

    async def connect(self) -> _Socket:
        """Raises `_Refused`, and what a broken line raises."""
        url = urljoin(self.api_url, "apps.connections.open")
        bearer = {"Authorization": f"Bearer {self.app_token}"}
        async with self.session.post(url, headers=bearer, allow_redirects=False) as reply:
            said: object = await reply.json(content_type=None)
        if not is_body(said) or not said.get("ok"):
            raise _Refused(f"Slack opens no socket ({_word(said)}): check SLACK_APP_TOKEN.")
        address = str(said.get("url", ""))
        plain = urlsplit(self.api_url).scheme == "http"
        if urlsplit(address).scheme not in ({"ws", "wss"} if plain else {"wss"}):
            raise _Refused("Slack names an address for its socket that is none.")
        return await self.session.ws_connect(
            address, heartbeat=PULSE_SECONDS, max_msg_size=MESSAGE_BYTES_MOST
        )


class Sockets:
    """The open connections, and what is in work from them."""

    def __init__(
        self, slack: _Slack, work: Timely, group: asyncio.TaskGroup, *, sleep: Sleep
    ) -> None:
        self._slack, self._work, self._group, self._sleep = slack, work, group, sleep
        self._open: list[_Socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self._seen = Remembered(time.monotonic)
        self._at_work: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._changed = asyncio.Event()

    @property
    def connected(self) -> int:
        """How many connections Slack has greeted."""
        return len(self._open)

    async def ready(self) -> None:
        """Raises `NotReady` while nothing can come in."""
        if not self._open:
            raise NotReady("no socket to Slack is open")

    def start(self, connections: int) -> None:
        for _ in range(connections):
            self._own(self._line())

    async def close(self) -> None:
        """Read nothing more, answer what is in work, then hang up."""
        for task in set(self._tasks):
            task.cancel()
        await self._work.last()
        if self._answering:
            await asyncio.wait(set(self._answering), timeout=1)
        for task in set(self._answering):
            task.cancel()
        for socket in list(self._open):
            await socket.close()

    def _own(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _line(self) -> None:
        """A connection, and after a pause another: the longer, the worse it goes."""
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE
        while True:
            began = loop.time()
            try:
                trouble = _CLOSED.get(await self._read(await self._slack.connect()), "")
            except _Refused as err:
                trouble = str(err)
            except _BROKEN as err:  # its text may hold the address, and that the ticket
                log.warning("no socket to Slack: %s", type(err).__name__)
                trouble = ""
            if trouble:
                log.error(trouble)
                pause = LONGEST_PAUSE
            elif loop.time() - began >= STEADY_SECONDS:
                pause = FIRST_PAUSE
            await self._sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _read(self, socket: _Socket) -> str:
        """Until it closes or Slack asks to leave it, for the reason returned; then it is read on
        aside, while the next one is opened."""
        reason = await self._until_told(socket)
        if reason and reason not in _CLOSED:
            self._own(self._leave(socket))
        else:
            await self._hang_up(socket)
        return reason

    async def _leave(self, socket: _Socket) -> None:
        try:
            async with asyncio.timeout(LEAVING_SECONDS):
                while await self._until_told(socket):
                    pass
        except TimeoutError:
            log.info("Slack has not closed a socket that it asked to leave")
        await self._hang_up(socket)

    async def _hang_up(self, socket: _Socket) -> None:
        self._lost(socket)
        await socket.close()

    def _lost(self, socket: _Socket) -> None:
        if socket in self._open:
            self._open.remove(socket)

    async def _until_told(self, socket: _Socket) -> str:
        """The reason of a "disconnect"; empty where the connection ended without a word."""
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            said = opened(message.data)
            if isinstance(said, Garbage):
                log.info("over a socket: %s, %d characters", said.reason, len(message.data))
            elif isinstance(said, Envelope):
                await self._take(socket, said)
            elif said == Notice(kind="hello"):
                self._greeted(socket)
            elif said.kind == "disconnect":
                log.info("Slack asks for another socket")
                return said.reason or "refresh_requested"
        return ""

    def _greeted(self, socket: _Socket) -> None:
        if socket not in self._open:
            self._open.append(socket)
            self._changed.set()
            log.info("a socket to Slack is open, %d in all", len(self._open))

    async def _take(self, socket: _Socket, envelope: Envelope) -> None:
        await self._room.acquire()
        task = self._group.create_task(self._carried_out(socket, envelope))
        self._answering.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._answering.discard(task)
        self._room.release()

    async def _carried_out(self, socket: _Socket, envelope: Envelope) -> None:
        arrived = asyncio.get_running_loop().time()
        if envelope.id in self._at_work:
            return  # nobody knows yet how it ends: no answer, and Slack comes again
        if not self._seen.first(envelope.id):
            await self._send(socket, {"envelope_id": envelope.id}, arrived)
            return
        request = handed(envelope.body, envelope.retry)
        if request is None:
            log.info("over a socket: an object of no known shape")
            return
        self._at_work.add(envelope.id)
        try:
            answer = await self._work.answer(request, arrived=arrived)
        finally:
            self._at_work.discard(envelope.id)
        if answer.status != HTTPStatus.OK:
            self._seen.forget(envelope.id)  # no answer: Slack sends an event again
            return
        await self._send(socket, _reply(envelope, answer), arrived)

    async def _send(self, socket: _Socket, reply: dict[str, Any], arrived: float) -> None:
        """On the connection it came on, else on the next one that is there in time."""
        try:
            async with asyncio.timeout_at(arrived + TAKEN_SECONDS):
                while not await _sent(socket, reply):
                    socket = await self._another(socket)
        except TimeoutError:
            log.warning("an answer found no socket to Slack")

    async def _another(self, gone: _Socket) -> _Socket:
        self._lost(gone)
        while not self._open:
            self._changed.clear()
            await self._changed.wait()
        return self._open[-1]


async def _sent(socket: _Socket, reply: dict[str, Any]) -> bool:
    try:
        await socket.send_json(reply)
    except (ConnectionError, aiohttp.ClientError):
        return False
    return not socket.closed


def _reply(envelope: Envelope, answer: BoltResponse) -> dict[str, Any]:
    reply: dict[str, Any] = {"envelope_id": envelope.id}
    if not envelope.takes_words or not answer.body:
        return reply
    if answer.first_headers().get("content-type", "").startswith("application/json"):
        return {**reply, "payload": json.loads(answer.body)}
    return {**reply, "payload": {"text": answer.body}}


def _word(said: object) -> str:
    """Slack's word for a refusal, if it is one."""
    word = said.get("error") if is_body(said) else None
    return word if isinstance(word, str) and word.isidentifier() else "unreadable answer"


@asynccontextmanager
async def sockets(
    dispatch: Dispatch,
    *,
    app_token: str,
    api_url: str,
    connections: int = 2,
    seconds: float = ANSWER_SECONDS,
    sleep: Sleep = asyncio.sleep,
) -> AsyncGenerator[Sockets]:
    """
    Deliveries go to *dispatch*, which must not verify again, from now until the exit.

    On exit nothing new is taken, and what is in work is answered if that takes three seconds at
    most. Two *connections*, so that one can be renewed while the other listens; *seconds* are
    what a listener has for its answer.
    """
    local = urlsplit(api_url).hostname in _LOOPBACK
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=not local) as session,
        timely(dispatch, seconds=seconds) as work,
        asyncio.TaskGroup() as group,
    ):
        base = api_url if api_url.endswith("/") else f"{api_url}/"
        door = Sockets(_Slack(session, base, app_token), work, group, sleep=sleep)
        door.start(connections)
        try:
            yield door
        finally:
            await door.close()
