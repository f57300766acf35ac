"""How far people have read, where chunks began, and what open runs have read."""

from __future__ import annotations

import pytest

from bot.runs.model import Status
from bot.store import bookmarks
from bot.store.bookmarks import SqlBookmarks, SqlPages
from bot.store.database import Database
from bot.store.runs import SqlRunStore
from tests.store.requests import request


async def test_who_had_nothing_summarized_has_no_bookmark(database: Database):
    assert await SqlBookmarks(database).read_until("T1", "C1", "U1") is None


async def test_a_bookmark_moves_forward_and_never_back(database: Database):
    marks = SqlBookmarks(database)

    for ts in ("1700000000.000100", "1700000000.000300", "1700000000.000200"):
        await marks.move("T1", "C1", "U1", ts)

    assert await marks.read_until("T1", "C1", "U1") == "1700000000.000300"


async def test_everybody_has_their_own_in_every_channel(database: Database):
    marks = SqlBookmarks(database)
    await marks.move("T1", "C1", "U1", "1700000000.000100")

    for team, channel, user in (("T2", "C1", "U1"), ("T1", "C2", "U1"), ("T1", "C1", "U2")):
        assert await marks.read_until(team, channel, user) is None


async def test_cuts_from_the_first_of_the_new_ones_on_are_replaced(database: Database):
    marks = SqlBookmarks(database)
    await marks.keep_cuts("T1", "C1", "normal", ["1.1", "2.1", "3.1"])

    await marks.keep_cuts("T1", "C1", "normal", ["4.1", "2.5"])

    assert await marks.cuts("T1", "C1", "normal") == {"1.1", "2.1", "2.5", "4.1"}
    assert await marks.cuts("T1", "C1", "deep") == set()


async def test_of_cuts_the_newest_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bookmarks, "CUTS_MOST", 2)
    marks = SqlBookmarks(database)

    await marks.keep_cuts("T1", "C1", "normal", ["1.1", "2.1", "3.1"])

    assert await marks.cuts("T1", "C1", "normal") == {"2.1", "3.1"}


async def test_pages_are_kept_until_the_run_is_over(database: Database):
    pages, store = SqlPages(database), SqlRunStore(database)
    run, other = await store.add(request("d1")), await store.add(request("d2"))
    assert run
    assert other
    await pages.keep(run.id, "history/1", "first")
    await pages.keep(run.id, "history/1", "again")
    await pages.keep(other.id, "history/1", "theirs")

    assert await pages.kept(run.id) == {"history/1": "again"}
    await store.close(run.id, Status.CANCELLED)

    assert await pages.kept(run.id) == {}
    assert await pages.kept(other.id) == {"history/1": "theirs"}
