"""The one writer of a run's messages: looks at the run, shows the most important difference."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Run, Status
from bot.runs.ports import Abandon, Outbox, Posted, RunStore
from bot.slack.delivery import Delivery
from bot.slack.errors import Gone, Invalid, NotAllowed, RateLimited, SlackError, Unavailable
from bot.slack.limiter import Call, Limiter
from bot.slack.showing import Step, shows, steps
from bot.views.message import SlackMessage
from bot.views.mrkdwn import plain

log = logging.getLogger(__name__)

Render = Callable[[Run], list[SlackMessage]]

LOOK_SECONDS = 0.2  # between two looks at a run, however often it changes
BACK_OFF_SECONDS = 0.5
BACK_OFF_MOST = 30
NOT_IN_CHANNEL = {"not_in_channel", "channel_not_found", "user_not_in_channel"}
INVITE = "I can't post here: invite me by typing /invite @Quorum in the channel, then try again."


class Lane:
    """
    `poke` it when the run changed, `settle` it by one task at a time.

    A poke ends the wait for a turn, since what is most important may be another thing now.
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
        self._ticket = limiter.ticket()
        self._waiting: asyncio.Timeout | None = None
        self._looked = float("-inf")
        self._failures = 0
        self._lost = False
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
            except Unavailable as err:
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
        run = await self._store.get(self._run_id)
        if run.request.place.on_console:
            self.over = True
            return
        if run.audience is None or self._lost:
            await self._to_the_asker(run)
            return
        messages = self._render(run)
        posted = await self._outbox.posted(run.id)
        channel = await self._channel(run)
        if channel is None:
            self.poked = self._lost = True
            return
        step = self._most_important(steps(run, messages, posted, channel))
        if step is None:
            await self._all_shown(run, messages, posted)
        elif await self._turn(step.call):
            self.poked = True
            await self._show(run, step)

    async def _pause_between_looks(self) -> None:
        clock = self._limiter.clock
        wait = self._looked + LOOK_SECONDS - clock.now()
        if wait > 0:
            await clock.sleep(wait)
        self._looked = clock.now()

    async def _channel(self, run: Run) -> str | None:
        """None, and the run ended, where who asked takes no direct messages."""
        if run.audience is Audience.CHANNEL:
            return run.request.place.channel
        try:
            self._direct = self._direct or await self._delivery.direct_channel(run.request.asked_by)
        except (Gone, NotAllowed, Invalid) as err:
            await self._abandon(run.id, f"I can't write to you directly ({err.code}).")
        return self._direct

    def _most_important(self, open_steps: list[Step]) -> Step | None:
        """Outcomes first; among equals what can go soonest, then what comes first."""
        wanted = [s for s in open_steps if self._given_up.get(s.message.slot) != s.message.digest]
        return min(
            wanted, key=lambda s: (s.priority, max(0, self._limiter.delay(s.call))), default=None
        )

    async def _turn(self, call: Call) -> bool:
        """False when the run changed meanwhile; its place in the queue is kept."""
        if self.poked:
            return False
        try:
            async with asyncio.timeout(None) as self._waiting:
                await self._limiter.turn(call, ticket=self._ticket)
        except TimeoutError:
            return False
        finally:
            self._waiting = None
        self._ticket = self._limiter.ticket()
        return True

    async def _show(self, run: Run, step: Step) -> None:
        try:
            await self._delivery.show(run, step)
        except (Gone, NotAllowed, Invalid) as err:
            log.warning("run %s, %s refused: %s", run.id, step.message.slot, err)
            await self._refused(run, step, err)

    async def _refused(self, run: Run, step: Step, err: SlackError) -> None:
        if step.is_card and not step.stands and not isinstance(err, Invalid):
            await self._abandon(run.id, _why(err))
        self._lost = self._lost or _is_lost(step, err)
        self._given_up[step.message.slot] = step.message.digest

    async def _to_the_asker(self, run: Run) -> None:
        """Nothing of the run may or can be in the channel: at its end, who asked is told."""
        if run.status is Status.OPEN:
            return
        messages = [] if run.audience is None else self._render(run)
        posted = await self._outbox.posted(run.id)
        if not _outcome_shown(messages, posted):
            await self._tell(run, messages)
        await self._delivered(run)

    async def _all_shown(
        self, run: Run, messages: list[SlackMessage], posted: Mapping[str, Posted]
    ) -> None:
        if run.status is Status.OPEN:
            return
        if not _outcome_shown(messages, posted):
            await self._tell(run, messages)
        await self._delivered(run)

    async def _tell(self, run: Run, messages: list[SlackMessage]) -> None:
        outcome = next((m.text for m in messages if m.final), "")
        try:
            if run.status is Status.DONE and outcome:
                await self._delivery.notice(run, outcome)
            else:
                await self._delivery.tell(run, _sentence(run))
        except (Gone, NotAllowed, Invalid) as err:
            log.warning("run %s: who asked can't be told: %s", run.id, err)

    async def _delivered(self, run: Run) -> None:
        await self._outbox.delivered(run.id)
        self.over = True


def _is_lost(step: Step, err: SlackError) -> bool:
    """Whether after this refusal nothing more of the run can be shown where it was."""
    if isinstance(err, Invalid):
        return step.is_card and not step.stands
    return step.is_card or isinstance(err, NotAllowed) or not step.stands


def _outcome_shown(messages: list[SlackMessage], posted: Mapping[str, Posted]) -> bool:
    return any(message.final and shows(posted.get(message.slot), message) for message in messages)


def _sentence(run: Run) -> str:
    if run.status is Status.CANCELLED:
        return "Cancelled."
    return plain(run.error or "This run could not be shown.")


def _why(err: SlackError) -> str:
    if err.code in NOT_IN_CHANNEL:
        return INVITE
    return f"Slack does not let me post here ({err.code})."
