"""What a listener leaves for after its ack: all that goes over the network."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any

from bot.listeners.ports import Aside, Replies, Screens, View
from bot.runs.model import Actor, Place

log = logging.getLogger(__name__)


class Afterwards:
    """Every method but `say` returns at once, and none of those raises."""

    def __init__(self, aside: Aside, *, replies: Replies, screens: Screens) -> None:
        self._aside = aside
        self._replies = replies
        self._screens = screens

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        self._aside(work)

    def answer(self, url: str, sentence: str) -> None:
        """To who did what came with the response_url *url*; nothing where there is no sentence."""
        if sentence:
            self._aside(self.say(url, sentence))

    def tell(self, by: Actor, place: Place, sentence: str) -> None:
        """To *by* alone, where there is no response_url."""
        if sentence:
            self._aside(self._screens.say(by, place, sentence))

    def open(
        self, by: Actor, trigger: str, view: View, *, url: str = "", otherwise: str = ""
    ) -> None:
        """A form; where Slack does not take it, the sentence *otherwise*."""
        self._aside(self.opened(by, trigger, view, url=url, otherwise=otherwise))

    async def opened(
        self, by: Actor, trigger: str, view: View, *, url: str = "", otherwise: str = ""
    ) -> None:
        if not (trigger and await self._screens.open_form(by, trigger, view)) and otherwise:
            await self.say(url, otherwise)

    async def say(self, url: str, sentence: str) -> None:
        if not (url and await self._replies.answer(url, sentence)):
            log.warning("a sentence for one person could not be shown")
