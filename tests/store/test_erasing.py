"""What is erased is gone from the disk, what is counted stays, and others keep theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, func, select, text, update

from bot.runs.errors import NoSuchRun
from bot.runs.model import Audience, Opinion, Place, Rating, Run, Status, Window
from bot.runs.storage import Posted
from bot.runs.workspace import Installation, Preference
from bot.store.bookmarks import SqlBookmarks, SqlPages
from bot.store.columns import Base
from bot.store.database import Database
from bot.store.erasing import SqlEraser
from bot.store.history import SqlHistory
from bot.store.installations import SqlInstallations
from bot.store.ledger import day_of, month_of
from bot.store.outbox import SqlOutbox
from bot.store.panel import SqlLearnings
from bot.store.people import SqlPolls
from bot.store.preferences import SqlPreferences
from bot.store.runs import SqlRunStore
from bot.store.spending import By, Spending
from bot.store.tables import OpinionRow, PollRow, RunRow
from bot.store.vault import Vault
from patterns.events import BranchDone, Planned, PlannedBranch
from patterns.recipes.factcheck import Label
from tests.results import checked
from tests.store.requests import answer, request

CANARY = "canary"
NOW = datetime.now(UTC)
KEEP = 30


async def run_in(
    store: SqlRunStore,
    dedupe: str,
    *,
    team: str = "T1",
    enterprise: str = "",
    user: str = "U1",
    status: Status = Status.DONE,
) -> Run:
    """With a canary wherever something of people or models is kept."""
    asked = request(
        dedupe,
        text=f"{CANARY} asked {'x' * 5_000}",
        source=Window(channel=f"C{CANARY}"),
        question=f"{CANARY} {dedupe}",
        asked_by=user,
        place=Place(team=team, channel="C1", enterprise=enterprise),
    )
    run = await store.add(asked)
    assert run
    await store.admit(run.id, Audience.CHANNEL, model="scripted")
    branch = PlannedBranch(key="v1", title=f"{CANARY} title")
    store.append(run.id, Planned(stage="voters", branches=(branch,)))
    store.append(run.id, BranchDone(branch="v1", headline=CANARY, lines=(CANARY * 2_000,)))
    kept = answer("v1", body=f'"{CANARY * 3_000}"', fingerprint=CANARY, scope=CANARY)
    await store.remember(run.id, kept)
    if status is not Status.OPEN:
        result = checked(Label.SUPPORTED, claim=CANARY * 1_000)
        await store.close(run.id, status, result=result, error=f"{CANARY} error")
        await store.rate(run.id, user, Rating.DOWN, reason=f"{CANARY} reason")
    return run


async def grow_old(database: Database, run: Run, days: float) -> None:
    statement = update(RunRow).where(RunRow.id == run.id)
    values = {"ended_at": NOW - timedelta(days=days)}

    def work(connection: Connection) -> bool:
        connection.execute(statement.values(values))
        return True

    await database.writer.write(work)


async def counts(database: Database) -> dict[str, int]:
    """Rows of each table that has some."""
    found: dict[str, int] = {}
    async with database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = await session.scalar(select(func.count()).select_from(table))
            if rows:
                found[table.name] = rows
    return found


def on_disk(folder: Path) -> bytes:
    return b"".join((folder / f"quorum.db{end}").read_bytes() for end in ("", "-wal"))


async def test_a_workspace_that_leaves_leaves_nothing(
    database: Database, store: SqlRunStore, tmp_path: Path
):
    vault = Vault(SecretStr("A" * 43 + "="))
    installations, preferences = SqlInstallations(database, vault), SqlPreferences(database)
    await installations.put(Installation(team="T1", bot_user=CANARY, token=SecretStr("xoxb-1")))
    await preferences.choose("T1", Preference(paused=True))
    runs = [await run_in(store, f"d{number}") for number in range(3)]
    await SqlOutbox(database).put(
        runs[0].id, Posted(slot="card", channel=CANARY, ts="1.1", digest="d")
    )
    assert CANARY.encode() in on_disk(tmp_path)

    cancelled = await SqlEraser(database, preferences=preferences).workspace("T1")

    assert cancelled == []
    assert await counts(database) == {}
    assert CANARY.encode() not in on_disk(tmp_path)
    assert await preferences.of("T1") == Preference()


async def test_twice_and_for_nobody_is_fine(database: Database, store: SqlRunStore):
    await run_in(store, "d1")
    eraser = SqlEraser(database)

    for _ in range(2):
        assert await eraser.workspace("T1", "E1") == []
    assert await eraser.workspace("T9") == []

    assert await counts(database) == {}


async def test_the_console_is_no_workspace(database: Database, store: SqlRunStore):
    await run_in(store, "d1", team="")
    before = await counts(database)

    with pytest.raises(ValueError, match="console"):
        await SqlEraser(database).workspace("")

    assert await counts(database) == before


async def test_open_runs_end_before_they_go(database: Database, store: SqlRunStore):
    """Who carries them out and who shows them hear of it while there is something to look at."""
    runs = [await run_in(store, f"d{number}", status=Status.OPEN) for number in range(3)]
    other = await run_in(store, "d9", team="T2", status=Status.OPEN)
    heard: list[str] = []
    stopped: list[tuple[str, Status]] = []

    async def stop(run_id: str) -> None:
        stopped.append((run_id, (await store.get(run_id)).status))

    store.subscribe(heard.append)
    cancelled = await SqlEraser(database, stop=stop).workspace("T1")

    assert sorted(cancelled) == sorted(run.id for run in runs)
    assert sorted(heard) == sorted(cancelled)
    assert stopped == [(run_id, Status.CANCELLED) for run_id in cancelled]
    with pytest.raises(NoSuchRun):
        await store.get(runs[0].id)
    assert (await store.get(other.id)).status is Status.OPEN


async def test_a_workspace_leaves_its_organisation_alone_and_an_organisation_takes_all(
    database: Database, store: SqlRunStore
):
    installations = SqlInstallations(database, Vault(SecretStr("A" * 43 + "=")))
    for team, enterprise in (("", "E1"), ("T1", "E1"), ("T3", "")):
        await installations.put(
            Installation(team=team, enterprise=enterprise, token=SecretStr("xoxb-1"))
        )
    for number, (team, enterprise) in enumerate((("T1", "E1"), ("T2", "E1"), ("T3", ""))):
        await run_in(store, f"d{number}", team=team, enterprise=enterprise)
        await SqlPreferences(database).choose(team, Preference(paused=True))
    eraser = SqlEraser(database)

    await eraser.workspace("T1", "E1")
    assert [run.request.place.team for run in await store.recent(9)] == ["T3", "T2"]
    assert await installations.find("T2", "E1"), "the organisation's"

    await eraser.workspace("", "E1")
    assert [run.request.place.team for run in await store.recent(9)] == ["T3"]
    assert await installations.find("T2", "E1") is None
    assert await installations.find("T3")
    preferences = SqlPreferences(database)
    assert [(await preferences.of(f"T{n}")).paused for n in (1, 2, 3)] == [False, False, True]


async def test_others_write_while_a_large_workspace_goes(database: Database, store: SqlRunStore):
    """Its rows go in portions: between them whoever has something to write has their turn."""
    other = await run_in(store, "other", team="T2")
    for number in range(100):
        await store.add(request(f"d{number}"))
    left: list[int] = []

    async def others() -> None:
        while left[-1:] != [0]:
            await store.admit(other.id, Audience.CHANNEL)
            left.append(len(await SqlHistory(database).latest("T1", limit=200)))

    async with asyncio.TaskGroup() as group:
        group.create_task(others())
        group.create_task(SqlEraser(database).workspace("T1"))

    assert {rows for rows in left if 0 < rows < 100}, "seen from the middle of it"


@asynccontextmanager
async def the_same_sums(database: Database) -> AsyncIterator[None]:
    spending, (day, month) = Spending(database), (day_of(NOW), month_of(NOW))
    by = [(day, (By.PERSON, By.WORKSPACE)), (month, (By.RECIPE, By.MODEL))]
    before = [await spending.between(*time, *columns) for time, columns in by]
    assert all(before)
    yield
    assert [await spending.between(*time, *columns) for time, columns in by] == before


async def test_what_a_person_asked_for_goes_and_what_it_cost_stays(
    database: Database, store: SqlRunStore, tmp_path: Path
):
    mine = await run_in(store, "d1")
    still_open = await run_in(store, "d2", status=Status.OPEN)
    theirs = await run_in(store, "d3", user="U2")
    elsewhere = await run_in(store, "d4", team="T2")
    await store.rate(theirs.id, "U1", Rating.DOWN, reason="because I say so")

    async with the_same_sums(database):
        assert await SqlEraser(database).person("T1", "U1") == 2

    for run in (mine, still_open):
        erased = await store.get(run.id)
        assert erased.erased
        assert (erased.request.text, erased.request.source) == ("", None)
        assert (erased.result, erased.events) == (None, ())
        assert erased.error == "What was asked and found here has been deleted."
        assert erased.usage.calls == 1
    assert (await store.get(still_open.id)).status is Status.CANCELLED
    assert not (await store.get(theirs.id)).erased
    assert not (await store.get(elsewhere.id)).erased
    assert b"because I say so" not in on_disk(tmp_path)


async def test_of_what_is_old_only_what_counts_is_left(
    database: Database, store: SqlRunStore, tmp_path: Path
):
    runs = [
        await run_in(store, f"d{number}", status=status)
        for number, status in enumerate((Status.DONE, Status.FAILED, Status.CANCELLED))
    ]
    await SqlOutbox(database).put(
        runs[0].id, Posted(slot="card", channel=f"C{CANARY}", ts="1.1", digest="d")
    )
    for run in runs:
        await grow_old(database, run, KEEP + 0.1)
    kept = [await store.get(run.id) for run in runs]

    async with the_same_sums(database):
        assert await SqlEraser(database).old(NOW, KEEP) == 3
        assert await SqlEraser(database).old(NOW, KEEP) == 0

    assert CANARY.encode() not in on_disk(tmp_path)
    assert (await counts(database)).keys() == {"runs", "deliveries", "answers", "ratings"}
    for before in kept:
        run = await store.get(before.id)
        assert (run.status, run.usage, run.models) == (before.status, before.usage, before.models)
        assert (run.created_at, run.ended_at) == (before.created_at, before.ended_at)
        assert run.request.place == before.request.place


async def test_with_what_is_erased_nothing_can_be_done_and_nothing_is_shown(
    database: Database, store: SqlRunStore
):
    run = await run_in(store, "d1")
    await grow_old(database, run, KEEP + 1)
    await SqlEraser(database).old(NOW, KEEP)
    history = SqlHistory(database)

    assert not await store.reopen(run.id, 1)
    assert not await store.share(run.id, "U1")
    await store.rate(run.id, "U2", Rating.UP, reason=CANARY)
    assert (await counts(database))["ratings"] == 1
    assert await SqlOutbox(database).undelivered() == []
    assert await history.latest("T1") == []
    assert await history.named("T1", run.id) == []
    assert await store.add(run.request) is None, "the delivery is known all the same"


async def test_what_is_young_or_open_stays(database: Database, store: SqlRunStore):
    young, still_open = await run_in(store, "d1"), await run_in(store, "d2", status=Status.OPEN)
    await grow_old(database, young, KEEP - 0.1)

    assert await SqlEraser(database).old(NOW + timedelta(hours=1), KEEP) == 0

    assert not (await store.get(young.id)).erased
    assert not (await store.get(still_open.id)).erased


async def test_a_workspace_keeps_for_a_shorter_time_where_its_admins_chose_so(
    database: Database, store: SqlRunStore
):
    """A longer one is not theirs to choose: who runs the bot may have promised less since."""
    preferences = SqlPreferences(database)
    await preferences.choose("T1", Preference(keep_days=7))
    await preferences.choose("T2", Preference(keep_days=90))
    await preferences.choose("T3", Preference(paused=True))
    runs = {
        (team, days): await run_in(store, f"{team} {days}", team=team)
        for team in ("T1", "T2", "T3", "T4", "")
        for days in (6, 8, 31, 91)
    }
    for (_, days), run in runs.items():
        await grow_old(database, run, days)

    await SqlEraser(database).old(NOW, KEEP)

    left = {key for key, run in runs.items() if not (await store.get(run.id)).erased}
    assert left == {
        ("T1", 6),
        *((team, days) for team in ("T2", "T3", "T4", "") for days in (6, 8)),
    }


async def test_who_opens_an_old_run_again_meanwhile_keeps_it_whole(
    database: Database, store: SqlRunStore
):
    """It is looked at once more in the transaction that erases."""
    runs = [await run_in(store, f"d{number}", status=Status.FAILED) for number in range(5)]
    for run in runs:
        await grow_old(database, run, KEEP + 1)

    async with asyncio.TaskGroup() as group:
        group.create_task(SqlEraser(database).old(NOW, KEEP))
        opened = {run.id: group.create_task(store.reopen(run.id, 1)) for run in runs}

    for run in runs:
        now = await store.get(run.id)
        assert now.erased != opened[run.id].result()
        assert (now.status is Status.OPEN) == opened[run.id].result()


async def test_what_was_installed_again_since_stays(database: Database, store: SqlRunStore):
    """Slack may tell of the uninstall late, and more than once."""
    await run_in(store, "before")
    vault = Vault(SecretStr("A" * 43 + "="))
    until = datetime.now(UTC)
    installations = SqlInstallations(database, vault)
    await installations.put(Installation(team="T1", token=SecretStr("xoxb-again")))
    after = await run_in(store, "after")

    await SqlEraser(database).workspace("T1", until=until)

    assert [run.id for run in await store.recent(9)] == [after.id]
    assert await installations.find("T1")


async def voted_on(
    database: Database, store: SqlRunStore, dedupe: str, *users: str, by: str = "U9"
) -> Run:
    """A fact-check of *by* that *users* agree with."""
    run = await run_in(store, dedupe, user=by)
    for user in users:
        await SqlPolls(database).cast(run.id, 1, 0, user, Opinion.AGREE)
    return run


async def test_what_a_person_voted_goes_and_the_votes_of_others_stay(
    database: Database, store: SqlRunStore
):
    run = await voted_on(database, store, "d1", "U1", "U2")
    over = await voted_on(database, store, "d2", "U1", "U2", "U3")
    await SqlPolls(database).end(over.id, 1)

    await SqlEraser(database).person("T1", "U1")

    [vote] = (await store.get(run.id)).people
    assert vote.voters == 1
    [ended] = (await store.get(over.id)).people
    assert (ended.voters, ended.settled) == (3, Opinion.AGREE), "what is over names nobody"
    async with database.read() as session:
        assert list(await session.scalars(select(OpinionRow.user))) == ["U2"]


async def test_a_card_tells_that_a_vote_was_taken_back(database: Database, store: SqlRunStore):
    voted, outbox = await voted_on(database, store, "d1", "U1", "U2"), SqlOutbox(database)
    other = await voted_on(database, store, "d2", "U2")
    for run in (voted, other):
        await outbox.delivered(await store.get(run.id))
    heard: list[str] = []
    store.subscribe(heard.append)

    await SqlEraser(database).person("T1", "U1")

    assert heard == [voted.id]
    assert await outbox.undelivered() == [voted.id]


async def test_what_is_old_goes_also_where_its_vote_cannot_be_read(
    database: Database, store: SqlRunStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    run = await voted_on(database, store, "d1", "U1", "U2", "U3")
    await voted_on(database, store, "d2", "U1", "U2", "U3")
    unreadable = update(PollRow).where(PollRow.run_id == run.id).values(claims=text("'many'"))

    def work(connection: Connection) -> bool:
        connection.execute(unreadable)
        connection.execute(update(RunRow).values(ended_at=NOW - timedelta(days=KEEP + 1)))
        return True

    await database.writer.write(work)

    assert await SqlEraser(database).old(NOW, KEEP) == 2

    assert CANARY.encode() not in on_disk(tmp_path)
    assert len(await SqlLearnings(database).rated("T1")) == 1
    assert f"nothing is learned from the vote on run {run.id}" in caplog.text


async def test_what_people_settled_outlives_the_words_that_it_was_on(
    database: Database, store: SqlRunStore, tmp_path: Path
):
    """A vote that goes on ends with them: who voted what is gone, what they said is learned."""
    settled = await voted_on(database, store, "d1", "U1", "U2", "U3")
    too_few = await voted_on(database, store, "d2", "U1", "U2")
    for run in (settled, too_few):
        await grow_old(database, run, KEEP + 1)

    assert await SqlEraser(database).old(NOW, KEEP) == 2

    assert CANARY.encode() not in on_disk(tmp_path)
    assert (await store.get(settled.id)).people == ()
    [claim] = await SqlLearnings(database).rated("T1")
    assert (claim.named, claim.truth) == ("supported", "supported")
    left = await counts(database)
    assert {"opinions", "polls"} & left.keys() == set()
    assert left["outcomes"] == 1


async def test_with_a_workspace_goes_what_it_has_taught(database: Database, store: SqlRunStore):
    run = await voted_on(database, store, "d1", "U1", "U2", "U3")
    await SqlPolls(database).end(run.id, 1)
    await voted_on(database, store, "d2", "U1")

    await SqlEraser(database).workspace("T1")

    assert await counts(database) == {}


async def test_with_people_goes_how_far_they_have_read(database: Database):
    marks = SqlBookmarks(database)
    for team, user in (("T1", "U1"), ("T1", "U2"), ("T2", "U1")):
        await marks.move(team, "C1", user, "1700000000.000100")
    await marks.keep_cuts("T1", "C1", "normal", ["1.1"])

    await SqlEraser(database).person("T1", "U1")
    assert await marks.read_until("T1", "C1", "U1") is None
    assert await marks.read_until("T1", "C1", "U2") is not None

    await SqlEraser(database).workspace("T1")
    assert await counts(database) == {"bookmarks": 1}


async def test_a_bookmark_that_nobody_moved_for_long_goes_with_what_is_old(database: Database):
    marks = SqlBookmarks(database)
    await marks.move("T1", "C1", "U1", "1700000000.000100")
    await marks.keep_cuts("T1", "C1", "normal", ["1.1"])

    await SqlEraser(database).old(NOW + timedelta(days=KEEP - 1), KEEP)
    assert await counts(database) == {"bookmarks": 1, "cuts": 1}

    await SqlEraser(database).old(NOW + timedelta(days=KEEP + 1), KEEP)
    assert await counts(database) == {}


async def test_what_a_run_has_read_goes_with_it(database: Database, store: SqlRunStore):
    run = await run_in(store, "d1")
    await SqlPages(database).keep(run.id, "history/1", CANARY)
    await grow_old(database, run, KEEP + 1)

    await SqlEraser(database).old(NOW, KEEP)

    assert "pages" not in await counts(database)
