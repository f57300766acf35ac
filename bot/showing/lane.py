"""The one writer of a run's messages: looks at the run, shows the most important difference."""

from __future__ import annotations

import asyncio
import logging

from bot.runs.errors import NoSuchRun, StorageFailed
from bot.runs.model import Audience, Run, Status
from bot.showing.admission import Admission
from bot.showing.asker import Asker
from bot.showing.delivery import Delivery
from bot.showing.means import Means
from bot.showing.patience import REFUSALS, Patience
from bot.showing.sentences import ELSEWHERE, not_shared, outcome, why
from bot.showing.session import Session
from bot.showing.steps import Plan, Step, steps, tells_result
from bot.slack.errors import (
    Invalid,
    NoEntry,
    NotAllowed,
    RateLimited,
    SlackError,
    Unavailable,
    Unheard,
)
from bot.slack.limiter import Call, Limiter
from bot.slack.workspaces import Workspace
from bot.views.message import SlackMessage
from bot.views.story import Story

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.2  # between two looks at a run, however often it changes
#: A look at a thousand branches takes its time, and the runs live in the same loop: the pause
#: after a look is so many times as long as the look, but never so long that outcomes come late.
PAUSES_A_LOOK = 6
PAUSE_MOST = 1.0
EVENTS_A_READ = 2000
BACK_OFF_SECONDS = 0.5
BACK_OFF_MOST = 30


class _Slack:
    """What a run's own workspace is to it, once that is known."""

    def __init__(self, workspace: Workspace, run: Run, means: Means, patience: Patience) -> None:
        self.limiter: Limiter = workspace.limiter
        self.ticket = workspace.limiter.ticket()
        self.delivery = Delivery(means.outbox, workspace, means.replies)
        self.asker = Asker(self.delivery, patience)
        self.session = Session(workspace, run.request.place)


class Lane:
    """
    `poke` it when the run changed, `settle` it by one task at a time.

    A poke ends the wait for a turn, since what is most important may be another thing now; but
    not before the next look is due. A turn that comes earlier is used: nothing that changes all
    the time would be shown otherwise.
    """

    def __init__(self, run_id: str, means: Means) -> None:
        self._run_id = run_id
        self._means = means
        self._clock = means.clock
        self._story = Story()
        self._admission = Admission(means.admit, means.clock, means.today)
        self._patience = Patience()
        self._slack: _Slack | None = None
        self._waiting: asyncio.Timeout | None = None
        self._due = float("-inf")
        self._failures = 0
        self._lost = False
        self._files = True
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
                await self._wait(err)
            except NoSuchRun:
                self.over = True
                return
            except (Unavailable, StorageFailed) as err:
                log.warning("run %s not shown yet: %s", self._run_id, err)
                await self._back_off()
            except Exception:  # the door to Slack: a bug in one run's view is that run's alone
                log.exception("run %s not shown", self._run_id)
                await self._back_off()

    async def _wait(self, err: RateLimited) -> None:
        if self._slack is None:
            await self._clock.sleep(err.retry_after)
        else:
            self._slack.limiter.pause(err.method, err.retry_after)
        self.poked = True

    async def _back_off(self) -> None:
        self._failures += 1
        wait = min(BACK_OFF_SECONDS * 2 ** min(self._failures, 10), BACK_OFF_MOST)
        await self._clock.sleep(wait)
        self.poked = True

    async def _look(self) -> None:
        """One look, at most one call that shows something. Leaves `poked` if there is more."""
        await self._pause_between_looks()
        self.poked = False
        begun = self._clock.now()
        self._due = begun + LOOK_SECONDS
        run = await self._news()
        if run.request.place.on_console:
            self.over = True
            return
        slack = self._slack or await self._enter(run)
        if slack is None:
            return
        self._slack = slack
        plan = await self._allowed(slack, await self._plan(slack, run))
        self._due = self._next_look(begun)
        step = self._most_important(slack, plan)
        if step is not None:
            if await self._turn(slack, step.call):
                self.poked = True
                await self._show(slack, plan.run, step)
        elif run.status is not Status.OPEN:
            await self._end(slack, plan)

    async def _news(self) -> Run:
        """The run as it is; what its events told before is in the story already."""
        seen, most = self._story.seen, EVENTS_A_READ
        while True:
            run = await self._means.store.get(self._run_id, after=seen, most=most)
            self._story.tell(run)
            if len(run.events) < most:
                return run
            seen = self._story.seen

    async def _pause_between_looks(self) -> None:
        wait = self._due - self._clock.now()
        if wait > 0:
            await self._clock.sleep(wait)

    def _next_look(self, begun: float) -> float:
        now = self._clock.now()
        return now + min(max(LOOK_SECONDS, PAUSES_A_LOOK * (now - begun)), PAUSE_MOST)

    async def _enter(self, run: Run) -> _Slack | None:
        """None, and the run ended, where the app is not installed (any more)."""
        try:
            workspace = await self._means.workspaces.of(run.request.place)
        except NoEntry as err:
            await self._shut_out(run, err)
            return None
        return _Slack(workspace, run, self._means, self._patience)

    async def _shut_out(self, run: Run, err: NoEntry) -> None:
        """One way is left that needs no token; what is missing is shown once we are in again."""
        if run.status is Status.OPEN:
            await self._means.abandon(run.id, why(err))
            self.poked = True
            return
        said = outcome(run, await self._messages(run, files=False))
        if await self._means.replies.tell(run.id, said):
            await self._means.outbox.delivered(run)
        else:
            log.error("run %s: its outcome reached nobody", run.id)
        self.over = True

    async def _messages(self, run: Run, *, files: bool) -> list[SlackMessage]:
        if run.audience is None:
            return []
        preference = await self._means.preferences.of(run.request.place.team)
        return self._means.render(run, self._story, preference, files=files)

    async def _plan(self, slack: _Slack, run: Run, *, withheld: bool = False) -> Plan:
        """*withheld*: nothing but the card may be shown of it, and that only where it stands."""
        posted = await self._means.outbox.posted(run.id)
        files = self._files and slack.delivery.takes_files
        # what was told in messages before stays so: they are edited, and none is left behind
        files = files and not any(slot.startswith("more:") for slot in posted)
        messages = await self._messages(run, files=files)
        channel = None if run.audience is None else await self._channel(slack, run)
        if withheld:
            standing = {slot for slot, row in posted.items() if row.ts and row.channel == channel}
            messages = [m for m in messages if m.slot in standing and not m.in_thread]
        return Plan(run, messages, posted, steps(run, messages, posted, channel))

    async def _allowed(self, slack: _Slack, plan: Plan) -> Plan:
        """Long after its end, nothing that a run found is shown before rights were asked anew."""
        if plan.outcome_shown and not any(tells_result(step.message) for step in plan.steps):
            return plan
        run = await self._admission.of(plan.run)
        if run is plan.run:
            return plan
        return await self._plan(slack, run, withheld=run.status is Status.FAILED)

    async def _channel(self, slack: _Slack, run: Run) -> str | None:
        """Where the run lives; None, and the run ended, where it can live nowhere."""
        if self._lost or run.audience is Audience.CHANNEL:
            return None if self._lost else run.request.place.channel
        try:
            with self._patience.over("direct"):
                asked_by = run.request.asked_by
                self._direct = self._direct or await slack.delivery.direct_channel(asked_by)
        except REFUSALS as err:
            await self._means.abandon(run.id, f"I can't write to you directly ({err.code}).")
            self._lost = True
        return self._direct

    def _most_important(self, slack: _Slack, plan: Plan) -> Step | None:
        """Outcomes first; among equals what can go soonest, then what comes first."""
        wanted = [s for s in plan.steps if self._given_up.get(s.message.slot) != s.message.digest]
        now, limiter = self._clock.now(), slack.limiter
        return min(
            wanted, key=lambda s: (s.priority, max(0, limiter.delay(s.call, now))), default=None
        )

    async def _turn(self, slack: _Slack, call: Call) -> bool:
        """False when the run changed and a look is due; its place in the queue is kept."""
        granted = await slack.limiter.turn(call, ticket=slack.ticket, until=self._due)
        if not granted and not self.poked:
            granted = await self._turn_or_poke(slack, call)
        if granted:
            slack.ticket = slack.limiter.ticket()
        return granted

    async def _turn_or_poke(self, slack: _Slack, call: Call) -> bool:
        try:
            async with asyncio.timeout(None) as self._waiting:
                return await slack.limiter.turn(call, ticket=slack.ticket)
        except TimeoutError:
            return False
        finally:
            self._waiting = None

    async def _show(self, slack: _Slack, run: Run, step: Step) -> None:
        try:
            # a file has another way to be told, in messages: that is not put off for ever
            kind = Unheard if step.message.file is None else Unavailable
            with self._patience.over(step.message.slot, kind):
                await slack.delivery.show(run, step)
        except REFUSALS as err:
            log.warning("run %s, %s refused: %s", run.id, step.message.slot, err)
            await self._refused(slack, run, step, err)
            return
        if not step.is_card:
            return
        if not step.stands and step.channel != run.request.place.channel:
            await slack.asker.hint(run, ELSEWHERE)  # who typed it elsewhere would see nothing
        if run.status is Status.OPEN:
            await slack.session.works()

    async def _refused(self, slack: _Slack, run: Run, step: Step, err: SlackError) -> None:
        if step.message.file is not None:
            self._files = False
        elif step.message.home:
            if step.is_card and not step.stands and not isinstance(err, Invalid):
                await self._means.abandon(run.id, why(err))
            self._lost = self._lost or _is_lost(step, err)
        self._given_up[step.message.slot] = step.message.digest
        if not step.message.home:
            await slack.asker.hint(run, not_shared(err))

    async def _end(self, slack: _Slack, plan: Plan) -> None:
        """Nothing more can be shown; without a token that counts, the next start goes on here."""
        run = plan.run
        reached = plan.outcome_shown or await slack.asker.hear(run, plan.messages)
        if not reached:
            log.error("run %s: its outcome reached nobody", run.id)
        await slack.session.rests()
        if reached or not slack.asker.shut_out:
            await self._means.outbox.delivered(run)
        self.over = not self.poked


def _is_lost(step: Step, err: SlackError) -> bool:
    """Whether after this refusal nothing more of the run can be shown where it was."""
    if isinstance(err, Invalid):
        return step.is_card and not step.stands
    return step.is_card or isinstance(err, NotAllowed)
