"""Whether what a run found may still be shown, where some time went by since it ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Run, Status
from bot.showing.patience import REFUSALS
from bot.showing.sentences import UNSURE
from bot.slack.errors import Unavailable
from bot.slack.limiter import Clock

#: Who may see it now; raises `Unreadable`.
Admit = Callable[[Run], Awaitable[Audience]]

LATE_SECONDS = 60  # after the end of a run, and as long as an answer holds


class Admission:
    """Rights may be gone since they were asked last: a deploy, a full queue, a Slack in trouble."""

    def __init__(self, admit: Admit, clock: Clock, today: Callable[[], datetime]) -> None:
        self._admit = admit
        self._clock = clock
        self._today = today
        self._asked = float("-inf")
        self._word: Audience | str = ""

    async def of(self, run: Run) -> Run:
        """
        *run* as it may be shown now; itself, where nothing changed.

        Shown to its asker alone where its audience got narrower, failed where nobody may see
        it. What asks Slack may raise.
        """
        if not self._is_in_doubt(run):
            return run
        if self._clock.now() - self._asked > LATE_SECONDS:
            self._word = await self._ask(run)
            self._asked = self._clock.now()
        if isinstance(self._word, Audience):
            narrower = self._word is Audience.REQUESTER and run.audience is Audience.CHANNEL
            return run.model_copy(update={"audience": self._word}) if narrower else run
        return run.model_copy(update={"status": Status.FAILED, "error": self._word, "result": None})

    def _is_in_doubt(self, run: Run) -> bool:
        """A run that failed perhaps failed because its asker lost the right to what was read."""
        if run.status is Status.FAILED:
            return run.request.source is not None
        ended = run.ended_at
        return ended is not None and (self._today() - ended).total_seconds() > LATE_SECONDS

    async def _ask(self, run: Run) -> Audience | str:
        try:
            return await self._admit(run)
        except Unreadable as err:
            if isinstance(err.__cause__, Unavailable):
                raise err.__cause__ from None  # no word on rights: to be asked again
            return str(err)
        except REFUSALS:
            return UNSURE
