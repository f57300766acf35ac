"""What was asked and found is kept for so many days, and no longer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from bot.store.erasing import SqlEraser

log = logging.getLogger(__name__)

_HOUR = 3600.0


class Retention:
    """*days* holds where a workspace chose nothing; *sleep* takes seconds."""

    def __init__(
        self,
        eraser: SqlEraser,
        *,
        days: int,
        now: Callable[[], datetime] = partial(datetime.now, UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._eraser = eraser
        self._days = days
        self._now = now
        self._sleep = sleep

    async def run(self) -> None:
        """At once, then every hour, until it is cancelled."""
        while True:
            try:
                count = await self._eraser.old(self._now(), self._days)
            except Exception:  # the door of the job: the bot goes on, and so does it in an hour
                log.exception("what is old is not erased; trying again in an hour")
            else:
                log.info("erased what %d runs held that were older than is kept", count)
            await self._sleep(_HOUR)
