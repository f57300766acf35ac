"""What people may look up."""

from __future__ import annotations

import pytest

from bot.runs.archive import Archive
from bot.runs.errors import NoSuchRun
from bot.runs.lookup import NoRights
from bot.runs.model import Actor, Place, Run, RunRequest
from bot.store.database import Database
from bot.store.history import SqlHistory
from bot.store.runs import SqlRunStore
from patterns.events import BranchStarted
from tests.runs.fakes import request

ANN = Actor(user="U1", team="T1")


class Members(NoRights):
    """Who belongs to which channels, and how often that was asked."""

    def __init__(self, **channels: str) -> None:
        self.asked = 0
        self._channels = channels

    async def may_see(self, actor: Actor, run: Run, /) -> bool:
        self.asked += 1
        return run.request.place.channel in self._channels.get(actor.user, "").split()


@pytest.fixture
def rights() -> Members:
    return Members(U1="C1 C2", U2="C2")


@pytest.fixture
def archive(store: SqlRunStore, database: Database, rights: Members) -> Archive:
    return Archive(store, SqlHistory(database), rights)


async def add(store: SqlRunStore, asked: RunRequest) -> str:
    run = await store.add(asked)
    assert run
    return run.id


def at(dedupe: str, channel: str = "C1", **changes: str) -> RunRequest:
    team = changes.pop("team", "T1")
    return request(dedupe, place=Place(team=team, channel=channel), **changes)


async def test_the_newest_that_may_be_seen_are_listed(archive: Archive, store: SqlRunStore):
    await add(store, at("oldest"))
    ids = [await add(store, at(f"{n}", channel)) for n, channel in enumerate(("C1", "C3", "C2"))]
    await add(store, at("elsewhere", team="T2"))

    assert [run.id for run in await archive.recent(ANN, limit=2)] == [ids[2], ids[0]]
    assert [run.id for run in await archive.recent(Actor(user="U2", team="T1"))] == [ids[2]]
    assert await archive.recent(Actor(user="U3", team="T1")) == []
    assert await archive.recent(Actor(user="U1", team="T3")) == []


async def test_of_very_many_runs_only_the_newest_are_looked_at(
    archive: Archive, store: SqlRunStore, rights: Members
):
    """Each look may have to be asked of Slack."""
    await add(store, at("old"))
    for number in range(50):
        await add(store, at(f"{number}", "C3"))

    assert await archive.recent(ANN) == []
    assert rights.asked == 50


async def test_ones_own_runs_are_listed_without_a_question_to_slack(
    archive: Archive, store: SqlRunStore, rights: Members
):
    mine = [await add(store, at(f"{n}", "C3")) for n in range(3)]
    await add(store, at("other", asked_by="U2"))

    found = await archive.recent(ANN, limit=2, mine=True)

    assert [run.id for run in found] == [mine[2], mine[1]]
    assert rights.asked == 0


async def test_a_run_is_found_by_the_beginning_of_its_id_with_its_story(
    archive: Archive, store: SqlRunStore
):
    run_id = await add(store, at("d1"))
    store.append(run_id, BranchStarted(branch="v1"))
    await add(store, at("elsewhere", team="T2"))

    for typed in (run_id, f"  {run_id[:20].upper()} "):
        run = await archive.show(ANN, typed)
        assert run.id == run_id
        assert len(run.events) == 1


async def test_what_may_not_be_seen_and_what_is_not_there_answer_alike(
    archive: Archive, store: SqlRunStore
):
    secret = await add(store, at("d1", "C3"))
    elsewhere = await add(store, at("d2", team="T2"))
    erased = await add(store, at("d3", text=""))
    several = [await add(store, at(f"n{number}")) for number in range(17)]
    shared = next(
        each for each in "0123456789abcdef" if sum(one.startswith(each) for one in several) > 1
    )
    sentences = set[str]()

    for typed in (secret, elsewhere, erased, secret[:20], "f" * 32, "zz", "%", "", shared):
        with pytest.raises(NoSuchRun) as refused:
            await archive.show(ANN, typed)
        sentences.add(str(refused.value))

    assert len(sentences) == 1


async def test_a_look_asks_about_a_few_channels_only(
    archive: Archive, store: SqlRunStore, rights: Members
):
    """Each of them is up to three questions to Slack, before which runs have to wait."""
    for number in range(40):
        await add(store, at(f"{number}", f"C{number + 10}", asked_by="U9"))

    assert await archive.recent(ANN) == []
    assert rights.asked == 15
