"""Text files that came with messages: which they are, and what stands in them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.reading.names import one_line
from bot.reading.paging import counted
from bot.reading.texts import NoText, text_of
from bot.slack.downloads import Downloads
from bot.slack.errors import Invalid, SlackError
from bot.slack.wire import SharedFile

log = logging.getLogger(__name__)

#: Slack's names for kinds of files; of the others a media type tells.
_KINDS = frozenset({"text", "csv", "tsv", "json", "log", "markdown", "md", "yaml", "xml"})
_TYPES = frozenset({"application/json", "application/x-ndjson", "application/csv"})
_ENDINGS = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".md", ".markdown", ".log")
#: Files at once, on their way to us.
_AT_ONCE = 5
#: Files that are named in a note.
_NAMED_MOST = 3
MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """
    How many *files*, bytes of *each*, and of all of them.

    *pdfs* are read, too, if wanted; *each* is not for them, most of whose bytes are no text.
    """

    files: int
    each: int
    whole: int
    pdfs: bool = False

    def without(self, brought: Brought) -> Bounds:
        return Bounds(
            files=self.files - len(brought.files),
            each=self.each,
            whole=self.whole - brought.size,
            pdfs=self.pdfs,
        )


#: For evidence, which a person waits for.
FEW = Bounds(files=5, each=MEGABYTE, whole=5 * MEGABYTE)
#: For what is read as a whole.
ALL = Bounds(files=20, each=MEGABYTE, whole=5 * MEGABYTE, pdfs=True)


class Why(StrEnum):
    """Why a file was not read."""

    KIND = "kind"
    BROKEN = "broken"
    BIG = "big"
    MANY = "many"
    SILENT = "silent"


@dataclass(frozen=True)
class TextFile:
    """
    *name* is one line, *link* leads to it in Slack, *ts* is that of the message it came with.

    *size* is in bytes, as it came or as text, whichever is more; *cut* says in words what of it is
    missing.
    """

    name: str
    text: str
    link: str
    ts: str
    id: str = ""
    size: int = 0
    cut: str = ""


@dataclass(frozen=True)
class Unread:
    """A file, by its *name*; *because* says it in words for people."""

    name: str
    why: Why
    because: str


@dataclass(frozen=True)
class Brought:
    """What could be had, and what not, in the order of the messages."""

    files: tuple[TextFile, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def failed(self) -> int:
        """Text files that could not be had."""
        return sum(each.why in {Why.BROKEN, Why.SILENT} for each in self.unread)

    @property
    def left(self) -> int:
        """Those that were too many or too big."""
        return sum(each.why in {Why.BIG, Why.MANY} for each in self.unread)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


class Sharing(Protocol):
    """A message, as far as it brings files."""

    @property
    def ts(self) -> str: ...

    @property
    def files(self) -> tuple[SharedFile, ...]: ...


_Wanted = tuple[SharedFile, str]


async def bring(found: Iterable[Sharing], downloads: Downloads, bounds: Bounds = FEW) -> Brought:
    """The first few text files of *found*, side by side. Never an error."""
    wanted: list[_Wanted] = []
    unread: list[Unread] = []
    room = bounds.whole
    for file, ts in _each_once(found):
        not_read = _unwanted(file, bounds, room, len(wanted))
        if not_read:
            unread.append(not_read)
            continue
        wanted.append((file, ts))
        room -= file.size
    free = asyncio.Semaphore(_AT_ONCE)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_fetch(file, downloads, bounds, free)) for file, _ in wanted]
    contents = [(file, ts, task.result()) for (file, ts), task in zip(wanted, tasks, strict=True)]
    files, others = await _texts(contents, bounds.whole)
    return Brought(files, (*unread, *others))


async def _texts(
    contents: Sequence[tuple[SharedFile, str, bytes | Unread]], room: int
) -> tuple[tuple[TextFile, ...], tuple[Unread, ...]]:
    """There may be more text in a PDF than bytes: of both, no more than *room*."""
    files: list[TextFile] = []
    unread: list[Unread] = []
    for file, ts, content in contents:
        read = await _read(file, ts, content) if isinstance(content, bytes) else content
        if isinstance(read, TextFile) and read.size > room:
            read = Unread(called(file), Why.MANY, "there are too many files")
        if isinstance(read, TextFile):
            files.append(read)
            room -= read.size
        else:
            unread.append(read)
    return tuple(files), tuple(unread)


def notes(brought: Sequence[Brought]) -> tuple[str, ...]:
    """Sentences on what was not read."""
    by_reason: dict[str, list[str]] = {}
    for each in (unread for some in brought for unread in some.unread):
        by_reason.setdefault(each.because, []).append(each.name)
    found = [note for because, names in by_reason.items() for note in _unread(names, because)]
    cut = [f"{file.name}: {file.cut}." for some in brought for file in some.files if file.cut]
    return (*found, *cut)


def _unread(names: Sequence[str], because: str) -> list[str]:
    if len(names) <= _NAMED_MOST:
        return [f"{name} was not read: {because}." for name in names]
    named = ", ".join(names[:_NAMED_MOST])
    others = counted(len(names) - _NAMED_MOST, "other file")
    return [f"{named} and {others} were not read, of each: {because}."]


def called(file: SharedFile) -> str:
    return one_line(file.title or file.name or "") or "a file"


def is_text(file: SharedFile) -> bool:
    """By what Slack took it for. Markup of pages is no text that anybody reads."""
    kind, media = (file.filetype or "").casefold(), (file.mimetype or "").casefold()
    if "html" in kind or "html" in media:
        return False
    if kind in _KINDS or media in _TYPES or media.startswith("text/"):
        return True
    return (file.name or "").casefold().endswith(_ENDINGS)


def is_with_slack(file: SharedFile) -> bool:
    return not file.is_external and file.mode != "external"


def _is_pdf(file: SharedFile) -> bool:
    return "pdf" in {file.filetype, (file.mimetype or "").removeprefix("application/")}


def _each_once(found: Iterable[Sharing]) -> Sequence[_Wanted]:
    """However often it was shared. A file that was deleted is none."""
    files = {
        file.url_private or file.id or called(file): (file, message.ts)
        for message in reversed(list(found))
        for file in reversed(message.files)
        if file.mode != "tombstone"
    }
    return list(reversed(files.values()))


def _unwanted(file: SharedFile, bounds: Bounds, room: int, number: int) -> Unread | None:
    """None for a file that is to be read."""
    name = called(file)
    if not is_with_slack(file) or not (is_text(file) or (bounds.pdfs and _is_pdf(file))):
        return Unread(name, Why.KIND, "it is no text file")
    if not file.url_private:
        return Unread(name, Why.SILENT, "Slack did not give it")
    if file.size > _most(file, bounds):
        return _too_big(file, bounds)
    if number >= bounds.files or file.size > room:
        return Unread(name, Why.MANY, "there are too many files")
    return None


def _most(file: SharedFile, bounds: Bounds) -> int:
    return bounds.whole if bounds.pdfs and _is_pdf(file) else bounds.each


def _too_big(file: SharedFile, bounds: Bounds) -> Unread:
    megabytes = _most(file, bounds) // MEGABYTE
    return Unread(called(file), Why.BIG, f"it is bigger than {megabytes} MB")


async def _fetch(
    file: SharedFile, downloads: Downloads, bounds: Bounds, free: asyncio.Semaphore
) -> bytes | Unread:
    try:
        async with free:
            return await downloads.fetch(file.url_private or "", _most(file, bounds))
    except SlackError as err:
        log.info("a file is not read: %s", err)
        if isinstance(err, Invalid) and err.code == "too_big":
            return _too_big(file, bounds)
        return Unread(called(file), Why.SILENT, "Slack did not give it")


async def _read(file: SharedFile, ts: str, content: bytes) -> TextFile | Unread:
    name = called(file)
    try:
        text, cut = await text_of(content)
    except NoText as err:
        return Unread(name, Why.BROKEN, str(err))
    return TextFile(
        name=name,
        text=text,
        link=file.permalink or "",
        ts=ts,
        id=file.id or "F",
        size=max(len(content), len(text.encode())),
        cut=cut,
    )
