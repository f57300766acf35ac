"""A run that is shown by a publisher that may die at any moment, in this process or its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from bot.runs.model import Audience, Place, Run, RunRequest, Status
from bot.runs.workspace import Preference
from bot.showing.means import Means
from bot.showing.publisher import Publisher
from bot.showing.replies import Replies
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from bot.slack.workspaces import one
from bot.store import database
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from bot.views.message import File, SlackMessage
from bot.views.story import Story
from patterns.events import Planned, PlannedBranch
from tests.fakes.slack_api import TEAM
from tests.slack.virtual import VirtualClock

FILE = File(name="result.md", title="The whole result", text="# All of it\n")
WORKING = ["thinking", "working"]
DONE = ["All of it, as a file", "Refuted", "Refuted: conclusion", "vote"]


def view(run: Run, story: Story, preference: Preference, /, *, files: bool) -> list[SlackMessage]:
    """First a card, then a branch, then the outcome in a card, a broadcast, a branch, a file."""
    over = run.status is not Status.OPEN
    words = [("card", "Refuted" if over else "working")]
    words += [("result", "Refuted: conclusion")] if over else []
    words += [("branch:a", "vote" if over else "thinking")] if story.groups else []
    words += [("file", "All of it, as a file")] if over else []
    return [
        SlackMessage(
            slot=slot,
            text=text,
            blocks=(),
            in_thread=slot != "card",
            broadcast=slot == "result",
            final=over and not slot.startswith("branch"),
            file=FILE if slot == "file" else None,
        )
        for slot, text in words
    ]


@dataclass(frozen=True)
class Shown:
    """What a test does with the run; each change pokes the publisher, as in the bot."""

    store: SqlRunStore
    outbox: SqlOutbox

    async def begin(self) -> str:
        request = RunRequest(
            recipe="factcheck",
            text="x",
            asked_by="U1",
            place=Place(team=TEAM, channel="C1"),
            dedupe="1",
        )
        run = await self.store.add(request)
        assert run is not None
        await self.store.admit(run.id, Audience.CHANNEL)
        return run.id

    def plan(self, run_id: str) -> None:
        branch = PlannedBranch(key="a", title="Skeptic")
        self.store.append(run_id, Planned(stage="vote", branches=(branch,)))

    async def end(self, run_id: str) -> None:
        await self.store.close(run_id, Status.DONE)


@asynccontextmanager
async def publishing(database_url: str, api_url: str) -> AsyncIterator[Shown]:
    """With nothing in memory but what the database and Slack hold; its seconds pass at once."""
    clock = VirtualClock(breath=0.001)
    async with (
        database.connect(database_url) as opened,
        connect("xoxb-1", api_url=api_url) as slack,
    ):
        clock.heed(slack)
        store, outbox = SqlRunStore(opened), SqlOutbox(opened)

        async def admit(run: Run) -> Audience:
            return Audience.CHANNEL

        async def abandon(run_id: str, sentence: str) -> None:
            await store.close(run_id, Status.FAILED, error=sentence)

        publisher = Publisher(
            Means(
                store=store,
                outbox=outbox,
                workspaces=await one(slack, Limiter(clock)),
                render=view,
                abandon=abandon,
                replies=Replies(slack, api_url=api_url),
                admit=admit,
                clock=clock,
            )
        )
        store.subscribe(publisher.poke)
        task = asyncio.create_task(publisher.run())
        try:
            yield Shown(store, outbox)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def publish(database_url: str, api_url: str) -> None:
    """A process that shows what is there, until it is killed."""

    async def forever() -> None:
        async with publishing(database_url, api_url):
            await asyncio.Event().wait()

    asyncio.run(forever())
