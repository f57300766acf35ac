"""What came through a pipe is kept as a file until its run is over, so that it can be resumed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from bot.console.checking import MOST
from bot.runs.model import Files, RunRequest

_BLOCK = 1024 * 1024  # bytes
_KEPT = "quorum-stdin"  # the folder beside the database
_KEPT_NAME = re.compile(r"[0-9a-f]{32}\.txt")


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
            if is_kept(path):
                path.unlink(missing_ok=True)


def title(path: Path) -> str:
    """What people call it."""
    return "stdin" if is_kept(path) else path.name


def is_kept(path: Path) -> bool:
    return path.parent.name == _KEPT and _KEPT_NAME.fullmatch(path.name) is not None
