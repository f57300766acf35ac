"""The contract of a `RunStore`. Another implementation is another parameter."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Files, OneMessage, Place, Status, Thread, Window
from bot.runs.storage import RunStore
from bot.store.database import Database
from bot.store.runs import SqlRunStore
from bot.store.tables import EventRow, RunRow
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Event,
    Planned,
    PlannedBranch,
)
from patterns.recipes.brainstorm import IdeaList
from patterns.recipes.summarize import Summary, Told, Unread
from patterns.usage import Usage
from tests.store.requests import VERDICT, added, answer, request

EVENTS: tuple[Event, ...] = (
    Planned(stage="voters", branches=(PlannedBranch(key="v1", title="Skeptic"),)),
    BranchStarted(branch="v1"),
    BranchProgress(branch="v1", note="waiting"),
    BranchDone(branch="v1", headline="refuted", lines=("because\0", "“it” <is>")),
    BranchFailed(branch="v2", reason="late"),
)


@pytest.fixture(params=["sql"])
def runs(request: pytest.FixtureRequest, store: SqlRunStore) -> RunStore:
    return store


async def test_a_run_comes_back_as_it_was_asked_for(runs: RunStore):
    before = datetime.now(UTC)

    run = await runs.add(request())

    assert run
    assert run == await runs.get(run.id)
    assert (run.request, run.status, run.audience) == (request(), Status.OPEN, None)
    assert before <= run.created_at <= datetime.now(UTC)
    assert run.created_at.utcoffset() == timedelta(0)


async def test_the_story_of_a_run_is_read_in_pieces_where_it_left_off(runs: RunStore):
    run, other = await added(runs), await added(runs, "other")
    for event in EVENTS:
        runs.append(run, event)
        runs.append(other, event)
    await runs.close(run, Status.FAILED, error="no")

    head = await runs.get(run, most=0)
    first = await runs.get(run, most=2)
    rest = await runs.get(run, after=first.seen)
    again = await runs.get(run, after=rest.seen)

    assert (head.status, head.events, head.seen) == (Status.FAILED, (), 0)
    assert [timed.event for timed in first.events] == list(EVENTS[:2])
    assert first.events + rest.events == (await runs.get(run)).events
    assert rest.seen == (await runs.get(run)).seen
    assert (again.events, again.seen, again.status) == ((), rest.seen, Status.FAILED)


@pytest.mark.parametrize(
    "source",
    [
        Window(channel="C2", oldest="1.2", limit=200),
        Thread(channel="C2", ts="1.2"),
        OneMessage(channel="C2", ts="1.3", thread_ts="1.2"),
        Files(paths=("a.txt", "b.txt")),
        None,
    ],
)
async def test_every_source_is_kept(runs: RunStore, source: object):
    run = await runs.add(request(source=source))

    assert run
    assert (await runs.get(run.id)).request.source == source


async def test_the_same_delivery_is_one_run(runs: RunStore):
    first, second = await runs.add(request()), await runs.add(request())

    assert first
    assert second is None
    assert [run.id for run in await runs.recent(9)] == [first.id]


async def test_of_the_same_delivery_many_times_at_once_one_becomes_a_run(runs: RunStore):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(runs.add(request())) for _ in range(20)]

    assert len([task for task in tasks if task.result()]) == 1
    assert len(await runs.recent(99)) == 1


async def test_a_run_nobody_asked_for_is_no_such_run(runs: RunStore):
    with pytest.raises(NoSuchRun):
        await runs.get("nope")


async def test_recent_runs_are_the_newest_first_without_their_events(runs: RunStore):
    ids = [await added(runs, f"d{n}") for n in range(4)]
    runs.append(ids[3], EVENTS[0])
    await runs.remember(ids[3], answer("v1"))
    await runs.remember(ids[2], answer("v1", model="other"))

    recent = await runs.recent(3)

    assert [run.id for run in recent] == [ids[3], ids[2], ids[1]]
    assert [run.models for run in recent] == [("scripted",), ("other",), ()]
    assert [run.usage.calls for run in recent] == [1, 1, 0]
    assert all(run.events == () for run in recent)


async def test_who_may_see_it_is_kept(runs: RunStore):
    run_id = await added(runs)

    await runs.admit(run_id, Audience.REQUESTER)

    assert (await runs.get(run_id)).audience is Audience.REQUESTER


async def test_every_kind_of_event_comes_back_in_the_order_told(runs: RunStore):
    run_id = await added(runs)
    for event in EVENTS:
        runs.append(run_id, event)
    await runs.admit(run_id, Audience.CHANNEL)

    run = await runs.get(run_id)

    assert tuple(timed.event for timed in run.events) == EVENTS
    times = [timed.at for timed in run.events]
    assert times == sorted(times)


async def test_events_stand_before_the_close_that_came_after_them(runs: RunStore):
    """Whoever sees the outcome sees the whole story."""
    run_id = await added(runs)
    for number in range(200):
        runs.append(run_id, BranchProgress(branch="v1", note=str(number)))

    await runs.close(run_id, Status.DONE, result=VERDICT)

    run = await runs.get(run_id)
    notes = [timed.event.note for timed in run.events if isinstance(timed.event, BranchProgress)]
    assert notes == [str(number) for number in range(200)]
    assert run.ended_at
    assert run.ended_at >= run.events[-1].at


@pytest.mark.parametrize(
    "result",
    [
        VERDICT,
        Summary(
            overview=(Told(text="talk"),),
            points=(),
            read=3,
            messages=4,
            threads=1,
            unread=(Unread(part="a", link="b", reason="c"),),
        ),
        IdeaList(problem="p", ideas=(), picks={"safe": 1}, common="c"),
    ],
)
async def test_every_kind_of_result_comes_back(runs: RunStore, result: object):
    run_id = await added(runs)

    assert await runs.close(run_id, Status.DONE, result=result)  # type: ignore[arg-type]

    run = await runs.get(run_id)
    assert (run.status, run.result, run.error) == (Status.DONE, result, None)


async def test_the_first_outcome_stays(runs: RunStore):
    run_id = await added(runs)

    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(runs.close(run_id, Status.CANCELLED))
        done = group.create_task(runs.close(run_id, Status.DONE, result=VERDICT))

    assert (cancelled.result(), done.result()) == (True, False)
    assert not await runs.close(run_id, Status.FAILED, error="late")
    run = await runs.get(run_id)
    assert (run.status, run.result, run.error) == (Status.CANCELLED, None, None)


async def test_an_unknown_run_has_no_outcome(runs: RunStore):
    assert not await runs.close("nope", Status.DONE)


async def test_an_error_is_kept_even_with_signs_that_no_database_takes(runs: RunStore):
    run_id = await added(runs)

    await runs.close(run_id, Status.FAILED, error="half a \ud83d sign\0")

    assert (await runs.get(run_id)).error == "half a ? sign"


async def test_answers_come_back_by_their_key(runs: RunStore):
    first, second = await added(runs, "d1"), await added(runs, "d2")
    await runs.remember(first, answer("v1"))
    await runs.remember(first, answer("v2", model="other"))
    await runs.remember(second, answer("v1", body='{"a": 1}'))

    assert await runs.answers(first) == {"v1": "f", "v2": "f"}
    assert await runs.answer(first, "v2") == answer("v2", model="other")
    assert (await runs.answer(second, "v1")).body == '{"a": 1}'
    assert await runs.answers("nope") == {}


async def test_usage_is_the_sum_and_models_are_named_once(runs: RunStore):
    run_id = await added(runs)
    for key, model in (("v1", "b"), ("v2", "a"), ("v3", "b")):
        await runs.remember(run_id, answer(key, model=model))

    run = await runs.get(run_id)

    assert run.usage == Usage(calls=3, input_tokens=30, output_tokens=6)
    assert run.models == ("b", "a")


async def test_an_answer_to_a_changed_question_replaces_the_first_and_both_are_counted(
    runs: RunStore,
):
    run_id = await added(runs)
    await runs.remember(run_id, answer("v1"))

    await runs.remember(run_id, answer("v1", fingerprint="g", body="[]"))

    known = await runs.answer(run_id, "v1")
    assert (known.fingerprint, known.body) == ("g", "[]")
    assert (await runs.get(run_id)).usage.calls == 2


async def test_open_runs_of_slack_are_found_and_those_of_the_console_are_not(store: SqlRunStore):
    """A console run ends with its console."""
    ids = [await added(store, f"d{n}") for n in range(3)]
    await store.add(request("d9", place=Place(team="", channel="console")))
    await store.close(ids[1], Status.CANCELLED)

    assert await store.open_ids() == [ids[0], ids[2]]


async def test_events_and_results_of_a_newer_version_are_left_out(
    database: Database, store: SqlRunStore, caplog: pytest.LogCaptureFixture
):
    """After a step back to an older version its runs can still be looked at."""
    run_id = await added(store)
    store.append(run_id, EVENTS[1])
    await store.close(run_id, Status.DONE, result=VERDICT)
    event = {
        "run_id": run_id,
        "branch": None,
        "kind": "sung",
        "body": '{"kind": "sung", "song": "la"}',
        "at": datetime.now(UTC),
    }
    future = update(RunRow).where(RunRow.id == run_id).values(result='{"kind": "poem"}')
    await database.writer.insert(insert(EventRow), event, touches=run_id)
    await database.writer.write(lambda connection: connection.execute(future).rowcount > 0)

    with caplog.at_level(logging.WARNING):
        run = await store.get(run_id)

    assert [timed.event for timed in run.events] == [EVENTS[1]]
    assert (run.status, run.result) == (Status.DONE, None)
    assert run.error
    assert "unknown to this version" in caplog.text
    assert [run.id for run in await store.recent(9)] == [run_id]


async def test_a_thousand_answers_at_once_are_all_there(store: SqlRunStore):
    run_id = await added(store)
    async with asyncio.TaskGroup() as group:
        for number in range(1000):
            store.append(run_id, BranchStarted(branch=f"v{number}"))
            group.create_task(store.remember(run_id, answer(f"v{number}")))

    run = await store.get(run_id)
    assert (run.usage.calls, len(run.events)) == (1000, 1000)
