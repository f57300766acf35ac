"""The publisher between the real store and views, and a Slack with a workspace in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import pytest

from bot.runs.model import Audience, Place, Run, RunRequest, Status
from bot.slack.asking import Asking
from bot.slack.client import connect
from bot.slack.limiter import Limiter
from bot.slack.publisher import Publisher
from bot.slack.replies import Replies
from bot.store.database import Database
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from bot.views import card
from patterns.events import BranchDone, BranchStarted, Planned, PlannedBranch
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
        limiter = Limiter(clock)
        publisher = Publisher(
            store,
            outbox,
            client,
            limiter,
            asking=Asking(client, limiter),
            render=partial(card.messages, shown="both", broadcast_after=20),
            abandon=abandon,
            replies=Replies(client, api_url=api_url),
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
