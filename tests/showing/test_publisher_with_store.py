"""The publisher between the real store and views, and a Slack with a workspace in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from bot.runs.model import Audience, Place, Run, RunRequest, Status
from bot.runs.workspace import Preference, ResultShown
from bot.showing.means import Means
from bot.showing.publisher import Publisher
from bot.showing.replies import Replies
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from bot.slack.workspaces import one
from bot.store.database import Database
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from bot.views import card
from bot.views.message import SlackMessage
from bot.views.story import Story
from patterns.events import BranchDone, BranchProgress, BranchStarted, Planned, PlannedBranch
from playground.sample import sample
from playground.server import build
from playground.workspace import Workspace
from tests.conftest import Serve
from tests.slack.virtual import VirtualClock

BRANCHES = [f"voter-{number}" for number in range(5)]


@pytest.fixture
def workspace() -> Workspace:
    return sample()


@pytest.fixture
async def outbox(
    serve: Serve, store: SqlRunStore, database: Database, workspace: Workspace
) -> AsyncIterator[SqlOutbox]:
    """With a publisher at work."""
    app = build(workspace, bot_url="http://127.0.0.1:9", signing_secret="s", token="xoxb-1")
    api_url = await serve(app) + "/api/"
    outbox = SqlOutbox(database)

    async def abandon(run_id: str, sentence: str) -> None:
        await store.close(run_id, Status.FAILED, error=sentence)

    async with connect("xoxb-1", api_url=api_url) as client:
        clock = VirtualClock(breath=0.002)
        clock.heed(client)
        workspaces = await one(client, Limiter(clock))

        async def admit(run: Run) -> Audience:
            return Audience.CHANNEL

        def render(
            run: Run, story: Story, preference: Preference, /, *, files: bool
        ) -> list[SlackMessage]:
            return card.messages(run, story, shown=ResultShown.BOTH, broadcast_after=20)

        publisher = Publisher(
            Means(
                store=store,
                outbox=outbox,
                workspaces=workspaces,
                render=render,
                abandon=abandon,
                replies=Replies(client, api_url=api_url),
                admit=admit,
                clock=clock,
            )
        )
        store.subscribe(publisher.poke)
        task = asyncio.create_task(publisher.run())
        yield outbox
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _asked(store: SqlRunStore, workspace: Workspace, channel: str) -> Run:
    place = workspace.channel_named("general")
    asker = next(who for who in place.members if not workspace.people[who].bot)
    request = RunRequest(
        recipe="factcheck",
        text="The <!channel> Wall is visible from the Moon",
        asked_by=asker,
        place=Place(team=workspace.team, channel=channel),
        dedupe="1",
    )
    run = await store.add(request)
    assert run is not None
    return run


async def _delivered(outbox: SqlOutbox) -> None:
    async with asyncio.timeout(10):
        while await outbox.undelivered():
            await asyncio.sleep(0.01)


async def test_card_and_branches_stand_in_the_channel(
    store: SqlRunStore, outbox: SqlOutbox, workspace: Workspace
) -> None:
    place = workspace.channel_named("general")
    run = await _asked(store, workspace, place.id)
    await store.admit(run.id, Audience.CHANNEL)
    planned = tuple(PlannedBranch(key=key, title=key) for key in BRANCHES)
    store.append(run.id, Planned(stage="vote", branches=planned))
    for key in BRANCHES:
        store.append(run.id, BranchStarted(branch=key))
        store.append(run.id, BranchDone(branch=key, headline="Refuted", lines=("No.",)))
    await store.close(run.id, Status.FAILED, error="The panel did not agree.")
    await _delivered(outbox)

    ours = [m for m in workspace.logs[place.id].between(None, None) if m.user == workspace.bot]
    cards = [m for m in ours if m.metadata and m.metadata["event_payload"]["run_id"] == run.id]
    assert len(cards) == 1
    assert "The panel did not agree." in cards[0].text
    assert len(workspace.logs[place.id].replies(cards[0].ts)) == len(BRANCHES)
    assert {call.error for call in workspace.calls} == {None}


async def test_a_wait_is_told_in_the_thread_of_the_branch_until_it_is_over(
    store: SqlRunStore, outbox: SqlOutbox, workspace: Workspace
) -> None:
    place = workspace.channel_named("general")
    run = await _asked(store, workspace, place.id)
    await store.admit(run.id, Audience.CHANNEL)
    store.append(run.id, Planned(stage="vote", branches=(PlannedBranch(key="a", title="Skeptic"),)))
    store.append(run.id, BranchStarted(branch="a"))

    store.append(run.id, BranchProgress(branch="a", note="waiting for the model, 12 s"))
    await _reads(workspace, place.id, "Skeptic: waiting for the model, 12 s")

    store.append(run.id, BranchProgress(branch="a", note=""))
    await _reads(workspace, place.id, "Skeptic: working")

    store.append(run.id, BranchDone(branch="a", headline="Refuted"))
    await _reads(workspace, place.id, "Skeptic: Refuted")


async def _reads(workspace: Workspace, channel: str, text: str) -> None:
    """Until the only reply of the bot is *text*; fails where it does not come."""

    def replies() -> list[str]:
        log = workspace.logs[channel]
        ours = [m for m in log.between(None, None) if m.user == workspace.bot and m.metadata]
        return [reply.text for card in ours for reply in log.replies(card.ts)]

    async with asyncio.timeout(10):
        while replies() != [text]:
            await asyncio.sleep(0.01)


async def test_of_a_run_with_many_branches_each_is_counted_once(
    store: SqlRunStore, outbox: SqlOutbox, workspace: Workspace
) -> None:
    """More events than are read at once, told in pieces while it is shown."""
    place = workspace.channel_named("general")
    run = await _asked(store, workspace, place.id)
    await store.admit(run.id, Audience.CHANNEL)
    keys = [f"part-{number}" for number in range(1500)]
    planned = tuple(PlannedBranch(key=key, title=key) for key in keys)
    store.append(run.id, Planned(stage="parts", branches=planned))
    for number, key in enumerate(keys):
        store.append(run.id, BranchStarted(branch=key))
        store.append(run.id, BranchDone(branch=key, headline="2 items"))
        if number % 100 == 0:
            await asyncio.sleep(0.005)
    await store.close(run.id, Status.FAILED, error="It ended.")
    await _delivered(outbox)

    log = workspace.logs[place.id]
    card = next(m for m in log.between(None, None) if m.user == workspace.bot and m.metadata)
    told = [reply.text for reply in log.replies(card.ts)]
    assert len(told) == 9
    assert {text.replace("166", "167") for text in told} == {"167 of 167 parts done"}


async def test_a_channel_without_the_app_ends_the_run_and_tells_who_asked(
    store: SqlRunStore, outbox: SqlOutbox, workspace: Workspace
) -> None:
    run = await _asked(store, workspace, "C404")
    await store.admit(run.id, Audience.CHANNEL)
    await _delivered(outbox)

    run = await store.get(run.id)
    assert run.status is Status.FAILED
    direct = workspace.direct(workspace.bot, run.request.asked_by)
    assert ["/invite @Quorum" in m.text for m in workspace.logs[direct.id].between(None, None)] == [
        True
    ]
