"""Socket Mode: the app connects, and every delivery goes to one of its open connections."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import deque
from dataclasses import dataclass
from itertools import count

from aiohttp import WSMsgType, web

from playground.parcels import Answer, Parcel
from playground.parsing import parsed
from playground.shape import is_object
from playground.values import Json, SlackError

CONNECTIONS_MOST, TICKETS_KEPT = 10, 100
REASONS = ("warning", "refresh_requested", "link_disabled", "too_many_websockets")


@dataclass(eq=False)
class Connection:
    """One open WebSocket of the app."""

    ws: web.WebSocketResponse
    number: int


class Sockets:
    """Routes to one of *connections* in turn; an answer may come over any of them."""

    def __init__(self) -> None:
        self.connections: deque[Connection] = deque()
        self.disabled = False
        self._tickets: deque[str] = deque(maxlen=TICKETS_KEPT)
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._numbers = count(1)

    def url(self, base: str) -> str:
        """What `apps.connections.open` answers; *base* is the playground's own address."""
        if self.disabled:
            raise SlackError("socket_mode_not_enabled")
        ticket = secrets.token_urlsafe(16)
        self._tickets.append(ticket)
        return f"{base.replace('http', 'ws', 1)}link?ticket={ticket}"

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """A ticket is good once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.remove(ticket)
        ws = web.WebSocketResponse(heartbeat=30)
        await ws.prepare(request)
        if len(self.connections) >= CONNECTIONS_MOST:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await ws.close()
            return ws
        connection = Connection(ws, next(self._numbers))
        self.connections.append(connection)
        try:
            await ws.send_json(self._hello(connection))
            await self._listen(connection)
        except ConnectionError:
            pass  # the app went away in the middle
        finally:
            self.connections.remove(connection)
        return ws

    async def bring(self, parcel: Parcel, patience: float, /) -> Answer:
        """To the next connection in turn."""
        envelope = secrets.token_hex(16)
        answer = asyncio.get_running_loop().create_future()
        self._waiting[envelope] = answer
        try:
            async with asyncio.timeout(patience):
                self.connections.rotate(-1)
                await self.connections[0].ws.send_json(_envelope(envelope, parcel))
                return await answer
        except TimeoutError:
            return Answer(error="operation_timeout")
        except (ConnectionError, IndexError):
            return Answer(error="dispatch_failed", absent=not self.connections)
        finally:
            del self._waiting[envelope]

    async def disconnect(self, reason: str, number: int | None = None) -> int:
        """Ask the app to leave all connections, or the one of *number*; how many were asked."""
        if reason not in REASONS:
            raise SlackError("invalid_arguments")
        asked = [c for c in self.connections if number in {None, c.number}]
        for connection in asked:
            await connection.ws.send_json({"type": "disconnect", "reason": reason})
            if reason != "warning":
                await connection.ws.close()
        return len(asked)

    async def drop(self, number: int | None = None) -> int:
        """Cut connections without a word."""
        dropped = [c for c in self.connections if number in {None, c.number}]
        for connection in dropped:
            await connection.ws.close(code=1011)
        return len(dropped)

    async def end(self, _: web.Application) -> None:
        """Signal: close them, so that shutdown waits for nobody."""
        await self.drop()

    def _hello(self, connection: Connection) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": "playground", "approximate_connection_time": 18_060},
            "connection_info": {"app_id": "A0PLAYGROUND", "number": connection.number},
        }

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.ws:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                said = parsed(message.data)
            except ValueError:
                continue
            if is_object(said):
                self._answered(said)

    def _answered(self, said: Json) -> None:
        waiting = self._waiting.get(str(said.get("envelope_id")))
        if waiting is None or waiting.done():
            return
        payload = said.get("payload")
        body = json.dumps(payload) if payload else ""
        waiting.set_result(Answer(body=body, content_type="application/json" if body else ""))


def _envelope(envelope: str, parcel: Parcel) -> Json:
    out: Json = {
        "envelope_id": envelope,
        "type": parcel.kind,
        "payload": parcel.payload,
        "accepts_response_payload": parcel.kind != "events_api",
    }
    if parcel.kind == "events_api":
        reason = parcel.reason if parcel.retry else ""
        out |= {"retry_attempt": parcel.retry, "retry_reason": reason}
    return out
