"""The far end of Socket Mode, which says what a test wants and keeps what it is answered."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import WSMsgType, web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from tests.door.door import COMMAND

TOKEN = "xapp-1-token"


class Line:
    """`apps.connections.open` and the sockets that it leads to."""

    def __init__(self) -> None:
        self.greets = True
        self.refusal = ""
        self.opened = 0
        self.sockets: list[web.WebSocketResponse] = []
        self.answers: list[tuple[int, Any]] = []
        self._news = asyncio.Event()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/apps.connections.open", self._open)
        app.router.add_get("/link", self._link)
        return app

    async def _open(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        if self.refusal:
            self._tell()
            return web.json_response({"ok": False, "error": self.refusal})
        return web.json_response({"ok": True, "url": f"ws://{request.host}/link?ticket=secret"})

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        number = self.opened
        self.opened += 1
        self.sockets.append(socket)
        if self.greets:
            await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        self._tell()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.answers.append((number, message.json()))
                self._tell()
        self._tell()
        return socket

    def _tell(self) -> None:
        self._news.set()

    async def until(self, seen: Any) -> None:
        """Wait for news until *seen* is true."""
        async with asyncio.timeout(10):
            while not seen():
                self._news.clear()
                await self._news.wait()


class Listener:
    """What Bolt is elsewhere: keeps what came, answers *answer* when *go* is set."""

    def __init__(self) -> None:
        self.seen: list[AsyncBoltRequest] = []
        self.answer = BoltResponse(status=200)
        self.go = asyncio.Event()
        self.go.set()

    async def dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        self.seen.append(request)
        await self.go.wait()
        return self.answer


def envelope(name: str, **changes: Any) -> dict[str, Any]:
    """A command in an envelope."""
    return {
        "envelope_id": name,
        "type": "slash_commands",
        "accepts_response_payload": True,
        "payload": COMMAND,
        **changes,
    }


def event(name: str, **changes: Any) -> dict[str, Any]:
    payload = {"type": "event_callback", "event": {"type": "app_mention"}, "event_id": "Ev1"}
    more = {"type": "events_api", "payload": payload, "accepts_response_payload": False}
    return envelope(name, **{**more, **changes})
