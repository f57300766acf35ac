"""Opened once, opened again, shared and rated: what is decided inside one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from bot.runs.branches import BranchStatus, fold
from bot.runs.errors import NotNow
from bot.runs.model import Actor, Audience, Place, Rating, RunRequest, Status
from bot.store.acts import Opening
from bot.store.database import Database, connect
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from bot.store.tables import DeliveryRow, RatingRow
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Planned,
    PlannedBranch,
)
from tests.store.requests import VERDICT, added, answer, request

ANN = Actor(user="U1", team="T1")


def asked(dedupe: str, question: str = "q", **changes: Any) -> RunRequest:
    return request(dedupe, question=question, **changes)


async def ratings_of(database: Database) -> Sequence[tuple[str, str, str]]:
    async with database.read() as session:
        found = await session.execute(select(RatingRow.user, RatingRow.rating, RatingRow.reason))
        return sorted((row.user, row.rating, row.reason) for row in found)


async def test_a_new_run_is_its_first_attempt(store: SqlRunStore):
    run = await store.add(asked("d1", place=Place(team="T1", channel="C1", enterprise="E1")))

    assert run
    assert (run.attempt, run.opened_at, run.shared_by) == (1, run.created_at, "")
    assert await store.get(run.id) == run


async def test_the_same_question_is_one_run_while_it_is_open(store: SqlRunStore):
    first = await store.add(asked("d1"))
    assert first

    assert await store.add(asked("d2")) is None
    assert await store.add(asked("d3", "another question"))
    await store.close(first.id, Status.DONE, result=VERDICT)
    later = await store.add(asked("d4"))

    assert later
    assert later.id != first.id


async def test_what_is_asked_without_a_name_is_never_the_same(store: SqlRunStore):
    assert await store.add(request("d1"))
    assert await store.add(request("d2"))
    assert await store.known(request("d3")) is None


async def test_what_stands_for_a_delivery_or_a_question_is_known(store: SqlRunStore):
    run = await store.add(asked("d1"))
    assert run
    await store.add(asked("d2"))

    by_question = await store.known(asked("d9"))
    await store.close(run.id, Status.CANCELLED)
    closed = await store.get(run.id)

    assert by_question == run
    assert await store.known(asked("d1")) == closed
    assert await store.known(asked("d2")) == closed, "the delivery was answered with this run"
    assert await store.known(asked("d9")) is None
    assert await store.add(asked("d2")) is None, "and comes again after the run is over"


async def test_of_the_same_question_many_times_at_once_one_becomes_a_run(
    database_url: str, store: SqlRunStore
):
    """From two processes, each with a writer of its own."""
    async with connect(database_url) as other, asyncio.TaskGroup() as group:
        stores = store, SqlRunStore(other)
        tasks = [
            group.create_task(stores[number % 2].add(asked(f"d{number}"))) for number in range(40)
        ]

    [run] = [task.result() for task in tasks if task.result()]
    assert run
    assert [each.id for each in await store.recent(99)] == [run.id]
    assert {(await store.known(request(f"d{n}"))).id for n in range(40)} == {run.id}  # type: ignore[union-attr]


async def test_who_has_too_many_open_is_told_so_and_others_are_not(database: Database):
    store = SqlRunStore(database, of_person=2, of_workspace=100)
    first = await store.add(request("d1"))
    assert first
    assert await store.add(request("d2"))

    with pytest.raises(NotNow, match="You have 2 runs open"):
        await store.add(request("d3"))
    assert await store.known(request("d3")) is None, "nothing was written down"
    assert await store.add(request("d2")) is None, "what is known is not new"
    assert await store.add(request("d4", asked_by="U2"))
    assert await store.add(request("d5", place=Place(team="T2", channel="C1")))

    await store.close(first.id, Status.CANCELLED)
    assert await store.add(request("d3"))


async def test_a_workspace_with_too_many_open_is_told_so(database: Database):
    store = SqlRunStore(database, of_person=100, of_workspace=3)
    for number in range(3):
        assert await store.add(request(f"d{number}", asked_by=f"U{number}"))

    with pytest.raises(NotNow, match="3 runs are open in this workspace"):
        await store.add(request("d9", asked_by="U9"))


async def test_the_limit_holds_for_who_asks_at_once(database: Database):
    store = SqlRunStore(database, of_person=5)

    async def ask(number: int) -> bool:
        try:
            return bool(await store.add(request(f"d{number}")))
        except NotNow:
            return False

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(number)) for number in range(30)]

    assert sum(task.result() for task in tasks) == 5


async def test_killed_runs_of_the_console_stand_in_nobodys_way(database: Database):
    store = SqlRunStore(database, of_person=1, of_workspace=1)

    for number in range(3):
        assert await store.add(request(f"d{number}", place=Place(team="", channel="console")))


async def test_an_opening_that_is_tried_again_forgets_what_it_said(database: Database):
    """A transaction that did not last is repeated, and by then there may be room."""
    store = SqlRunStore(database)
    run = await store.add(request())
    assert run
    opening = Opening(run, of_person=1, of_workspace=9)
    opening.refusal = "You have 1 runs open."

    assert not await database.writer.write(opening)

    assert opening.refusal == "", "the delivery is known: there is nothing to refuse"


async def test_a_closed_run_is_opened_again_as_its_next_attempt(store: SqlRunStore):
    run_id = await added(store)
    await store.admit(run_id, Audience.REQUESTER, model="scripted")
    await store.remember(run_id, answer("v1"))
    await store.close(run_id, Status.FAILED, error="late")
    before = await store.get(run_id)

    assert await store.reopen(run_id, 1)

    run = await store.get(run_id)
    assert (run.status, run.attempt, run.error, run.ended_at) == (Status.OPEN, 2, None, None)
    assert run.opened_at
    assert before.ended_at
    assert run.opened_at >= before.ended_at
    assert run.created_at == before.created_at
    assert await store.answers(run_id) == {"v1": "f"}, "what was answered is kept"
    assert (run.audience, run.usage) == (Audience.REQUESTER, before.usage)
    assert await store.open_ids() == [run_id]


async def test_what_is_open_or_seen_too_late_is_not_opened_again(store: SqlRunStore):
    run_id = await added(store)

    assert not await store.reopen(run_id, 1), "it is open"
    await store.close(run_id, Status.FAILED, error="late")
    assert not await store.reopen(run_id, 2)
    assert not await store.reopen("nope", 1)
    assert await store.reopen(run_id, 1)
    await store.close(run_id, Status.FAILED, error="late")
    assert not await store.reopen(run_id, 1), "somebody was quicker, and it failed again"
    assert await store.reopen(run_id, 2)


async def test_of_many_who_open_it_again_at_once_one_does(store: SqlRunStore):
    run_id = await added(store)
    await store.close(run_id, Status.FAILED, error="late")

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(store.reopen(run_id, 1)) for _ in range(20)]

    assert [task.result() for task in tasks].count(True) == 1
    assert (await store.get(run_id)).attempt == 2


async def test_a_run_whose_question_is_open_elsewhere_is_not_opened_again(store: SqlRunStore):
    first = await store.add(asked("d1"))
    assert first
    await store.close(first.id, Status.FAILED, error="late")
    second = await store.add(asked("d2"))
    assert second

    assert not await store.reopen(first.id, 1)
    await store.close(second.id, Status.CANCELLED)
    assert await store.reopen(first.id, 1)
    assert await store.add(asked("d3")) is None


async def test_what_failed_is_at_work_again_and_what_is_done_stays_done(store: SqlRunStore):
    """For who reads the story anew, and for who goes on where they left off."""
    run_id = await added(store)
    keys = ("done", "failed", "both", "waiting", "working")
    branches = tuple(PlannedBranch(key=key, title=key) for key in keys)
    for event in (
        Planned(stage="voters", branches=branches),
        BranchStarted(branch="done"),
        BranchDone(branch="done", headline="yes"),
        BranchStarted(branch="failed"),
        BranchProgress(branch="failed", note="slow"),
        BranchFailed(branch="failed", reason="late"),
        BranchDone(branch="both", headline="yes"),
        BranchFailed(branch="both", reason="late"),
        BranchStarted(branch="working"),
    ):
        store.append(run_id, event)
    await store.close(run_id, Status.FAILED, error="late")
    seen = (await store.get(run_id)).seen

    await store.reopen(run_id, 1)

    news = await store.get(run_id, after=seen)
    assert [timed.event for timed in news.events] == [BranchStarted(branch="failed")]
    statuses = {branch.key: branch.status for branch in fold((await store.get(run_id)).events)}
    assert statuses == {
        "done": BranchStatus.DONE,
        "failed": BranchStatus.WORKING,
        "both": BranchStatus.DONE,
        "waiting": BranchStatus.WAITING,
        "working": BranchStatus.WORKING,
    }


async def test_the_publisher_has_to_show_what_was_opened_again_or_shared(
    database: Database, store: SqlRunStore
):
    outbox, heard = SqlOutbox(database), list[str]()
    failed, done = await added(store, "d1"), await added(store, "d2")
    await store.close(failed, Status.FAILED, error="late")
    await store.close(done, Status.DONE, result=VERDICT)
    for run_id in (failed, done):
        await outbox.delivered(await store.get(run_id))
    store.subscribe(heard.append)

    assert await store.reopen(failed, 1)
    assert await store.share(done, "U1")

    assert heard == [failed, done]
    assert await outbox.undelivered() == [failed, done]


async def test_a_result_is_shared_once(store: SqlRunStore):
    run_id = await added(store)

    assert not await store.share(run_id, "U1"), "there is nothing to share yet"
    await store.close(run_id, Status.DONE, result=VERDICT)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(store.share(run_id, f"U{number}")) for number in range(5)]

    assert [task.result() for task in tasks] == [True, False, False, False, False]
    assert (await store.get(run_id)).shared_by == "U0"
    assert not await store.share("nope", "U1")


async def test_the_last_rating_of_a_person_counts_and_a_reason_stays(
    database: Database, store: SqlRunStore
):
    run_id = await added(store)
    heard: list[str] = []
    store.subscribe(heard.append)

    await store.rate(run_id, "U1", Rating.UP)
    await store.rate(run_id, "U1", Rating.DOWN, reason="half a \ud83d sign")
    await store.rate(run_id, "U1", Rating.DOWN)
    await store.rate(run_id, "U2", Rating.UP)
    await store.rate("nope", "U1", Rating.UP)

    assert await ratings_of(database) == [("U1", "down", "half a ? sign"), ("U2", "up", "")]
    assert heard == []


async def test_open_runs_of_a_person_are_found_by_the_thread_they_were_asked_in(
    store: SqlRunStore,
):
    def place(thread_ts: str | None, channel: str = "D1", team: str = "T1") -> Place:
        return Place(team=team, channel=channel, thread_ts=thread_ts)

    here = [await store.add(request(f"d{n}", place=place("1.1"))) for n in range(2)]
    over = await store.add(request("over", place=place("1.1")))
    top = await store.add(request("top", place=place(None)))
    for number, changes in enumerate(
        (
            {"place": place("2.2")},
            {"place": place("1.1", "D2")},
            {"place": place("1.1", team="T2")},
            {"place": place("1.1"), "asked_by": "U2"},
        )
    ):
        await store.add(request(f"e{number}", **changes))
    assert over
    await store.close(over.id, Status.CANCELLED)

    assert await store.open_of(ANN, "D1", "1.1") == [run.id for run in here if run]
    assert await store.open_of(ANN, "D1", None) == [top.id if top else ""]
    assert await store.open_of(ANN, "D3", "1.1") == []


async def test_a_delivery_is_written_once(database: Database, store: SqlRunStore):
    for dedupe in ("d1", "d1", "d2", "d2"):
        await store.add(asked(dedupe))

    async with database.read() as session:
        keys = list(await session.scalars(select(DeliveryRow.key).order_by(DeliveryRow.key)))
    assert keys == ["d1", "d2"]


async def test_opened_again_counts_like_opened(database: Database):
    """Or who is at the bound would go on by retries."""
    store = SqlRunStore(database, of_person=1)
    first = await added(store, "d1")
    await store.close(first, Status.FAILED, error="late")
    await added(store, "d2")

    with pytest.raises(NotNow, match="1 runs open"):
        await store.reopen(first, 1)
    assert (await store.get(first)).status is Status.FAILED


async def test_ratings_are_read_with_who_gave_them_and_why(store: SqlRunStore):
    run_id = await added(store)
    await store.close(run_id, Status.DONE, result=VERDICT)
    await store.rate(run_id, "U1", Rating.DOWN, reason="no source")
    await store.rate(run_id, "U2", Rating.UP)

    found = await store.ratings(run_id)

    assert [(each.by, each.rating, each.reason) for each in found] == [
        ("U1", Rating.DOWN, "no source"),
        ("U2", Rating.UP, ""),
    ]
