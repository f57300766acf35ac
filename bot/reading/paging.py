"""The pages of one reading: kept where they are many, counted, and no more when time is up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from itertools import count
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.runs.ports import Trip
from bot.slack.asking import Asking, Late
from bot.slack.errors import Invalid
from bot.slack.wire import RawMessage

log = logging.getLogger(__name__)

#: Questions at once: to Slack, however many channels and threads there are to read.
AT_ONCE = 4
#: Pages from which on they are kept: less is soon read again.
FEW_PAGES = 10
#: Seconds between two words on how far it has come.
TELL_EVERY = 2.0
#: What Slack gives to apps that are sold outside its marketplace: so many messages a page, and
#: one page a minute.
STRICT_PAGE, STRICT_SECONDS = 15, 30
STRICT = "Slack lets this app read 15 messages a minute."


class Leaf(BaseModel):
    """A page of messages, asked for *at* (seconds since 1970); an empty *cursor* ends them."""

    model_config = ConfigDict(frozen=True)

    at: float
    cursor: str = ""
    messages: tuple[RawMessage, ...] = ()


class Paging:
    """
    Raises `SlackError`, but for pages that do not come in time: those are left out.

    *late* says whether there were any. *threads* is how many there are to read.
    """

    def __init__(self, asking: Asking, trip: Trip, *, now: Callable[[], float] = time.time) -> None:
        self._clock = asking.clock
        self._asking = asking.within(self._clock.now() + trip.seconds, self._wait)
        self._trip = trip
        self._now = now
        self._lanes = asyncio.Semaphore(AT_ONCE)
        self._loading = asyncio.Lock()
        self._kept: dict[str, str] | None = None
        self._keeping = False
        self._held: list[tuple[str, Leaf]] = []
        self._pages = 0
        self._told = float("-inf")
        self._short = self._waited = False
        self.late = False
        self.messages = 0
        self.threads = self.threads_read = 0

    @property
    def strict(self) -> bool:
        return self._short and self._waited

    def history(
        self, channel: str, *, oldest: str | None = None, latest: str | None = None
    ) -> AsyncGenerator[Leaf]:
        """Of the channel's own messages, the newest first."""
        return self._chain(
            f"history/{channel}/{oldest or ''}/{latest or ''}",
            "conversations.history",
            channel=channel,
            oldest=oldest,
            latest=latest,
        )

    def replies(self, channel: str, ts: str) -> AsyncGenerator[Leaf]:
        """Of a thread, root first, then in time order."""
        key = f"replies/{channel}/{ts}"
        return self._chain(key, "conversations.replies", channel=channel, ts=ts)

    def tell(self) -> None:
        """How far it has come, now."""
        self._told = self._clock.now()
        threads = f", {self.threads_read:,} of {counted(self.threads, 'thread')}"
        self._trip.tell(counted(self.messages, "message") + (threads if self.threads else ""))

    async def _chain(self, key: str, method: str, **arguments: Any) -> AsyncGenerator[Leaf]:
        """Pages that were kept, as far as they go without a hole, and the rest from Slack."""
        known, cursor = True, None
        for number in count():
            name = f"{key}/{number}"
            leaf = await self._known(name) if known else None
            if leaf is None:
                # a cursor that was kept may be forgotten: then all is asked for anew
                leaf = await self._asked(name, method, cursor, arguments, anew=known)
                known = False
            if leaf is None:
                return
            self._count(leaf, arguments.get("ts"))
            yield leaf
            if leaf.cursor in {"", cursor}:
                return
            cursor = leaf.cursor

    async def _known(self, name: str) -> Leaf | None:
        async with self._loading:
            if self._kept is None:
                self._kept = dict(await self._trip.pages.kept(self._trip.run_id))
                self._keeping = bool(self._kept)
        body = self._kept.pop(name, None)
        if body is None:
            return None
        try:
            return Leaf.model_validate_json(body)
        except ValidationError:
            log.warning("run %s: a page is read anew", self._trip.run_id)
            return None

    async def _asked(
        self, name: str, method: str, cursor: str | None, arguments: dict[str, Any], *, anew: bool
    ) -> Leaf | None:
        """None where it is too late for it."""
        try:
            async with self._lanes:
                at = self._now()
                page = await self._asking.page(method, cursor, **arguments)
        except Late:
            self.late = True
            return None
        except Invalid as err:
            if not (anew and cursor and err.code == "invalid_cursor"):
                raise
            return await self._asked(name, method, None, arguments, anew=False)
        leaf = Leaf(at=at, cursor=page.cursor, messages=page.messages)
        self._short |= 0 < len(leaf.messages) <= STRICT_PAGE and bool(leaf.cursor)
        await self._keep(name, leaf)
        return leaf

    async def _keep(self, name: str, leaf: Leaf) -> None:
        self._held.append((name, leaf))
        self._pages += 1
        self._keeping |= self._pages > FEW_PAGES
        if not self._keeping:
            return
        held, self._held = self._held, []
        for each, page in held:
            body = page.model_dump_json(exclude_defaults=True)
            await self._trip.pages.keep(self._trip.run_id, each, body)

    def _count(self, leaf: Leaf, root: str | None) -> None:
        self.messages += sum(message.ts != root for message in leaf.messages)
        if self._clock.now() - self._told >= TELL_EVERY:
            self.tell()

    def _wait(self, seconds: float) -> None:
        self._waited |= seconds >= STRICT_SECONDS


def counted(number: int, thing: str) -> str:
    """In words for people: "1 message", "1,200 messages"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
