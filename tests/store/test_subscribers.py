"""Who listens hears of every commit that touched a run, and of no other."""

from __future__ import annotations

import asyncio

from bot.runs.model import Audience, Status
from bot.store.runs import SqlRunStore
from patterns.events import (
    BranchStarted,
)
from tests.store.requests import VERDICT, added, answer, request


async def test_subscribers_hear_of_every_commit_that_touched_a_run(store: SqlRunStore):
    heard: list[str] = []
    store.subscribe(heard.append)

    run_id = await added(store)
    await store.admit(run_id, Audience.CHANNEL)
    store.append(run_id, BranchStarted(branch="v1"))
    await store.remember(run_id, answer("v1"))
    await store.close(run_id, Status.DONE, result=VERDICT)

    assert heard == [run_id] * 4  # the event shares a commit with the answer


async def test_what_changed_nothing_is_not_told(store: SqlRunStore):
    run_id = await added(store)
    await store.close(run_id, Status.DONE, result=VERDICT)
    heard: list[str] = []
    store.subscribe(heard.append)

    await store.add(request())
    await store.close(run_id, Status.FAILED, error="late")
    await store.admit("nope", Audience.CHANNEL)

    assert heard == []


async def test_a_subscriber_can_read_what_it_was_told_of(store: SqlRunStore):
    run_id = await added(store)
    reads: list[asyncio.Task[object]] = []
    async with asyncio.TaskGroup() as group:
        store.subscribe(lambda run: reads.append(group.create_task(store.get(run))))
        await store.close(run_id, Status.DONE, result=VERDICT)

    assert [task.result() for task in reads] == [await store.get(run_id)]
