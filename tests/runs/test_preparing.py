"""What a recipe is given, and what is remembered of what was read for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Run, RunRequest, Several, Shared, Window
from bot.runs.ports import Reading, Trip
from bot.runs.preparing import Preparing
from bot.runs.vetting import Vetting
from bot.store.bookmarks import SqlBookmarks
from bot.store.database import Database
from bot.store.runs import SqlRunStore
from patterns.events import BranchDone, BranchFailed, BranchProgress, BranchStarted, Planned
from patterns.task import Depth, Document, Message
from patterns.testing import ListSink
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.fakes import TALK, FakeSources, request
from tests.runs.memory import MemoryStore

WINDOW = Window(channel="C1", oldest="1700000000.000000")
LAST = WINDOW.model_copy(update={"since_last": True})
READ = Reading(TALK, until={"C1": "1700000900.000000", "C2": "1700000800.000000"})
LINK = "https://wiki.example/plan"


class Library(FakeSources):
    """Gives *reading*, and keeps the trips it was asked for."""

    def __init__(self, reading: Reading, *words: tuple[float, str], error: Any = None) -> None:
        super().__init__()
        self.trips: list[Trip] = []
        self._given, self._words, self._error = reading, words, error

    async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
        self.trips.append(trip)
        for pause, words in self._words:
            await asyncio.sleep(pause)
            trip.tell(words)
        if self._error:
            raise self._error
        return self._given


class Reader:
    """Has things read, one after another, and remembers how far."""

    def __init__(self, database: Database) -> None:
        self.store, self.marks = SqlRunStore(database), SqlBookmarks(database)
        self.library = Library(READ)

    async def reads(
        self, source: Any, *, whole: bool = True, made: Sequence[str] = (), **asked: Any
    ) -> Trip:
        run = await self.store.add(
            request(f"d{len(self.library.trips)}", recipe="summarize", source=source, **asked)
        )
        assert run
        preparing = Preparing(self.store, self.library, bookmarks=self.marks)
        given = await preparing.given(run, Vetting(), ListSink(), web=False)
        given.task.cuts.made.extend(made)
        await preparing.over(run, given, whole=whole)
        return self.library.trips[-1]

    async def mark(self, channel: str = "C1") -> str | None:
        return await self.marks.read_until("T1", channel, "U1")


@pytest.fixture
def reader(database: Database) -> Reader:
    return Reader(database)


async def test_the_last_time_is_known_the_next_time(reader: Reader) -> None:
    assert (await reader.reads(LAST, text="")).since == {}

    assert (await reader.reads(LAST, text="")).since == {"C1": "1700000900.000000"}
    assert (await reader.reads(WINDOW, text="")).since == {}


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        (LAST, {"text": "what about prices?"}),
        (LAST, {"text": "", "mine": True}),
        (LAST, {"text": "", "whole": False}),
        (WINDOW.model_copy(update={"limit": 20}), {"text": ""}),
        (Window(channel="C9"), {"text": ""}),
    ],
)
async def test_what_was_not_read_as_a_whole_is_not_known(
    reader: Reader, source: Window, asked: dict[str, Any]
) -> None:
    await reader.reads(source, **asked)

    assert (await reader.mark(), await reader.mark("C9")) == (None, None)


async def test_a_window_that_begins_after_the_last_time_leaves_a_gap(reader: Reader) -> None:
    await reader.marks.move("T1", "C1", "U1", "1600000000.000000")

    await reader.reads(WINDOW, text="")
    assert await reader.mark() == "1600000000.000000"

    await reader.reads(LAST, text="")
    assert await reader.mark() == "1700000900.000000"


async def test_of_several_channels_each_has_its_own(reader: Reader) -> None:
    several = Several(windows=(LAST, LAST.model_copy(update={"channel": "C2"})))

    await reader.reads(several, text="")

    assert (await reader.reads(several, text="")).since == READ.until


async def test_chunks_begin_where_they_did_the_last_time(reader: Reader) -> None:
    await reader.reads(LAST, text="", made=["1.1", "2.2"], whole=False)

    assert await reader.marks.cuts("T1", "C1", "normal") == {"1.1", "2.2"}
    assert await reader.marks.cuts("T1", "C1", Depth.DEEP.value) == set()


async def test_what_is_no_conversation_has_no_chunks_to_remember(reader: Reader) -> None:
    await reader.reads(Shared(channel="C1", ts="1.1"), text="", made=["1.1"])

    assert await reader.marks.cuts("T1", "C1", "normal") == set()
    assert await reader.mark() is None


def _run() -> Run:
    return Run(
        id="r1",
        request=request(recipe="summarize", text="see wiki", source=WINDOW),
        audience=Audience.CHANNEL,
        created_at=datetime.now(UTC),
    )


def _told(library: Library) -> list[Any]:
    sink = ListSink()

    async def read() -> None:
        preparing = Preparing(MemoryStore(), library)
        await preparing.given(_run(), Vetting(), sink, web=False)

    in_virtual_time(read())
    return sink.events


def test_reading_that_is_soon_over_is_not_worth_a_word() -> None:
    assert _told(Library(READ, (1, "20 messages"), (1, "40 messages"))) == []


def test_reading_that_takes_a_while_tells_how_far_it_is() -> None:
    planned, *rest = _told(Library(READ, (2, "20 messages"), (2, "40 messages"), (2, "60")))

    assert isinstance(planned, Planned)
    assert rest == [
        BranchStarted(branch="reading"),
        BranchProgress(branch="reading", note="40 messages"),
        BranchProgress(branch="reading", note="60"),
        BranchDone(branch="reading", headline="Read 60"),
    ]


def test_reading_that_ends_badly_says_so() -> None:
    sink = ListSink()
    library = Library(READ, (4, "40 messages"), error=Unreadable("Slack is silent."))

    async def read() -> None:
        with pytest.raises(Unreadable):
            await Preparing(MemoryStore(), library).given(_run(), Vetting(), sink, web=False)

    in_virtual_time(read())

    assert sink.events[-1] == BranchFailed(branch="reading", reason="Slack is silent.")


async def test_a_link_that_stood_in_a_document_may_be_shown(store: SqlRunStore) -> None:
    async def lines() -> AsyncIterator[str]:
        yield f"see {LINK} for more"

    vetting = Vetting()
    document = Document(name="app.log", lines=lines)
    library = Library(replace(READ, messages=(), documents=(document,)))
    given = await Preparing(store, library).given(_run(), vetting, ListSink(), web=False)

    assert vetting.text(LINK) != LINK
    assert [line async for line in given.task.documents[0].lines()] == [f"see {LINK} for more"]
    assert vetting.text(LINK) == LINK


async def test_what_was_read_is_handed_on(store: SqlRunStore) -> None:
    said = Message(id="1.1", thread="1.1", author="Ada", text="Hello")
    reading = Reading((said,), asker="Person_bcdfgh", files=2, notes=("One file was too big.",))
    given = await Preparing(store, Library(reading)).given(_run(), Vetting(), ListSink(), web=True)

    task = given.task
    assert (task.messages, task.reader, task.files, task.notes) == (
        (said,),
        "Person_bcdfgh",
        2,
        ("One file was too big.",),
    )
    assert not task.web
