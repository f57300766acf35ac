"""One message at a time into Slack, so that a crash neither loses nor doubles it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

from bot.runs.model import Run
from bot.runs.storage import Outbox, Posted
from bot.showing.replies import Replies
from bot.showing.steps import Step
from bot.slack.errors import Gone, Invalid, NotAllowed, RateLimited
from bot.slack.limiter import Call, Priority
from bot.slack.uploads import Uploads
from bot.slack.workspaces import Workspace
from bot.views.message import File, SlackMessage

log = logging.getLogger(__name__)

SETTLE_SECONDS = 5  # before Slack is asked whether a message stands: it may lag behind itself
SKEW_SECONDS = 300  # between Slack's clock and ours
NOTICE = "notice"
#: Slack's no is certain: nothing stands.
REFUSALS = (RateLimited, Gone, NotAllowed, Invalid)


class Delivery:
    """What one run needs to be shown. Never two calls at once; see `Lane`."""

    def __init__(self, outbox: Outbox, workspace: Workspace, replies: Replies) -> None:
        self._outbox = outbox
        self._client = workspace.client
        self._limiter = workspace.limiter
        self._asking = workspace.asking
        self._uploads = Uploads(workspace.client, workspace.limiter)
        self._replies = replies
        self._refused: set[str] = set()

    @property
    def takes_files(self) -> bool:
        return self._uploads.possible

    async def show(self, run: Run, step: Step) -> None:
        """Edit or post; the turn at the limiter was taken. Raises `SlackError`."""
        row = step.row
        if step.message.file is not None:
            await self._show_file(run, step, step.message.file)
        elif row is not None and row.ts is not None:
            await self._client.update(row.channel, row.ts, step.message, run_id=run.id)
            await self._outbox.put(run.id, replace(row, digest=step.message.digest))
        elif row is None or not await self._found(run, step, row):
            await self._post(run, step)

    async def direct_channel(self, user: str) -> str:
        await self._limiter.turn(Call(method="conversations.open"))
        return await self._client.open_dm(user)

    async def notice(self, run: Run, text: str, blocks: tuple[dict[str, Any], ...]) -> None:
        """A direct message to who asked, at most once an attempt even over a crash."""
        slot = NOTICE if run.attempt == 1 else f"{NOTICE}:{run.attempt}"
        row = (await self._outbox.posted(run.id)).get(slot)
        if row is not None and row.ts is not None:
            return
        step = Step(
            message=SlackMessage(slot=slot, text=text, blocks=blocks, final=True),
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
        place = run.request.place
        await self._limiter.turn(Call(method="chat.postEphemeral"))
        await self._client.ephemeral(
            place.channel, run.request.asked_by, text, thread_ts=place.thread_ts
        )

    async def _found(self, run: Run, step: Step, row: Posted) -> bool:
        """
        Whether the message of an unfinished post stands after all; then it is written down.

        It is shown as *some* state of itself: the empty digest makes the next look edit it.
        """
        if row.slot in self._refused:
            return False
        await self._limiter.clock.sleep(SETTLE_SECONDS)
        try:
            ts = await self._asking.find(
                step.channel, step.thread_ts, run_id=run.id, slot=row.slot, since=_since(run)
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
        self._refused.discard(message.slot)
        try:
            ts = await self._client.post(
                step.channel,
                message,
                run_id=run.id,
                thread_ts=step.thread_ts,
                broadcast=message.broadcast,
            )
        except REFUSALS:
            self._refused.add(message.slot)
            raise
        await self._outbox.put(run.id, replace(begun, ts=ts, digest=message.digest))

    async def _show_file(self, run: Run, step: Step, file: File) -> None:
        """
        A file is never edited: its new content is a new file. Its row's ts is Slack's id of it.

        Bytes that nobody was shown are nothing, so a crash before the last call costs only
        them. Around that call the id stands in the digest of a row without a ts: the file is
        looked for by it.
        """
        row = step.row
        if row is not None and row.ts is None and row.digest and await self._shown(run, step, row):
            await self._outbox.put(run.id, replace(row, ts=row.digest, digest=step.message.digest))
            return
        slot = step.message.slot
        file_id = await self._uploads.bring(file)
        begun = Posted(slot=slot, channel=step.channel, ts=None, digest=file_id)
        await self._outbox.put(run.id, begun)
        self._refused.discard(slot)
        try:
            await self._uploads.show(
                file_id,
                file.title,
                step.channel,
                thread_ts=step.thread_ts,
                text=step.message.text,
            )
        except REFUSALS:
            self._refused.add(slot)
            raise
        await self._outbox.put(run.id, replace(begun, ts=file_id, digest=step.message.digest))

    async def _shown(self, run: Run, step: Step, row: Posted) -> bool:
        if row.slot in self._refused:
            return False
        await self._limiter.clock.sleep(SETTLE_SECONDS)
        try:
            return await self._asking.shows_file(
                step.channel, step.thread_ts, file_id=row.digest, since=_since(run)
            )
        except (Gone, NotAllowed, Invalid) as err:
            log.warning("run %s, %s: can't look for it (%s), shown", run.id, row.slot, err)
            return False


def _since(run: Run) -> float:
    return run.created_at.timestamp() - SKEW_SECONDS
