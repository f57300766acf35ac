"""The one writer of a run's messages: looks at the run, shows the most important difference."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from bot.runs.errors import NoSuchRun, StorageFailed
from bot.runs.model import Audience, Run, Status
from bot.runs.ports import Abandon, Outbox, Posted, RunStore
from bot.slack.delivery import NOTICE, Delivery
from bot.slack.errors import (
    Gone,
    Invalid,
    NoEntry,
    NotAllowed,
    RateLimited,
    SlackError,
    Unavailable,
    Unheard,
)
from bot.slack.limiter import Call, Limiter
from bot.slack.sentences import ELSEWHERE, outcome, why
from bot.slack.showing import Step, shows, steps
from bot.views.message import SlackMessage
from bot.views.story import Story

log = logging.getLogger(__name__)

Render = Callable[[Run, Story], list[SlackMessage]]

LOOK_SECONDS = 0.2  # between two looks at a run, however often it changes
#: A look at a thousand branches takes its time, and the runs live in the same loop: the pause
#: after a look is so many times as long as the look, but never so long that outcomes come late.
PAUSES_A_LOOK = 6
PAUSE_MOST = 1.0
EVENTS_A_READ = 2000
BACK_OFF_SECONDS = 0.5
BACK_OFF_MOST = 30
UNHEARD_MOST = 5  # times that the same no is no passing one, whatever its code may mean
WHISPER = "whisper"
REFUSALS = (Gone, NotAllowed, Invalid)


class Lane:
    """
    `poke` it when the run changed, `settle` it by one task at a time.

    A poke ends the wait for a turn, since what is most important may be another thing now; but
    not before the next look is due. A turn that comes earlier is used: nothing that changes all
    the time would be shown otherwise.
    """

    def __init__(
        self,
        run_id: str,
        store: RunStore,
        outbox: Outbox,
        delivery: Delivery,
        limiter: Limiter,
        *,
        render: Render,
        abandon: Abandon,
    ) -> None:
        self._run_id = run_id
        self._store = store
        self._outbox = outbox
        self._delivery = delivery
        self._limiter = limiter
        self._render = render
        self._abandon = abandon
        self._story = Story()
        self._ticket = limiter.ticket()
        self._waiting: asyncio.Timeout | None = None
        self._due = float("-inf")
        self._failures = 0
        self._lost = False
        self._shut_out = False
        self._told = False
        self._unheard = Counter[str]()
        self._direct: str | None = None
        self._given_up: dict[str, str] = {}
        self.poked = True
        self.over = False

    def poke(self) -> None:
        """Cheap, and from anywhere in the event loop."""
        self.poked = True
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def settle(self) -> None:
        """Until Slack shows the run as it is; never raises but when cancelled."""
        while self.poked:
            try:
                await self._look()
                self._failures = 0
            except RateLimited as err:
                log.info("run %s: %s, waiting %g seconds", self._run_id, err, err.retry_after)
                self._limiter.pause(err.method, err.retry_after)
                self.poked = True
            except NoSuchRun:
                self.over = True
                return
            except (Unavailable, StorageFailed) as err:
                log.warning("run %s not shown yet: %s", self._run_id, err)
                await self._back_off()
            except Exception:  # the door to Slack: a bug in one run's view is that run's alone
                log.exception("run %s not shown", self._run_id)
                await self._back_off()

    async def _back_off(self) -> None:
        self._failures += 1
        wait = min(BACK_OFF_SECONDS * 2 ** min(self._failures, 10), BACK_OFF_MOST)
        await self._limiter.clock.sleep(wait)
        self.poked = True

    async def _look(self) -> None:
        """One look, at most one call that shows something. Leaves `poked` if there is more."""
        await self._pause_between_looks()
        self.poked = False
        begun = self._limiter.clock.now()
        self._due = begun + LOOK_SECONDS
        run = await self._news()
        if run.request.place.on_console:
            self.over = True
            return
        if run.audience is None or self._lost:
            await self._to_the_asker(run)
            return
        messages = self._render(run, self._story)
        posted = await self._outbox.posted(run.id)
        channel = await self._channel(run)
        if channel is None:
            self.poked = self._lost = True
            return
        open_steps = steps(run, messages, posted, channel)
        self._due = self._next_look(begun)
        step = self._most_important(open_steps)
        if step is None:
            await self._all_shown(run, messages, posted)
        elif await self._turn(step.call):
            self.poked = True
            await self._show(run, step)

    async def _news(self) -> Run:
        """The run as it is; what its events told before is in the story already."""
        while True:
            run = await self._store.get(self._run_id, after=self._story.seen, most=EVENTS_A_READ)
            self._story.tell(run)
            if len(run.events) < EVENTS_A_READ:
                return run

    async def _pause_between_looks(self) -> None:
        clock = self._limiter.clock
        wait = self._due - clock.now()
        if wait > 0:
            await clock.sleep(wait)

    def _next_look(self, begun: float) -> float:
        now = self._limiter.clock.now()
        return now + min(max(LOOK_SECONDS, PAUSES_A_LOOK * (now - begun)), PAUSE_MOST)

    async def _channel(self, run: Run) -> str | None:
        """None, and the run ended, where who asked takes no direct messages."""
        if run.audience is Audience.CHANNEL:
            return run.request.place.channel
        try:
            with self._patience("direct"):
                asked_by = run.request.asked_by
                self._direct = self._direct or await self._delivery.direct_channel(asked_by)
        except REFUSALS as err:
            await self._abandon(run.id, f"I can't write to you directly ({err.code}).")
        return self._direct

    def _most_important(self, open_steps: list[Step]) -> Step | None:
        """Outcomes first; among equals what can go soonest, then what comes first."""
        wanted = [s for s in open_steps if self._given_up.get(s.message.slot) != s.message.digest]
        return min(
            wanted, key=lambda s: (s.priority, max(0, self._limiter.delay(s.call))), default=None
        )

    async def _turn(self, call: Call) -> bool:
        """False when the run changed and a look is due; its place in the queue is kept."""
        granted = await self._limiter.turn(call, ticket=self._ticket, until=self._due)
        if not granted and not self.poked:
            granted = await self._turn_or_poke(call)
        if granted:
            self._ticket = self._limiter.ticket()
        return granted

    async def _turn_or_poke(self, call: Call) -> bool:
        try:
            async with asyncio.timeout(None) as self._waiting:
                return await self._limiter.turn(call, ticket=self._ticket)
        except TimeoutError:
            return False
        finally:
            self._waiting = None

    async def _show(self, run: Run, step: Step) -> None:
        try:
            with self._patience(step.message.slot):
                await self._delivery.show(run, step)
        except REFUSALS as err:
            log.warning("run %s, %s refused: %s", run.id, step.message.slot, err)
            await self._refused(run, step, err)
        else:
            if step.is_card and not step.stands and step.channel == self._direct:
                await self._point_to_it(run, step.channel)

    async def _point_to_it(self, run: Run, channel: str) -> None:
        """Who typed a command elsewhere would see nothing happen."""
        if channel != run.request.place.channel:
            await self._reached(run, WHISPER, self._delivery.whisper(run, ELSEWHERE))

    @contextmanager
    def _patience(self, what: str) -> Generator[None]:
        """Trying for ever, on a code that nobody knows, would leave who asked without a word."""
        try:
            yield
        except Unheard as err:
            self._unheard[what] += 1
            if self._unheard[what] < UNHEARD_MOST:
                raise
            raise NotAllowed(err.method, err.code) from err
        else:
            self._unheard.pop(what, None)

    async def _refused(self, run: Run, step: Step, err: SlackError) -> None:
        if step.is_card and not step.stands and not isinstance(err, Invalid):
            await self._abandon(run.id, why(err))
        self._lost = self._lost or _is_lost(step, err)
        self._given_up[step.message.slot] = step.message.digest

    async def _to_the_asker(self, run: Run) -> None:
        """Nothing of the run may or can be in the channel: at its end, who asked is told."""
        if run.status is Status.OPEN:
            return
        messages = [] if run.audience is None else self._render(run, self._story)
        posted = await self._outbox.posted(run.id)
        await self._end(run, messages, posted)

    async def _all_shown(
        self, run: Run, messages: list[SlackMessage], posted: Mapping[str, Posted]
    ) -> None:
        if run.status is not Status.OPEN:
            await self._end(run, messages, posted)

    async def _end(
        self, run: Run, messages: list[SlackMessage], posted: Mapping[str, Posted]
    ) -> None:
        """Nothing more can be shown; without a token that counts, the next start goes on here."""
        reached = _outcome_shown(messages, posted) or await self._tell(run, messages)
        if not reached:
            log.error("run %s: its outcome reached nobody", run.id)
        if reached or not self._shut_out:
            await self._outbox.delivered(run.id)
        self.over = True

    async def _tell(self, run: Run, messages: list[SlackMessage]) -> bool:
        """A result has to last; of anything else, a word in passing is enough, if it arrives."""
        if self._told:
            return True
        said, ways = outcome(run, messages), [NOTICE, WHISPER]
        for way in ways if run.status is Status.DONE else reversed(ways):
            tell = self._delivery.notice if way == NOTICE else self._delivery.whisper
            self._told = await self._reached(run, way, tell(run, said))
            if self._told:
                break
        return self._told

    async def _reached(self, run: Run, way: str, telling: Coroutine[Any, Any, None]) -> bool:
        try:
            with self._patience(way):
                await telling
        except REFUSALS as err:
            log.warning("run %s, %s refused: %s", run.id, way, err)
            self._shut_out = self._shut_out or isinstance(err, NoEntry)
            return False
        return True


def _is_lost(step: Step, err: SlackError) -> bool:
    """Whether after this refusal nothing more of the run can be shown where it was."""
    if isinstance(err, Invalid):
        return step.is_card and not step.stands
    return step.is_card or isinstance(err, NotAllowed) or not step.stands


def _outcome_shown(messages: list[SlackMessage], posted: Mapping[str, Posted]) -> bool:
    return any(message.final and shows(posted.get(message.slot), message) for message in messages)
