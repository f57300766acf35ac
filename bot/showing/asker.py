"""The person who asked, told alone what cannot or may not stand where they asked it."""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from bot.runs.model import Run, Status
from bot.showing.delivery import Delivery
from bot.showing.patience import REFUSALS, Patience
from bot.showing.sentences import front, outcome
from bot.slack.errors import NoEntry
from bot.views.message import SlackMessage

log = logging.getLogger(__name__)


class Asker:
    """*shut_out*: Slack took no token of ours when we last tried."""

    def __init__(self, delivery: Delivery, patience: Patience) -> None:
        self._delivery = delivery
        self._patience = patience
        self._told = False
        self.shut_out = False

    async def hear(self, run: Run, messages: Sequence[SlackMessage]) -> bool:
        """
        The outcome; whether it arrived.

        A result has to last; of anything else, a word in passing is enough.
        """
        if self._told:
            return True
        said, shown = outcome(run, messages), front(messages)
        blocks = shown.blocks if shown is not None and run.status is Status.DONE else ()
        ways = [
            ("notice", lambda: self._delivery.notice(run, said, blocks)),
            ("whisper", lambda: self._delivery.whisper(run, said)),
        ]
        for way, tell in ways if run.status is Status.DONE else reversed(ways):
            self._told = await self._reached(run, way, tell())
            if self._told:
                break
        return self._told

    async def hint(self, run: Run, text: str) -> None:
        """A word in passing, which may be missed."""
        await self._reached(run, "whisper", self._delivery.whisper(run, text))

    async def _reached(self, run: Run, way: str, telling: Coroutine[Any, Any, None]) -> bool:
        try:
            with self._patience.over(way):
                await telling
        except REFUSALS as err:
            log.warning("run %s, %s refused: %s", run.id, way, err)
            self.shut_out = self.shut_out or isinstance(err, NoEntry)
            return False
        return True
