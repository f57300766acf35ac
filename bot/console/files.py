"""Reading files for a run of the console, in the place of Slack's channels."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.console import pages, people
from bot.console.checking import Kind, check, kind, sentences
from bot.console.documents import documents
from bot.console.evidence import FilesNearby
from bot.console.lines import ahead, decoded, lines
from bot.console.piped import is_kept, title
from bot.console.transcripts import parse, parse_lines
from bot.runs.errors import Unreadable
from bot.runs.gathering import GATHERING
from bot.runs.model import Audience, Files, RunRequest
from bot.runs.ports import Reading, Trip
from bot.views.escaping import one_line
from patterns.evidence import Evidence, Nothing
from patterns.task import Message

log = logging.getLogger(__name__)

WHOLE_MOST = 4 * 1024**2  # bytes of all files up to which they are read at once

#: Recipes that look at lines; others read what was said.
_BY_LINE = frozenset({"logs", "extract"})
_KINDS: Mapping[str, Collection[Kind]] = {
    "summarize": (Kind.TEXT, Kind.PDF),
    "logs": (Kind.TEXT, Kind.PACKED),
    "extract": (Kind.TEXT, Kind.PACKED),
}


def kinds_of(recipe: str) -> Collection[Kind]:
    """Of files that it reads."""
    return _KINDS.get(recipe, (Kind.TEXT,))


class FileSources:
    """
    `Sources` for people who sit at the machine: what they can open, they may read.

    Names stay as they stand in the files: to whom they belong is not known, but for the reader
    that is named with them.
    """

    async def admit(self, request: RunRequest, /) -> Audience:
        if request.source is not None and not isinstance(request.source, Files):
            raise Unreadable("This run reads Slack; the console reads files only.")
        return Audience.REQUESTER

    async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
        """Files beside a claim are no part of it: see `evidence`."""
        if not isinstance(request.source, Files):
            raise Unreadable("This run reads no file.")
        if _is_beside(request):
            return Reading()
        paths = [Path(path) for path in request.source.paths]
        await asyncio.to_thread(_check, paths, kinds_of(request.recipe))
        if request.recipe in _BY_LINE:
            return Reading(documents=documents(_named(paths)))
        return await _conversation(paths, request.source.reader)

    def evidence(
        self, request: RunRequest, met: Callable[[Mapping[str, str]], None], until: datetime, /
    ) -> Evidence:
        """What was typed is checked against the files that were named with it."""
        if not (isinstance(request.source, Files) and _is_beside(request)):
            return Nothing()
        return FilesNearby(_named([Path(path) for path in request.source.paths]))


def _is_beside(request: RunRequest) -> bool:
    """Are the files there to check what was typed against them?"""
    return request.recipe in GATHERING and bool(request.text)


async def reader(paths: Sequence[Path], name: str) -> str:
    """As `people.called`, for files that a summary can be made of."""
    await asyncio.to_thread(_check, paths, kinds_of("summarize"))
    read = await _conversation(paths, "")
    if isinstance(read.messages, Sequence):
        return await people.called(name, _each(read.messages))
    return await people.called(name, read.messages)


async def _each(messages: Sequence[Message]) -> AsyncGenerator[Message]:
    for message in messages:
        yield message


def _check(paths: Sequence[Path], kinds: Collection[Kind]) -> None:
    for path in paths:
        check(path, kinds)


def _named(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Files of one name are told apart by their whole paths."""
    names = [path.name for path in paths]
    return [
        (path, title(path) if names.count(path.name) == 1 or is_kept(path) else str(path))
        for path in paths
    ]


async def _conversation(paths: Sequence[Path], reader: str) -> Reading:
    """PDFs are read before all else: what they lack is to be known."""
    named = _named(paths)
    pdfs: dict[Path, tuple[Message, ...]] = {}
    notes = [f"It is told what concerns {one_line(reader)}."] if reader else []
    for path, name in named:
        if await asyncio.to_thread(kind, path) is Kind.PDF:
            pdfs[path], left = await pages.read(path, name)
            notes += filter(None, [left])
    if await asyncio.to_thread(_are_big, [path for path in paths if path not in pdfs]):
        messages = _stream(named, pdfs)
    else:
        messages = await asyncio.to_thread(_read_all, named, pdfs)
    return Reading(messages, asker=reader, files=len(paths), notes=tuple(notes))


def _are_big(paths: Sequence[Path]) -> bool:
    return sum(path.stat().st_size for path in paths) > WHOLE_MOST


def _read_all(
    named: Sequence[tuple[Path, str]], pdfs: Mapping[Path, tuple[Message, ...]]
) -> tuple[Message, ...]:
    found = [message for path, name in named for message in pdfs.get(path) or _read(path, name)]
    if not found:
        raise _nothing(named)
    return tuple(found)


def _read(path: Path, name: str) -> tuple[Message, ...]:
    with sentences(path):
        parsed = parse(decoded(path), name, people.users(path.parent / "users.json"))
    _warn(name, parsed.skipped)
    return parsed.messages


async def _stream(
    named: Sequence[tuple[Path, str]], pdfs: Mapping[Path, tuple[Message, ...]]
) -> AsyncGenerator[Message]:
    empty = True
    for path, name in named:
        found = iter(pdfs[path]) if path in pdfs else _by_and_by(path, name)
        async for batch in ahead(found, _size):
            empty = False
            for message in batch:
                yield message
    if empty:
        raise _nothing(named)


def _by_and_by(path: Path, name: str) -> Iterator[Message]:
    skipped: Counter[str] = Counter()
    with sentences(path):
        users = people.users(path.parent / "users.json")
        yield from parse_lines(lines(path), name, users, lambda _: skipped.update([name]))
    _warn(name, skipped[name])


def _size(message: Message) -> int:
    return len(message.text)


def _nothing(named: Sequence[tuple[Path, str]]) -> Unreadable:
    return Unreadable(f"There is nothing to read in {', '.join(path.name for path, _ in named)}.")


def _warn(name: str, skipped: int) -> None:
    if skipped:
        log.warning("%s: %d entries are no messages and were left out", name, skipped)
