"""One message at a time into Slack, so that a crash neither loses nor doubles it."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.runs.model import Run
from bot.runs.ports import Outbox, Posted
from bot.slack.asking import Asking
from bot.slack.client import SlackClient
from bot.slack.errors import Gone, Invalid, NotAllowed, RateLimited
from bot.slack.limiter import Call, Limiter, Priority
from bot.slack.replies import Replies
from bot.slack.showing import Step
from bot.views.message import SlackMessage

log = logging.getLogger(__name__)

SETTLE_SECONDS = 5  # before Slack is asked whether a message stands: it may lag behind itself
SKEW_SECONDS = 300  # between Slack's clock and ours
NOTICE = "notice"
#: Slack's no is certain: nothing stands.
REFUSALS = (RateLimited, Gone, NotAllowed, Invalid)


class Delivery:
    """What one run needs to be shown. Never two calls at once; see `Lane`."""

    def __init__(
        self,
        outbox: Outbox,
        client: SlackClient,
        limiter: Limiter,
        *,
        asking: Asking,
        replies: Replies,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._limiter = limiter
        self._asking = asking
        self._replies = replies
        self._refused: set[tuple[str, str]] = set()

    async def show(self, run: Run, step: Step) -> None:
        """Edit or post; the turn at the limiter was taken. Raises `SlackError`."""
        row = step.row
        if row is not None and row.ts is not None:
            await self._client.update(row.channel, row.ts, step.message, run_id=run.id)
            await self._outbox.put(run.id, replace(row, digest=step.message.digest))
        elif row is None or not await self._found(run, step, row):
            await self._post(run, step)

    async def direct_channel(self, user: str) -> str:
        await self._limiter.turn(Call(method="conversations.open"))
        return await self._client.open_dm(user)

    async def notice(self, run: Run, text: str) -> None:
        """A direct message to who asked, at most once even over a crash."""
        row = (await self._outbox.posted(run.id)).get(NOTICE)
        if row is not None and row.ts is not None:
            return
        step = Step(
            message=SlackMessage(slot=NOTICE, text=text, blocks=(), final=True),
            row=row,
            channel=row.channel if row else await self.direct_channel(run.request.asked_by),
            thread_ts=None,
            priority=Priority.FINAL,
        )
        await self._limiter.turn(step.call)
        await self.show(run, step)

    async def whisper(self, run: Run, text: str) -> None:
        """For who asked alone, where they typed it. The first way needs no token of ours."""
        if await self._replies.tell(run.id, text):
            return
        await self._limiter.turn(Call(method="chat.postEphemeral"))
        await self._client.ephemeral(run.request.place.channel, run.request.asked_by, text)

    async def _found(self, run: Run, step: Step, row: Posted) -> bool:
        """
        Whether the message of an unfinished post stands after all; then it is written down.

        It is shown as *some* state of itself: the empty digest makes the next look edit it.
        """
        if (run.id, row.slot) in self._refused:
            return False
        await self._limiter.clock.sleep(SETTLE_SECONDS)
        since = run.created_at.timestamp() - SKEW_SECONDS
        try:
            ts = await self._asking.find(
                step.channel, step.thread_ts, run_id=run.id, slot=row.slot, since=since
            )
        except (Gone, NotAllowed, Invalid) as err:
            log.warning("run %s, %s: can't look for it (%s), posted", run.id, row.slot, err)
            return False
        if ts is not None:
            log.info("run %s, %s: it stood in Slack already", run.id, row.slot)
            await self._outbox.put(run.id, replace(row, ts=ts, digest=""))
        return ts is not None

    async def _post(self, run: Run, step: Step) -> None:
        message = step.message
        begun = Posted(slot=message.slot, channel=step.channel, ts=None, digest="")
        if step.row is None:
            await self._outbox.put(run.id, begun)
        key = (run.id, message.slot)
        self._refused.discard(key)
        try:
            ts = await self._client.post(
                step.channel,
                message,
                run_id=run.id,
                thread_ts=step.thread_ts,
                broadcast=message.broadcast,
            )
        except REFUSALS:
            self._refused.add(key)
            raise
        await self._outbox.put(run.id, replace(begun, ts=ts, digest=message.digest))

    def forget(self, run_id: str) -> None:
        self._refused = {key for key in self._refused if key[0] != run_id}
