"""A vote of people is over when its time is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.store.people import SqlPolls

log = logging.getLogger(__name__)

#: Seconds between two looks. Until a vote is counted nobody can vote any more, either.
_PAUSE = 300.0


class Closing:
    """Counts what is due; *sleep* takes seconds."""

    def __init__(
        self, polls: SqlPolls, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._polls = polls
        self._sleep = sleep

    async def run(self) -> None:
        """At once, then every few minutes, until it is cancelled."""
        while True:
            try:
                count = await self._polls.end_due()
            except Exception:  # the door of the job: the bot goes on, and so does it in a while
                log.exception("votes are not counted; trying again in a few minutes")
            else:
                if count:
                    log.info("counted the votes of people on %d runs", count)
            await self._sleep(_PAUSE)
