"""Questions to Slack, patiently: pages to their end, waits where it says so, few repeats."""

from __future__ import annotations

import logging
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.slack.client import EVENT_TYPE, SlackClient
from bot.slack.errors import RateLimited, Unavailable
from bot.slack.limiter import Call, Clock, Limiter, Priority
from bot.slack.wire import Channel, Identity, Info, Page, RawMessage, User, order

log = logging.getLogger(__name__)

PAGE = 200
MEMBERS_PAGE = 1_000
TRIES = 4
FIRST_WAIT = 0.5  # seconds; doubles

V = TypeVar("V", bound=BaseModel)

#: Told how many seconds Slack wants to be left alone.
Waiting = Callable[[float], None]


class Late(Unavailable):
    """It was not our turn in time: nothing was asked."""


class Asking:
    """Raises `SlackError`, but never `RateLimited`: that is waited out."""

    def __init__(
        self,
        client: SlackClient,
        limiter: Limiter,
        *,
        identity: Identity | None = None,
        priority: Priority = Priority.START,
        until: float = math.inf,
        waiting: Waiting = lambda seconds: None,
    ) -> None:
        self._client = client
        self._limiter = limiter
        self._identity = identity
        self._priority = priority
        self._until = until
        self._waiting = waiting

    def behind(self) -> Asking:
        """The same, for who lets runs go first."""
        return Asking(
            self._client, self._limiter, identity=self._identity, priority=Priority.LOOKUP
        )

    @property
    def clock(self) -> Clock:
        return self._limiter.clock

    def within(self, until: float, waiting: Waiting = lambda seconds: None) -> Asking:
        """The same, for who has time *until* then, on the clock: raises `Late` from then on."""
        return Asking(
            self._client,
            self._limiter,
            identity=self._identity,
            priority=self._priority,
            until=until,
            waiting=waiting,
        )

    async def identity(self) -> Identity:
        """Who we are; asked once."""
        if self._identity is None:
            self._identity = await self._ask(Identity, "auth.test")
        return self._identity

    async def channel(self, channel: str) -> Channel:
        info = await self._ask(Info, "conversations.info", channel=channel)
        if info.channel is None:
            raise Unavailable("conversations.info", "no_channel")
        return info.channel

    async def channel_at_once(self, channel: str) -> Channel | None:
        """None where it is not our turn now, or Slack says nothing now: it is asked once."""
        call = Call(method="conversations.info", priority=Priority.LOOKUP)
        if not await self._limiter.turn(call, until=self._limiter.clock.now()):
            return None
        try:
            answer = await self._client.ask(call.method, channel=channel)
            return _shaped(Info, call.method, answer).channel
        except RateLimited as err:
            self._limiter.pause(call.method, err.retry_after)
        except Unavailable as err:
            log.info("not asked again: %s", err)
        return None

    async def user(self, user: str) -> User:
        info = await self._ask(Info, "users.info", user=user)
        if info.user is None:
            raise Unavailable("users.info", "no_user")
        return info.user

    async def is_member(self, user: str, channel: str) -> bool:
        """Whether *user* is in *channel*."""
        pages = self._pages("conversations.members", channel=channel, limit=MEMBERS_PAGE)
        async with aclosing(pages):
            async for page in pages:
                if user in page.members:
                    return True
        return False

    async def history(
        self,
        channel: str,
        *,
        oldest: str | None = None,
        latest: str | None = None,
        inclusive: bool | None = None,
        limit: int = PAGE,
        metadata: bool | None = None,
    ) -> AsyncGenerator[tuple[RawMessage, ...]]:
        """Pages of the channel's own messages, the newest first."""
        pages = self._pages(
            "conversations.history",
            channel=channel,
            oldest=oldest,
            latest=latest,
            inclusive=inclusive,
            limit=limit,
            include_all_metadata=metadata,
        )
        async for page in pages:
            yield page.messages

    async def replies(
        self, channel: str, ts: str, *, oldest: str | None = None, metadata: bool | None = None
    ) -> AsyncGenerator[tuple[RawMessage, ...]]:
        """Pages of a thread, root first, then in time order."""
        pages = self._pages(
            "conversations.replies",
            channel=channel,
            ts=ts,
            oldest=oldest,
            limit=PAGE,
            include_all_metadata=metadata,
        )
        async for page in pages:
            yield page.messages

    async def find(
        self, channel: str, thread_ts: str | None, *, run_id: str, slot: str, since: float
    ) -> str | None:
        """The ts of our message for this slot of this run, if it stands in Slack already."""
        pages = self._newer(channel, thread_ts, since)
        wanted = {"run_id": run_id, "slot": slot}
        found = [m.ts async for page in pages for m in page if _is_ours(m, wanted)]
        return min(found, key=order, default=None)

    async def shows_file(
        self, channel: str, thread_ts: str | None, *, file_id: str, since: float
    ) -> bool:
        """Whether a message there came with this file."""
        pages = self._newer(channel, thread_ts, since)
        return any([file_id in _files(m) async for page in pages for m in page])

    def _newer(
        self, channel: str, thread_ts: str | None, since: float
    ) -> AsyncGenerator[tuple[RawMessage, ...]]:
        oldest = f"{since:.6f}"
        if thread_ts is None:
            return self.history(channel, oldest=oldest, metadata=True)
        return self.replies(channel, thread_ts, oldest=oldest, metadata=True)

    async def page(self, method: str, cursor: str | None = None, **arguments: Any) -> Page:
        """One page; the next one begins at its `cursor`."""
        return await self._ask(Page, method, **{"limit": PAGE, **arguments}, cursor=cursor)

    async def _pages(self, method: str, **arguments: Any) -> AsyncGenerator[Page]:
        cursor: str | None = None
        while True:
            page = await self.page(method, cursor, **arguments)
            yield page
            if not page.cursor or page.cursor == cursor:
                return
            cursor = page.cursor

    async def _ask(self, shape: type[V], method: str, **arguments: Any) -> V:
        failures = 0
        while True:
            await self._turn(method)
            try:
                return _shaped(shape, method, await self._client.ask(method, **arguments))
            except RateLimited as err:
                log.info("%s: waiting %g seconds", method, err.retry_after)
                self._waiting(err.retry_after)
                self._limiter.pause(method, err.retry_after)
            except Unavailable as err:
                failures += 1
                if failures == TRIES:
                    raise
                log.warning("asking again: %s", err)
                await self._limiter.clock.sleep(FIRST_WAIT * 2 ** (failures - 1))

    async def _turn(self, method: str) -> None:
        call = Call(method=method, priority=self._priority)
        in_time = self._limiter.clock.now() < self._until
        if not in_time or not await self._limiter.turn(call, until=self._until):
            raise Late(method, "too_late")


def _shaped(shape: type[V], method: str, answer: dict[str, Any]) -> V:
    try:
        return shape.model_validate(answer)
    except ValidationError:
        raise Unavailable(method, "unreadable_answer") from None  # its text holds the answer


def _files(message: RawMessage) -> set[str | None]:
    return {file.id for file in message.files}


def _is_ours(message: RawMessage, wanted: dict[str, str]) -> bool:
    said = message.metadata
    if said is None or said.event_type != EVENT_TYPE:
        return False
    return {name: said.event_payload.get(name) for name in wanted} == wanted
