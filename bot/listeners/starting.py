"""From what somebody said to a run that is written down, or to one sentence for them."""

from __future__ import annotations

from collections.abc import Callable

from bot.listeners.parsing import Typed, Usage, parse
from bot.listeners.ports import Replies, Screens
from bot.runs.desk import Desk, Submitted
from bot.runs.errors import NotNow
from bot.runs.model import RunRequest
from bot.views import notices


class Starting:
    """Needs the database alone, so it is done before an ack. *clock* is in seconds since 1970."""

    def __init__(
        self, desk: Desk, *, replies: Replies, screens: Screens, clock: Callable[[], float]
    ) -> None:
        self._desk = desk
        self._replies = replies
        self._screens = screens
        self._clock = clock

    def read(self, typed: Typed) -> RunRequest | Usage:
        return parse(typed, now=self._clock(), workspace_url=self._screens.url_of(typed.by))

    async def start(self, asked: RunRequest | Usage, *, url: str = "") -> str:
        """
        A sentence for who asked; empty where the card says the rest.

        *url* is their response_url, kept for what the run may have to tell them.
        """
        if isinstance(asked, Usage):
            return asked.sentence
        try:
            submitted = await self._desk.submit(asked)
        except NotNow as err:
            return str(err)
        return await self.started(submitted, asked.dedupe, url=url)

    async def started(self, submitted: Submitted, dedupe: str, *, url: str = "") -> str:
        """As `start`, for what the delivery *dedupe* submitted."""
        run = submitted.run
        if submitted.new and url:
            self._replies.remember(run.id, url)
        if submitted.new or run.request.dedupe == dedupe:
            return ""  # the same delivery again has been answered, or will be by the card
        return notices.on_it(await self._screens.link(run.id))
