"""A front door on a free port, and how Slack signs what it sends there."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.door.front_door import front_door
from bot.door.timely import Dispatch

OLD, NEW = "old-secret", "new-secret"
NOW = 1_700_000_000
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
COMMAND = {
    "command": "/factcheck",
    "text": "x",
    "team_id": "T1",
    "channel_id": "C1",
    "user_id": "U1",
    "trigger_id": "1.2.3",
}
CLICK = {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "payload"}]}


async def answers() -> None: ...


def a_front_door(
    dispatch: Dispatch,
    secrets: Sequence[str] | None,
    *,
    clock: Callable[[], float] = lambda: NOW,
    **changes: Any,
) -> web.Application:
    """With a database that answers, and figures that nobody may see."""
    more = {"ready": answers, "metrics": lambda: (b"figures", "text/plain"), **changes}
    return front_door(dispatch, secrets, clock=clock, **more)


class Door:
    """A front door on a free port; *seen* is what got through."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session
        self.seen: list[AsyncBoltRequest] = []
        self.answer = BoltResponse(status=200, body="done")
        self.now = float(NOW)

    async def dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        self.seen.append(request)
        return self.answer

    async def send(self, body: bytes, **headers: str) -> tuple[int, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.post(self.url, data=body, headers=named) as reply:
            return reply.status, await reply.text()

    async def signed(
        self,
        body: bytes,
        *,
        kind: str = FORM,
        secret: str = NEW,
        at: int = NOW,
        **more: str,
    ) -> tuple[int, str]:
        return await self.send(body, Content_Type=kind, **signature(body, secret, at), **more)


def signature(body: bytes, secret: str = NEW, at: int | str = NOW) -> dict[str, str]:
    mac = hmac.new(secret.encode(), b"v0:" + str(at).encode() + b":" + body, hashlib.sha256)
    return {
        "X_Slack_Request_Timestamp": str(at),
        "X_Slack_Signature": f"v0={mac.hexdigest()}",
    }


def form(**fields: str) -> bytes:
    return urlencode({**COMMAND, **fields}).encode()


def interactive(payload: object) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()
