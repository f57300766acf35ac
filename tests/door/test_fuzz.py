"""A hundred thousand hostile requests, and not one that breaks the door or gets a word logged."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDict, CIMultiDictProxy
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from yarl import URL

from bot.door.payloads import COMMAND
from bot.door.shapes import is_known
from tests.door.door import NEW, a_front_door
from tests.door.hostile import CANARY, Hostile, hostile

CASES = 100_000
EVENTS = "/slack/events"


class Connection(BaseProtocol):
    """As far as a request looks at it: nobody is at its other end."""

    ssl_context = None
    peername = sockname = ("127.0.0.1", 1)


class Leaks(logging.Handler):
    """Counts records, and keeps those that hold a word of what was sent."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records = 0
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records += 1
        told = self.format(record)
        if CANARY in told:
            self.found.append(told)


@contextmanager
def listening(leaks: Leaks) -> Iterator[None]:
    """To all loggers; what ours say is told to nobody else: pytest would keep it all."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    root.addHandler(leaks)
    ours.addHandler(leaks)
    ours.setLevel(logging.DEBUG)
    ours.propagate = False
    try:
        yield
    finally:
        ours.propagate = True
        ours.setLevel(logging.NOTSET)
        ours.removeHandler(leaks)
        root.removeHandler(leaks)


async def test_100_000_hostile_requests_break_nothing_and_leave_no_word_in_the_log() -> None:
    chance, statuses, unknown = random.Random(11), Counter[tuple[bool, int]](), list[object]()
    leaks = Leaks()

    async def dispatch(request: AsyncBoltRequest) -> BoltResponse:
        body = request.body
        if not is_known(body) and not body.keys() >= COMMAND:
            unknown.append(body)
        return BoltResponse(status=200)

    runner = web.AppRunner(a_front_door(dispatch, [NEW]))
    await runner.setup()
    with listening(leaks):
        ask = _asking(runner.app)
        for _ in range(CASES):
            sent = hostile(chance)
            statuses[sent.signed, (await ask(sent)).status] += 1
    await runner.cleanup()

    assert {status for signed, status in statuses if not signed} == {401}
    assert {status for signed, status in statuses if signed} == {200, 400, 404}
    assert unknown == []
    assert leaks.records > CASES / 2
    assert leaks.found == []


def _asking(app: web.Application) -> Callable[[Hostile], Awaitable[web.StreamResponse]]:
    """As over the wire, from the parsed head on; a connection for each would take minutes."""
    route = next(r for r in app.router.routes() if r.resource and r.resource.canonical == EVENTS)
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]] = route.handler
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    near: Any = Connection(loop)
    url = URL(EVENTS)

    async def ask(sent: Hostile) -> web.StreamResponse:
        named = CIMultiDict((k.replace("_", "-"), v) for k, v in sent.headers.items())
        named["Content-Length"] = str(len(sent.body))
        message = RawRequestMessage(
            "POST", EVENTS, HttpVersion11, CIMultiDictProxy(named), (), False, None, False, False,
            url,
        )  # fmt: skip
        content = StreamReader(near, 2**16)
        content.feed_data(sent.body)
        content.feed_eof()
        return await handler(web.Request(message, content, near, near, task, loop))

    return ask
