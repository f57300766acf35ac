"""What a recipe is given: what was read for the run, and who looks further for it."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bot.runs.errors import Unreadable
from bot.runs.gathering import GATHERING, Gathering, NoLearnings
from bot.runs.model import Run, RunRequest, Several, Window, channels_of
from bot.runs.ports import Learnings, Reading, Sources, Trip
from bot.runs.storage import NO_PAGES, Bookmarks, NoBookmarks, Pages, RunStore
from bot.runs.vetting import Vetting
from patterns.events import (
    BranchDone,
    BranchFailed,
    BranchProgress,
    BranchStarted,
    Planned,
    PlannedBranch,
)
from patterns.ports import EventSink
from patterns.task import Cuts, Task

#: Seconds that reading takes before it is worth a word.
_SOON = 3
#: And after its time, seconds to end with what there is.
_GRACE = 60
_READING = PlannedBranch(key="reading", title="Reading")


@dataclass(frozen=True, kw_only=True)
class Given:
    """*task* is for the recipe; *reading* is what it was made of."""

    task: Task
    reading: Reading


class Preparing:
    """
    *seconds* is how long reading may take: that is Slack's pace and not ours, so it is no part of
    the time that a run has.
    """

    def __init__(
        self,
        store: RunStore,
        sources: Sources,
        *,
        bookmarks: Bookmarks = NoBookmarks(),
        pages: Pages = NO_PAGES,
        learnings: Learnings = NoLearnings(),
        seconds: float = 3_600,
    ) -> None:
        self._store = store
        self._sources = sources
        self._bookmarks = bookmarks
        self._pages = pages
        self._learnings = learnings
        self._seconds = seconds

    async def given(self, run: Run, vetting: Vetting, sink: EventSink, *, web: bool) -> Given:
        """Reads with the rights of who asks; raises `Unreadable`."""
        request = run.request
        reading = await self._read(run, vetting, sink)
        task = Task(
            text=request.text,
            messages=vetting.heard(reading.messages),
            documents=tuple(map(vetting.heard_lines, reading.documents)),
            reader=reading.asker,
            mine=request.mine,
            files=reading.files,
            notes=reading.notes,
            cuts=Cuts(await self._known_cuts(request)),
            depth=request.depth,
            voters=request.voters,
        )
        if request.recipe in GATHERING:
            task = replace(
                task,
                evidence=Gathering(run, self._store, self._sources, vetting),
                web=web,
                learned=await self._learnings.of(request.place.team),
            )
        return Given(task=task, reading=reading)

    async def over(self, run: Run, given: Given, *, whole: bool) -> None:
        """
        The recipe came to its end. What it read as a *whole* is known to who asked from now on;
        of what they asked a question about, or wanted their own part of, they know that alone.
        """
        request, team = run.request, run.request.place.team
        if (made := given.task.cuts.made) and _windows(request):
            name = _conversation(request)
            await self._bookmarks.keep_cuts(team, name, request.depth.value, made)
        for window in _windows(request) if whole and not (request.text or request.mine) else ():
            await self._move(window, request, given.reading.until.get(window.channel))

    async def _move(self, window: Window, request: RunRequest, until: str | None) -> None:
        """Not past what was said between the last time and the beginning of *window*."""
        team, user = request.place.team, request.asked_by
        if until is None or window.limit is not None:
            return
        mark = await self._bookmarks.read_until(team, window.channel, user)
        begins = 0.0 if window.since_last else float(window.oldest or 0)
        if mark is None or begins <= float(mark):
            await self._bookmarks.move(team, window.channel, user, until)

    async def _read(self, run: Run, vetting: Vetting, sink: EventSink) -> Reading:
        request = run.request
        vetting.asked(request.text)
        if not request.source:
            return Reading()
        with _telling(sink) as telling:
            trip = Trip(
                run_id=run.id,
                since=await self._since(request),
                tell=telling.tell,
                seconds=self._seconds,
                pages=self._pages,
            )
            reading = await self._in_time(request, trip)
        vetting.met(reading.people)
        return reading

    async def _in_time(self, request: RunRequest, trip: Trip) -> Reading:
        """Who reads ends by themselves; this is for a server that answers so much as nothing."""
        try:
            async with asyncio.timeout(self._seconds + _GRACE):
                return await self._sources.read(request, trip)
        except TimeoutError as err:
            raise Unreadable(
                f"Reading took longer than {self._seconds:g} seconds. Ask for less."
            ) from err

    async def _since(self, request: RunRequest) -> dict[str, str]:
        team, user = request.place.team, request.asked_by
        marks: dict[str, str] = {}
        for window in _windows(request):
            if not window.since_last:
                continue
            mark = await self._bookmarks.read_until(team, window.channel, user)
            marks |= {window.channel: mark} if mark else {}
        return marks

    async def _known_cuts(self, request: RunRequest) -> frozenset[str]:
        if not _windows(request):
            return frozenset()
        name = _conversation(request)
        return await self._bookmarks.cuts(request.place.team, name, request.depth.value)


def _windows(request: RunRequest) -> Sequence[Window]:
    match request.source:
        case Window() as window:
            return (window,)
        case Several(windows=windows):
            return windows
        case _:
            return ()


def _conversation(request: RunRequest) -> str:
    return "+".join(channels_of(request.source))


class _Telling:
    """A branch for reading, from when it takes a while."""

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._since = asyncio.get_running_loop().time()
        self.begun = False
        self.last = ""

    def tell(self, words: str) -> None:
        if not self.begun and asyncio.get_running_loop().time() - self._since < _SOON:
            return
        if not self.begun:
            self._sink.emit(Planned(stage="reading", branches=(_READING,)))
            self._sink.emit(BranchStarted(branch=_READING.key))
            self.begun = True
        self.last = words
        self._sink.emit(BranchProgress(branch=_READING.key, note=words))


@contextmanager
def _telling(sink: EventSink) -> Generator[_Telling]:
    telling = _Telling(sink)
    try:
        yield telling
    except Exception as err:
        if telling.begun:
            sink.emit(BranchFailed(branch=_READING.key, reason=str(err)))
        raise
    if telling.begun:
        sink.emit(BranchDone(branch=_READING.key, headline=f"Read {telling.last}"))
