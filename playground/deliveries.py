"""Everything that the bot is told: over its open sockets, else posted; events until it has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import ClientSession, web

from playground.parcels import Answer, Parcel
from playground.parsing import parsed
from playground.posting import Posting
from playground.shape import is_object
from playground.sockets import Sockets
from playground.values import Json

PATIENCE = 3.0
#: Seconds before each further try of an event.
RETRIES = (0.0, 60.0, 300.0)

__all__ = ["Answer", "Deliveries"]


@dataclass(eq=False)
class _Pending:
    """An event that the bot has not taken yet, and the wish to try now."""

    parcel: Parcel
    now: asyncio.Event


class Deliveries:
    """
    To *bot_url*, which may change at any time; by Socket Mode while the bot holds a connection.

    *lose* is how many of the next deliveries get lost on the way, and *offline* loses them all.
    """

    def __init__(self, bot_url: str, signing_secret: str, *, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.sockets = Sockets()
        self.lose, self.offline = 0, False
        self.retries: tuple[float, ...] = RETRIES
        self._posting = Posting(bot_url, signing_secret)
        self._last: Parcel | None = None
        self._pending: list[_Pending] = []
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[object]] = set()

    @property
    def bot_url(self) -> str:
        return self._posting.url

    @bot_url.setter
    def bot_url(self, url: str) -> None:
        self._posting.url = url

    @property
    def waiting(self) -> int:
        """Events that the bot has not taken yet."""
        return len(self._pending)

    async def running(self, _: web.Application) -> AsyncGenerator[None, None]:
        """Hold the client session and what is under way while the application runs."""
        async with ClientSession() as self._posting.http, asyncio.TaskGroup() as self._group:
            yield
            for task in self._tasks:
                task.cancel()

    def aside(self, work: Coroutine[Any, Any, object]) -> None:
        """Do *work* without anybody waiting for it."""
        if self._group is None:
            raise RuntimeError("The playground is not running.")
        task = self._group.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def send(self, form: Json) -> Answer:
        """A command's fields, or the one field "payload" with an interaction as JSON."""
        if form.keys() == {"payload"}:
            payload = parsed(form["payload"])
            return await self._bring(
                Parcel(kind="interactive", payload=payload if is_object(payload) else {})
            )
        return await self._bring(Parcel(kind="slash_commands", payload=form))

    def event(self, payload: Json) -> None:
        """Bring an event aside, and again as Slack does until the bot takes it."""
        pending = _Pending(Parcel(kind="events_api", payload=payload), asyncio.Event())
        self._pending.append(pending)
        self.aside(self._until_taken(pending))

    def hurry(self) -> int:
        """Try now whatever waits for its next try; how many events that are."""
        for pending in self._pending:
            pending.now.set()
        return len(self._pending)

    async def again(self) -> Answer | None:
        """Bring the last delivery once more, newly signed, marked as Slack marks a retry."""
        return None if self._last is None else await self._bring(replace(self._last, retry=1))

    async def online(self) -> bool:
        """Whether somebody is there to take a delivery."""
        return not self.offline and (bool(self.sockets.connections) or await self._posting.online())

    async def _until_taken(self, pending: _Pending) -> None:
        parcel = pending.parcel
        try:
            answer = await self._bring(parcel)
            for number, seconds in enumerate(self.retries, 1):
                if not answer.error:
                    return
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await pending.now.wait()
                pending.now.clear()
                answer = await self._bring(_retried(parcel, number, answer))
        finally:
            self._pending.remove(pending)

    async def _bring(self, parcel: Parcel) -> Answer:
        self._last = parcel
        if self.offline:
            return Answer(error="dispatch_failed", absent=True)
        if self.lose:
            self.lose -= 1
            return Answer(error="operation_timeout")
        way = self.sockets if self.sockets.connections else self._posting
        return await way.bring(parcel, self.patience)


def _retried(parcel: Parcel, number: int, answer: Answer) -> Parcel:
    late = answer.error == "operation_timeout"
    return replace(parcel, retry=number, reason="http_timeout" if late else "http_error")
