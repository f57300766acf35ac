"""Slack's own sign that an agent is at work, with its Stop button, in our direct messages."""

from __future__ import annotations

import logging

from bot.runs.model import Place
from bot.slack.errors import RateLimited
from bot.slack.limiter import Call, Priority
from bot.slack.workspaces import Workspace

log = logging.getLogger(__name__)

METHOD = "agents.sessions.setStatus"
TRIES = 3


class Session:
    """
    Nice to have, where the app is an agent: the card shows the same, everywhere.

    What Slack sets itself at the end of an hour, it is told before; no message waits for it.
    """

    def __init__(self, workspace: Workspace, place: Place) -> None:
        self._client = workspace.client
        self._limiter = workspace.limiter
        self._place = place
        self._is_ours = place.channel.startswith("D") and place.thread_ts is not None
        self._at_work = False

    async def works(self) -> None:
        """Once a run is seen to be open."""
        if not self._at_work:
            self._at_work = True
            await self._set("processing", until=self._limiter.clock.now())

    async def rests(self) -> None:
        """Once its outcome is shown."""
        for _ in range(TRIES):
            if await self._set("active"):
                return

    async def _set(self, status: str, *, until: float | None = None) -> bool:
        """Whether nothing is left to do."""
        if not self._is_ours or not self._client.can(METHOD):
            return True
        call = Call(method=METHOD, priority=Priority.PROGRESS)
        if until is None:
            await self._limiter.turn(call)
        elif not await self._limiter.turn(call, until=until):
            return False
        place = self._place
        try:
            return await self._client.attempt(
                METHOD, channel_id=place.channel, thread_ts=place.thread_ts, status=status
            )
        except RateLimited as err:
            self._limiter.pause(METHOD, min(err.retry_after, 60))
            return False
