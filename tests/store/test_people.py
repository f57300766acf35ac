"""The contract of `Polls`, and what people's votes change of the runs they are on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from bot.runs.desk import Did
from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Opinion, PeoplesVote, Place, Run, Status
from bot.runs.polling import Polls
from bot.store.database import Database, connect
from bot.store.outbox import SqlOutbox
from bot.store.panel import SqlLearnings
from bot.store.people import SqlPolls
from bot.store.runs import SqlRunStore
from patterns.recipes.factcheck import FactCheck, Label
from tests.results import claim_verdict, fact_check
from tests.runs.polls import MemoryPolls
from tests.store.requests import request

AGREE, DISAGREE, CANNOT_TELL = Opinion
TWO = fact_check(
    claim_verdict(Label.SUPPORTED, Label.SUPPORTED, Label.REFUTED), claim_verdict(Label.REFUTED)
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def polls(database: Database, clock: Clock) -> SqlPolls:
    return SqlPolls(database, now=clock)


async def done(store: SqlRunStore, dedupe: str = "d1", result: FactCheck = TWO) -> Run:
    run = await store.add(request(dedupe))
    assert run
    await store.admit(run.id, Audience.CHANNEL)
    assert await store.close(run.id, Status.DONE, result=result)
    return await store.get(run.id)


def counts(vote: PeoplesVote | None) -> tuple[int, ...]:
    assert vote
    assert list(vote.counts) == list(Opinion)
    return tuple(vote.counts.values())


@pytest.fixture(params=["memory", "sql"])
async def kept(
    request: pytest.FixtureRequest, store: SqlRunStore, polls: SqlPolls, clock: Clock
) -> tuple[Run, Polls]:
    run = await done(store)
    if request.param == "sql":
        return run, polls
    return run, MemoryPolls({run.id: run}, now=clock)


async def test_the_last_vote_of_a_person_counts(kept: tuple[Run, Polls]):
    run, polls = kept
    for _ in range(2):
        await polls.cast(run.id, 1, 0, "U1", AGREE)
    await polls.cast(run.id, 1, 0, "U2", CANNOT_TELL)

    voted = await polls.cast(run.id, 1, 0, "U1", DISAGREE)

    assert (voted.did, voted.claims, counts(voted.vote)) == (Did.YES, 2, (0, 1, 1))
    assert voted.vote
    assert (voted.vote.closed, voted.vote.settled) == (False, None)


async def test_each_claim_has_a_vote_of_its_own(kept: tuple[Run, Polls]):
    run, polls = kept
    await polls.cast(run.id, 1, 0, "U1", AGREE)

    assert counts((await polls.cast(run.id, 1, 1, "U1", DISAGREE)).vote) == (0, 1, 0)


async def test_it_is_over_after_seven_days_and_not_before(kept: tuple[Run, Polls], clock: Clock):
    run, polls = kept
    assert run.ended_at
    clock.now = run.ended_at + timedelta(days=7, seconds=-1)
    assert (await polls.cast(run.id, 1, 0, "U1", AGREE)).did is Did.YES

    clock.now += timedelta(seconds=1)
    late = await polls.cast(run.id, 1, 0, "U2", DISAGREE)

    assert (late.did, counts(late.vote)) == (Did.TOO_LATE, (1, 0, 0))
    assert late.vote
    assert late.vote.closes_at == run.ended_at + timedelta(days=7)


async def test_after_its_end_nothing_changes(kept: tuple[Run, Polls]):
    run, polls = kept
    for user in ("U1", "U2", "U3"):
        await polls.cast(run.id, 1, 0, user, AGREE)

    assert await polls.end(run.id, 1) is Did.YES
    late = await polls.cast(run.id, 1, 0, "U1", DISAGREE)
    assert (late.did, counts(late.vote), late.vote and late.vote.settled) == (
        Did.TOO_LATE,
        (3, 0, 0),
        AGREE,
    )
    assert await polls.end(run.id, 1) is Did.TOO_LATE


async def test_what_there_is_not_is_not_voted_on(kept: tuple[Run, Polls]):
    run, polls = kept

    with pytest.raises(NoSuchRun):
        await polls.cast(run.id, 1, 2, "U1", AGREE)
    with pytest.raises(NoSuchRun):
        await polls.cast("nope", 1, 0, "U1", AGREE)
    with pytest.raises(NoSuchRun):
        await polls.end("nope", 1)
    assert (await polls.cast(run.id, 2, 0, "U1", AGREE)).did is Did.ALREADY
    assert await polls.end(run.id, 2) is Did.ALREADY


async def test_a_run_comes_with_the_votes_on_its_claims(store: SqlRunStore, polls: SqlPolls):
    """Of those that somebody has voted on; once it is over, of all."""
    run = await done(store)
    assert run.people == ()

    await polls.cast(run.id, 1, 1, "U1", AGREE)
    [vote] = (await store.get(run.id)).people
    assert (vote.claim, vote.voters, vote.closed) == (1, 1, False)

    await polls.end(run.id, 1)
    assert [
        (vote.claim, vote.voters, vote.closed) for vote in (await store.get(run.id)).people
    ] == [
        (0, 0, True),
        (1, 1, True),
    ]


async def test_a_new_attempt_begins_a_new_vote(store: SqlRunStore, polls: SqlPolls):
    run = await done(store)
    await polls.cast(run.id, 1, 0, "U1", AGREE)
    await polls.end(run.id, 1)

    assert await store.reopen(run.id, 1)
    assert (await store.get(run.id)).people == ()
    assert (await polls.cast(run.id, 1, 0, "U1", AGREE)).did is Did.TOO_EARLY

    await store.close(run.id, Status.DONE, result=TWO)
    assert (await store.get(run.id)).people == ()
    assert (await polls.cast(run.id, 1, 0, "U1", AGREE)).did is Did.ALREADY, "the old card"
    assert (await polls.cast(run.id, 2, 0, "U1", DISAGREE)).did is Did.YES


async def test_only_a_finished_fact_check_of_slack_has_a_vote(store: SqlRunStore, polls: SqlPolls):
    nothing = await done(store, "d1", fact_check())
    failed = await store.add(request("d2"))
    console = await store.add(request("d3", place=Place(team="", channel="console")))
    assert failed
    assert console
    await store.close(failed.id, Status.FAILED, error="late")
    await store.close(console.id, Status.DONE, result=TWO)

    for run in (nothing, failed, console):
        assert (await polls.cast(run.id, 1, 0, "U1", AGREE)).did is Did.NOTHING
        assert await polls.end(run.id, 1) is Did.NOTHING


async def test_a_card_is_shown_again_where_it_shows_another_thing(
    database: Database, store: SqlRunStore, polls: SqlPolls
):
    """Not where somebody thought better of it: that is hidden."""
    run, outbox = await done(store), SqlOutbox(database)
    await outbox.delivered(run)
    heard: list[str] = []
    store.subscribe(heard.append)

    await polls.cast(run.id, 1, 0, "U1", AGREE)
    assert heard == [run.id]
    assert await outbox.undelivered() == [run.id], "the next process shows it, too"
    await outbox.delivered(await store.get(run.id))

    await polls.cast(run.id, 1, 0, "U1", DISAGREE)
    assert heard == [run.id]
    assert await outbox.undelivered() == []

    await polls.end(run.id, 1)
    assert heard == [run.id] * 2
    assert await outbox.undelivered() == [run.id]
    await outbox.delivered(await store.get(run.id))
    assert await outbox.undelivered() == []


async def test_what_was_shown_before_a_vote_is_not_all_that_there_is_to_show(
    database: Database, store: SqlRunStore, polls: SqlPolls
):
    run, outbox = await done(store), SqlOutbox(database)
    await polls.cast(run.id, 1, 0, "U1", AGREE)
    voted = await store.get(run.id)
    await outbox.delivered(run)
    assert await outbox.undelivered() == [run.id]

    await polls.end(run.id, 1)
    await outbox.delivered(voted)
    assert await outbox.undelivered() == [run.id]


async def test_what_is_due_is_counted_and_nothing_else(
    database: Database, store: SqlRunStore, polls: SqlPolls, clock: Clock
):
    old = await done(store, "d1")
    assert old.ended_at
    clock.now = old.ended_at + timedelta(days=7)
    young = await done(store, "d2")

    assert await polls.end_due() == 1
    assert await polls.end_due() == 0
    assert [vote.closed for vote in (await store.get(old.id)).people] == [True, True]
    assert (await polls.cast(young.id, 1, 0, "U1", AGREE)).did is Did.YES


async def on_its_own(database: Database, statement: str) -> None:
    def work(connection: Connection) -> bool:
        connection.execute(text(statement))
        return True

    await database.writer.write(work)


async def test_one_vote_that_cannot_be_ended_keeps_no_other_open(
    database: Database,
    store: SqlRunStore,
    polls: SqlPolls,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
):
    broken, whole = await done(store, "d1"), await done(store, "d2")
    await on_its_own(
        database,
        f"CREATE TRIGGER broken BEFORE UPDATE ON polls WHEN new.run_id = '{broken.id}' "
        "BEGIN SELECT raise(ABORT, 'broken'); END",
    )
    clock.now += timedelta(days=8)

    assert await polls.end_due() == 1

    assert [vote.closed for vote in (await store.get(whole.id)).people] == [True, True]
    assert f"the vote on run {broken.id} is not ended" in caplog.text


async def test_an_opinion_that_another_version_knows_is_not_counted(
    database: Database, store: SqlRunStore, polls: SqlPolls, caplog: pytest.LogCaptureFixture
):
    run = await done(store)
    for user in ("U1", "U2"):
        await polls.cast(run.id, 1, 0, user, AGREE)
    await on_its_own(database, "UPDATE opinions SET opinion = 'partly' WHERE user = 'U1'")

    [vote] = (await store.get(run.id)).people
    assert counts(vote) == (1, 0, 0)
    assert "'partly'" in caplog.text
    assert await polls.end(run.id, 1) is Did.YES

    renamed = "UPDATE polls SET counts = replace(counts, 'cannot_tell', 'partly')"
    await on_its_own(database, renamed)
    assert [counts(vote) for vote in (await store.get(run.id)).people] == [(1, 0, 0), (0, 0, 0)]


async def test_what_people_settled_is_kept_to_learn_from(
    database: Database, store: SqlRunStore, polls: SqlPolls
):
    """The panel's own word stays as it was."""
    run = await done(store)
    for user in ("U1", "U2", "U3"):
        await polls.cast(run.id, 1, 0, user, DISAGREE)
        await polls.cast(run.id, 1, 1, user, AGREE)
    await polls.end(run.id, 1)

    first, second = await SqlLearnings(database).rated("T1")

    assert [(vote.seat, vote.choice, vote.confidence) for vote in first.votes] == [
        ("Seat 1", "supported", 0.5),
        ("Seat 2", "supported", 0.5),
        ("Seat 3", "refuted", 0.5),
    ]
    assert (first.named, first.truth, first.seats) == ("supported", "refuted", 3)
    assert (second.named, second.truth) == ("refuted", "supported")
    assert (await store.get(run.id)).result == run.result


async def test_what_people_settled_twice_is_learned_once(
    database: Database, store: SqlRunStore, polls: SqlPolls
):
    run = await done(store)
    for attempt, opinion in ((1, AGREE), (2, DISAGREE)):
        for user in ("U1", "U2", "U3"):
            await polls.cast(run.id, attempt, 0, user, opinion)
        assert await polls.end(run.id, attempt) is Did.YES
        if attempt == 1:
            await store.reopen(run.id, 1)
            await store.close(run.id, Status.DONE, result=TWO)

    assert [claim.truth for claim in await SqlLearnings(database).rated("T1")] == ["refuted"]


async def test_what_people_settled_of_a_result_goes_with_it_when_the_run_is_opened_again(
    database: Database, store: SqlRunStore, polls: SqlPolls
):
    run, other = await done(store), await done(store, "d2")
    for each in (run, other):
        for user in ("U1", "U2", "U3"):
            await polls.cast(each.id, 1, 0, user, DISAGREE)
        await polls.end(each.id, 1)
    assert len(await SqlLearnings(database).rated("T1")) == 2

    assert await store.reopen(run.id, 1)

    assert len(await SqlLearnings(database).rated("T1")) == 1


async def test_a_vote_and_its_end_are_there_in_the_next_process(database_url: str):
    async with connect(database_url) as database:
        run = await done(SqlRunStore(database))
        await SqlPolls(database).cast(run.id, 1, 0, "U1", AGREE)

    async with connect(database_url) as database:
        assert run.ended_at
        later = run.ended_at + timedelta(days=8)
        assert await SqlPolls(database, now=lambda: later).end_due() == 1
        first, _ = (await SqlRunStore(database).get(run.id)).people
        assert (counts(first), first.closed) == ((1, 0, 0), True)
