"""What Slack says a person may do, remembered for so short a time that it is still true."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from bot.reading.access import Access
from bot.runs.errors import StorageFailed
from bot.runs.gathering import GATHERING
from bot.runs.model import Actor, Audience, Run, channels_of
from bot.slack.errors import SlackError
from bot.slack.workspaces import Workspaces
from patterns.evidence import Origin
from patterns.recipes.factcheck.verdict import FactCheck

#: Seconds for which an answer holds, a no as well as a yes.
ADMIN_SECONDS = 300
SIGHT_SECONDS = 60
KEPT_MOST = 5_000


class SlackRights:
    """Implements `bot.runs.lookup.Rights`. Where Slack does not answer, nothing is remembered."""

    def __init__(
        self, workspaces: Workspaces, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workspaces = workspaces
        self._access = Access(workspaces)
        self._kept = _Answers(clock)

    async def is_admin(self, actor: Actor, /) -> bool:
        key = ("admin", actor.team, actor.user)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        try:
            asking = (await self._workspaces.of(actor.workspace)).asking
            person = await asking.user(actor.user)
        except (SlackError, StorageFailed):
            return False
        return self._kept.put(key, person.is_admin_of(actor.team), ADMIN_SECONDS)

    async def may_see(self, actor: Actor, run: Run, /) -> bool:
        """
        Who asked, while they may read what was read for it; others what was shown to a channel,
        while they may read that channel, too.
        """
        request = run.request
        if request.place.team != actor.team or not actor.team:
            return False
        own = request.asked_by == actor.user
        if not own and run.audience is not Audience.CHANNEL and not run.shared_by:
            return False
        channels = [] if own and not _quotes_its_place(run) else [request.place.channel]
        if request.source is not None:
            read = channels_of(request.source)
            if not read:
                return False
            channels += read
        # every one of them is asked about: the time of the answer does not tell which is closed
        seen = [await self._sees(actor, channel) for channel in dict.fromkeys(channels)]
        return all(seen)

    async def _sees(self, actor: Actor, channel: str) -> bool:
        key = ("sees", actor.team, actor.user, channel)
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        place = actor.workspace.model_copy(update={"channel": channel})
        try:
            may = await self._access.may_read(actor.user, place)
        except (SlackError, StorageFailed):
            return False
        return self._kept.put(key, may, SIGHT_SECONDS)


def _quotes_its_place(run: Run) -> bool:
    """Whether words of the place where it was asked for may stand in it, as if it were a source."""
    request = run.request
    if request.recipe not in GATHERING or request.source or request.place.channel.startswith("D"):
        return False
    if not isinstance(run.result, FactCheck):
        return True
    passages = (passage for claim in run.result.claims for passage in claim.passages)
    return any(passage.origin is not Origin.WEB for passage in passages)


class _Answers:
    """The oldest go where there are too many."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._answers: OrderedDict[Hashable, tuple[float, bool]] = OrderedDict()

    def get(self, key: Hashable) -> bool | None:
        until, answer = self._answers.get(key, (float("-inf"), False))
        return answer if self._clock() < until else None

    def put(self, key: Hashable, answer: bool, seconds: float) -> bool:
        self._answers[key] = (self._clock() + seconds, answer)
        self._answers.move_to_end(key)
        while len(self._answers) > KEPT_MOST:
            self._answers.popitem(last=False)
        return answer
