"""What people can do with a run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.runs.desk import PAUSED, Desk, Did, can_retry
from bot.runs.errors import NoSuchRun, NotNow
from bot.runs.lookup import NoRights
from bot.runs.model import Actor, Audience, Place, Rating, Run, RunRequest, Status
from bot.runs.workspace import AsDelivered, Preference
from bot.store.runs import SqlRunStore
from patterns.events import BranchDone, BranchFailed, BranchStarted, Planned, PlannedBranch
from tests.results import checked
from tests.runs.fakes import FakeEngine, request
from tests.runs.memory import MemoryStore

ANN, BEN = Actor(user="U1", team="T1"), Actor(user="U2", team="T1")
VERDICT = checked(claim="the moon is cheese", seats=5)


@dataclass(frozen=True)
class Admins(NoRights):
    """Those *users* are."""

    users: frozenset[str]

    async def is_admin(self, actor: Actor, /) -> bool:
        return actor.user in self.users


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def desk(store: SqlRunStore, engine: FakeEngine) -> Desk:
    return Desk(store, engine, rights=Admins(frozenset({"U2"})))


async def submitted(desk: Desk, asked: RunRequest | None = None) -> Run:
    done = await desk.submit(asked or request())
    assert done.new
    return done.run


async def done(desk: Desk, store: SqlRunStore, audience: Audience = Audience.CHANNEL) -> Run:
    run = await submitted(desk)
    await store.admit(run.id, audience)
    await store.close(run.id, Status.DONE, result=VERDICT)
    return await store.get(run.id)


async def failed(desk: Desk, store: SqlRunStore) -> Run:
    run = await submitted(desk)
    await store.close(run.id, Status.FAILED, error="late")
    return run


async def test_a_run_is_written_down_then_started(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    run = await submitted(desk)

    assert engine.started == [run.id]
    assert (await store.get(run.id)).status is Status.OPEN


async def test_a_delivery_seen_before_starts_nothing(desk: Desk, engine: FakeEngine):
    run = await submitted(desk)

    again = await desk.submit(request())

    assert (again.run.id, again.new) == (run.id, False)
    assert engine.started == [run.id]


async def test_the_same_question_starts_nothing_while_it_is_open(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    run = await submitted(desk, request("d1", question="q"))

    while_open = await desk.submit(request("d2", question="q"))
    await store.close(run.id, Status.DONE, result=VERDICT)
    afterwards = await desk.submit(request("d3", question="q"))

    assert (while_open.run.id, while_open.new) == (run.id, False)
    assert afterwards.new
    assert engine.started == [run.id, afterwards.run.id]


async def test_a_question_that_ends_while_it_is_asked_again_is_asked_anew(engine: FakeEngine):
    class Ending(MemoryStore):
        """The run with the same question ends between two looks."""

        async def add(self, request: RunRequest, /) -> Run | None:
            run = await super().add(request)
            if run is None:
                await self.close("run-0", Status.DONE)
            return run

    desk = Desk(Ending(), engine)
    first = await submitted(desk, request("d1", question="q"))

    second = await submitted(desk, request("d2", question="q"))

    assert engine.started == [first.id, second.id]


async def test_a_paused_workspace_starts_nothing(store: SqlRunStore, engine: FakeEngine):
    class Paused(AsDelivered):
        async def of(self, team: str, /) -> Preference:
            return Preference(paused=team == "T1")

    desk = Desk(store, engine, preferences=Paused())

    with pytest.raises(NotNow, match=PAUSED):
        await desk.submit(request())
    elsewhere = await desk.submit(request(place=Place(team="T2", channel="C1")))

    assert engine.started == [elsewhere.run.id]


async def test_a_paused_workspace_opens_nothing_again(store: SqlRunStore, engine: FakeEngine):
    class Paused(AsDelivered):
        async def of(self, team: str, /) -> Preference:
            return Preference(paused=True)

    run = await submitted(Desk(store, engine), request())
    await store.close(run.id, Status.FAILED, error="late")

    with pytest.raises(NotNow, match=PAUSED):
        await Desk(store, engine, preferences=Paused()).retry(run.id, 1, by=ANN)
    assert (await store.get(run.id)).status is Status.FAILED


async def test_who_asked_may_cancel(desk: Desk, store: SqlRunStore, engine: FakeEngine):
    run = await submitted(desk)

    assert await desk.cancel(run.id, by=ANN) is Did.YES
    assert (await store.get(run.id)).status is Status.CANCELLED
    assert engine.cancelled == [run.id]


async def test_the_outcome_is_written_before_the_run_is_stopped(store: SqlRunStore):
    """Or a run that is stopped by a crash in between would be resumed."""
    seen: list[Status] = []

    class Watching(FakeEngine):
        async def cancel(self, run_id: str, /) -> None:
            seen.append((await store.get(run_id)).status)

    desk = Desk(store, Watching())
    first, second = await submitted(desk), await submitted(desk, request("d2"))

    await desk.cancel(first.id, by=ANN)
    await desk.abandon(second.id, "The channel is gone.")

    assert seen == [Status.CANCELLED, Status.FAILED]


async def test_a_run_that_is_over_cannot_be_cancelled(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    run = await submitted(desk)
    await desk.cancel(run.id, by=ANN)
    other = await submitted(desk, request("d2"))
    await store.close(other.id, Status.DONE, result=VERDICT)

    assert await desk.cancel(run.id, by=ANN) is Did.ALREADY
    assert await desk.cancel(other.id, by=ANN) is Did.TOO_LATE
    assert engine.cancelled == [run.id]


Act = Callable[[Desk, str, Actor], Awaitable[object]]
ADMINS_TOO: dict[str, Act] = {
    "cancel": lambda desk, run_id, by: desk.cancel(run_id, by=by, as_admin=True),
    "retry": lambda desk, run_id, by: desk.retry(run_id, 1, by=by, as_admin=True),
    "rerun": lambda desk, run_id, by: desk.rerun(run_id, by=by, dedupe="d9", as_admin=True),
}
NOT_AS_ADMIN: dict[str, Act] = {
    "cancel": lambda desk, run_id, by: desk.cancel(run_id, by=by),
    "retry": lambda desk, run_id, by: desk.retry(run_id, 1, by=by),
    "rerun": lambda desk, run_id, by: desk.rerun(run_id, by=by, dedupe="d9"),
    "share": lambda desk, run_id, by: desk.share(run_id, by=by),
}
ALL: dict[str, Act] = NOT_AS_ADMIN | {
    "rate": lambda desk, run_id, by: desk.rate(run_id, Rating.UP, by=by)
}


@pytest.mark.parametrize("act", NOT_AS_ADMIN.values(), ids=NOT_AS_ADMIN)
async def test_somebody_else_may_not(desk: Desk, store: SqlRunStore, engine: FakeEngine, act: Act):
    """Not even an admin, before it was asked whether they are one."""
    run = await submitted(desk)

    assert await act(desk, run.id, BEN) is Did.NOT_YOURS
    assert await store.get(run.id) == run
    assert engine.cancelled == []


@pytest.mark.parametrize("act", ADMINS_TOO.values(), ids=ADMINS_TOO)
async def test_an_admin_may_and_whoever_says_so_may_not(desk: Desk, act: Act):
    run = await submitted(desk)

    assert await act(desk, run.id, Actor(user="U3", team="T1")) is Did.NOT_YOURS
    assert await act(desk, run.id, BEN) in {Did.YES, Did.TOO_EARLY}


@pytest.mark.parametrize("act", ALL.values(), ids=ALL)
async def test_a_run_of_another_workspace_is_no_such_run(desk: Desk, store: SqlRunStore, act: Act):
    """The same sentence as for one that never was, even for the same user id."""
    run = await submitted(desk)

    with pytest.raises(NoSuchRun) as other:
        await act(desk, run.id, Actor(user="U1", team="T2"))
    with pytest.raises(NoSuchRun) as never:
        await act(desk, "nope", ANN)

    assert str(other.value) == str(never.value)
    assert await store.get(run.id) == run


@pytest.mark.parametrize("act", ALL.values(), ids=ALL)
async def test_with_a_run_of_which_nothing_is_left_nothing_can_be_done(
    desk: Desk, store: SqlRunStore, act: Act
):
    """Asked again, it would be an empty question."""
    run = await submitted(desk, request(text=""))
    await store.close(run.id, Status.FAILED, error="late")

    with pytest.raises(NoSuchRun):
        await act(desk, run.id, ANN)


async def test_native_stop_cancels_what_this_person_asked_for_in_this_thread(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    here = Place(team="T1", channel="D1", thread_ts="1.1")
    there = here.model_copy(update={"thread_ts": "2.2"})
    first, second = [await submitted(desk, request(dedupe, place=here)) for dedupe in ("d1", "d2")]
    await submitted(desk, request("d3", place=there))
    await submitted(desk, request("d4", place=here, asked_by="U2"))

    assert await desk.stop(here, by=ANN) == 2
    assert await desk.stop(here, by=ANN) == 0
    assert engine.cancelled == [first.id, second.id]


async def test_a_failed_run_is_opened_again_once(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    """However often it is clicked: each click names the attempt that it saw."""
    run = await failed(desk, store)

    assert await desk.retry(run.id, 1, by=ANN) is Did.YES
    assert await desk.retry(run.id, 1, by=ANN) is Did.ALREADY
    assert await desk.retry(run.id, 2, by=ANN) is Did.TOO_EARLY
    assert engine.started == [run.id, run.id]
    assert (await store.get(run.id)).attempt == 2


async def test_of_two_who_retry_at_once_one_was_quicker(engine: FakeEngine):
    class Quicker(MemoryStore):
        async def reopen(self, run_id: str, attempt: int, /) -> bool:
            await super().reopen(run_id, attempt)
            return False

    store = Quicker()
    desk = Desk(store, engine)
    run = await submitted(desk)
    await store.close(run.id, Status.FAILED, error="late")

    assert await desk.retry(run.id, 1, by=ANN) is Did.ALREADY
    assert engine.started == [run.id]


async def test_where_nothing_failed_there_is_nothing_to_retry(desk: Desk, store: SqlRunStore):
    run = await done(desk, store)

    assert await desk.retry(run.id, 1, by=ANN) is Did.NOTHING


async def test_a_result_with_a_gap_can_be_retried(desk: Desk, store: SqlRunStore):
    run = await submitted(desk)
    branches = tuple(PlannedBranch(key=key, title=key) for key in ("v1", "v2"))
    store.append(run.id, Planned(stage="voters", branches=branches))
    store.append(run.id, BranchDone(branch="v1", headline="supported"))
    store.append(run.id, BranchFailed(branch="v2", reason="late"))
    await store.close(run.id, Status.DONE, result=VERDICT)
    assert can_retry(await store.get(run.id))

    assert await desk.retry(run.id, 1, by=ANN) is Did.YES

    store.append(run.id, BranchStarted(branch="v2"))
    store.append(run.id, BranchDone(branch="v2", headline="supported"))
    await store.close(run.id, Status.DONE, result=VERDICT)
    assert not can_retry(await store.get(run.id))


async def test_once_more_is_a_new_run_of_who_clicked_with_new_answers(
    desk: Desk, store: SqlRunStore
):
    run = await submitted(desk, request(question="q", private=True))
    assert await desk.rerun(run.id, by=ANN, dedupe="click") is Did.TOO_EARLY
    await store.close(run.id, Status.DONE, result=VERDICT)

    again = await desk.rerun(run.id, by=BEN, dedupe="click", as_admin=True)
    clicked_twice = await desk.rerun(run.id, by=BEN, dedupe="click 2", as_admin=True)

    assert not isinstance(again, Did)
    assert not isinstance(clicked_twice, Did)
    question = again.run.request.question
    assert question not in {"", "q"}
    assert again.run.request == request("click", question=question, private=True).model_copy(
        update={"asked_by": "U2", "fresh": True}
    )
    assert (again.new, clicked_twice.new) == (True, False)
    assert again.run.id == clicked_twice.run.id != run.id


async def test_a_private_result_is_shared_once_by_who_asked(desk: Desk, store: SqlRunStore):
    run = await done(desk, store, Audience.REQUESTER)

    assert await desk.share(run.id, by=BEN) is Did.NOT_YOURS
    assert await desk.share(run.id, by=ANN) is Did.YES
    assert await desk.share(run.id, by=ANN) is Did.ALREADY
    assert (await store.get(run.id)).shared_by == "U1"


async def test_there_is_nothing_to_share_before_the_end_or_of_what_all_see(
    desk: Desk, store: SqlRunStore
):
    open_run = await submitted(desk, request("other"))
    public = await done(desk, store)

    assert await desk.share(open_run.id, by=ANN) is Did.TOO_EARLY
    assert await desk.share(public.id, by=ANN) is Did.NOTHING


async def test_whoever_sees_a_result_may_rate_it(engine: FakeEngine):
    store = MemoryStore()
    desk = Desk(store, engine)
    run = await submitted(desk)
    assert await desk.rate(run.id, Rating.UP, by=BEN) is Did.TOO_EARLY
    await store.close(run.id, Status.DONE, result=VERDICT)

    assert await desk.rate(run.id, Rating.UP, by=BEN) is Did.YES
    assert await desk.rate(run.id, Rating.DOWN, by=BEN, reason="old") is Did.YES
    assert await desk.rate(run.id, Rating.DOWN, by=BEN) is Did.YES

    assert store.ratings == {(run.id, "U2"): (Rating.DOWN, "old")}


async def test_a_private_result_is_rated_by_who_asked_until_it_is_shared(
    desk: Desk, store: SqlRunStore
):
    run = await done(desk, store, Audience.REQUESTER)

    assert await desk.rate(run.id, Rating.UP, by=BEN) is Did.NOT_YOURS
    assert await desk.rate(run.id, Rating.UP, by=ANN) is Did.YES
    await desk.share(run.id, by=ANN)
    assert await desk.rate(run.id, Rating.UP, by=BEN) is Did.YES


async def test_an_abandoned_run_ends_with_a_sentence(
    desk: Desk, store: SqlRunStore, engine: FakeEngine
):
    run = await submitted(desk)

    await desk.abandon(run.id, "The channel is gone.")
    await desk.abandon(run.id, "Gone again.")

    now = await store.get(run.id)
    assert (now.status, now.error) == (Status.FAILED, "The channel is gone.")
    assert engine.cancelled == [run.id]
