"""Reading text files for a run of the console, in the place of Slack's channels."""

from __future__ import annotations

import asyncio
import codecs
import json
import logging
import re
import stat
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import uuid4

from bot.console.evidence import FilesNearby
from bot.console.lines import decoded, lines
from bot.console.transcripts import parse, parse_lines
from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, RunRequest
from bot.runs.ports import Reading
from patterns.evidence import Evidence, Nothing
from patterns.task import Message

log = logging.getLogger(__name__)

MOST = 2 * 1024**3  # bytes of one file
WHOLE_MOST = 4 * 1024**2  # bytes of all files up to which they are read at once
_BATCH = 256 * 1024  # characters that are read ahead
_AROUND = 100  # what a message takes beside its text, in the same measure
_BLOCK = 1024 * 1024  # bytes
_PROBE = 8192  # bytes in which a binary file shows itself
_KEPT = "quorum-stdin"  # the folder beside the database for what came through a pipe
_KEPT_NAME = re.compile(r"[0-9a-f]{32}\.txt")


class FileSources:
    """
    `Sources` for people who sit at the machine: what they can open, they may read.

    Names stay as they stand in the files: to whom they belong is not known.
    """

    async def admit(self, request: RunRequest, /) -> Audience:
        if request.source is not None and not isinstance(request.source, Files):
            raise Unreadable("This run reads Slack; the console reads files only.")
        return Audience.REQUESTER

    async def read(self, request: RunRequest, /) -> Reading:
        """Files beside what was typed are no part of it: see `evidence`."""
        if not isinstance(request.source, Files):
            raise Unreadable("This run reads no file.")
        if request.text:
            return Reading(())
        paths = [Path(path) for path in request.source.paths]
        if await asyncio.to_thread(_are_big, paths):
            return Reading(_stream(paths))
        return Reading(await asyncio.to_thread(_read_all, paths))

    def evidence(
        self, request: RunRequest, met: Callable[[Mapping[str, str]], None], until: datetime, /
    ) -> Evidence:
        """What was typed is checked against the files that were named with it."""
        if not (isinstance(request.source, Files) and request.text):
            return Nothing()
        return FilesNearby(_named([Path(path) for path in request.source.paths]))


def check(path: Path) -> None:
    """Raises `Unreadable` with one sentence if *path* is no text file that can be read."""
    with _sentences(path):
        about = path.stat()
        # Opening a pipe would wait for its other end, and a pipe cannot be read a second time.
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):
            raise Unreadable(f"{path.name} is not a file; what comes through a pipe is read by -.")
        if about.st_size > MOST:
            raise Unreadable(f"{path.name} has {about.st_size:,} bytes; {MOST:,} are the most.")
        with path.open("rb") as file:
            start = file.read(_PROBE)
    if not start.strip():
        raise Unreadable(f"{path.name} is empty.")
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(f"{path.name} is not a text file.")


@contextmanager
def _sentences(path: Path) -> Generator[None]:
    """The system's errors for one path, in words for people."""
    name = path.name or str(path)
    try:
        yield
    except FileNotFoundError as err:
        raise Unreadable(f"There is no file {name}.") from err
    except IsADirectoryError as err:
        raise Unreadable(f"{name} is a folder; name the files in it.") from err
    except PermissionError as err:
        raise Unreadable(f"{name} may not be read by this user.") from err
    except (OSError, ValueError) as err:
        raise Unreadable(f"{name} cannot be read.") from err


def spool(content: BinaryIO, beside: Path) -> Path:
    """
    Keep what came through a pipe as a file, for this user only.

    A run that is killed is resumed from it; `forget` it when the run is over.
    """
    folder = beside / _KEPT
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{uuid4().hex}.txt"
    path.touch(mode=0o600)
    room = MOST + 1  # one more than `check` lets through
    with path.open("wb") as file:
        while room and (block := content.read(min(room, _BLOCK))):
            file.write(block)
            room -= len(block)
    return path


def forget(request: RunRequest) -> None:
    """Delete what was kept of a pipe for this run; files of the person are left alone."""
    if isinstance(request.source, Files):
        for path in map(Path, request.source.paths):
            if _is_kept(path):
                path.unlink(missing_ok=True)


def title(path: Path) -> str:
    """What people call it."""
    return "stdin" if _is_kept(path) else path.name


def _is_kept(path: Path) -> bool:
    return path.parent.name == _KEPT and _KEPT_NAME.fullmatch(path.name) is not None


def _are_big(paths: Sequence[Path]) -> bool:
    for path in paths:
        check(path)
    return sum(path.stat().st_size for path in paths) > WHOLE_MOST


def _named(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Files of one name are told apart by their whole paths."""
    names = [path.name for path in paths]
    return [
        (path, title(path) if names.count(path.name) == 1 or _is_kept(path) else str(path))
        for path in paths
    ]


def _read_all(paths: Sequence[Path]) -> tuple[Message, ...]:
    found = [message for path, name in _named(paths) for message in _read(path, name)]
    if not found:
        raise _nothing(paths)
    return tuple(found)


def _read(path: Path, name: str) -> tuple[Message, ...]:
    with _sentences(path):
        parsed = parse(decoded(path), name, _users(path.parent / "users.json"))
    _warn(name, parsed.skipped)
    return parsed.messages


async def _stream(paths: Sequence[Path]) -> AsyncGenerator[Message]:
    """Read ahead by a batch, in a thread."""
    empty = True
    for path, name in _named(paths):
        found = _by_and_by(path, name)
        while batch := await asyncio.to_thread(_batch, found):
            empty = False
            for message in batch:
                yield message
    if empty:
        raise _nothing(paths)


def _by_and_by(path: Path, name: str) -> Iterator[Message]:
    skipped: Counter[str] = Counter()
    with _sentences(path):
        users = _users(path.parent / "users.json")
        yield from parse_lines(lines(path), name, users, lambda _: skipped.update([name]))
    _warn(name, skipped[name])


def _batch(messages: Iterator[Message]) -> list[Message]:
    batch: list[Message] = []
    size = 0
    for message in messages:
        batch.append(message)
        size += len(message.text) + _AROUND
        if size > _BATCH:
            break
    return batch


def _nothing(paths: Sequence[Path]) -> Unreadable:
    return Unreadable(f"There is nothing to read in {', '.join(path.name for path in paths)}.")


def _warn(name: str, skipped: int) -> None:
    if skipped:
        log.warning("%s: %d entries are no messages and were left out", name, skipped)


def _users(path: Path) -> dict[str, str]:
    """Names by id: a plain map, or the list of users of a Slack export. Empty without a file."""
    try:
        known: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if isinstance(known, dict):
        pairs = cast("dict[str, Any]", known).items()
        return {user: name for user, name in pairs if isinstance(name, str)}
    users = cast("list[Any]", known) if isinstance(known, list) else []
    return dict(filter(None, map(_user, users)))


def _user(user: Any) -> tuple[str, str] | None:
    try:
        profile: Any = user.get("profile") or {}
        named: Any = profile.get("display_name") or user.get("real_name") or user.get("name")
        return str(user["id"]), str(named or user["id"])
    except (AttributeError, KeyError):
        return None
