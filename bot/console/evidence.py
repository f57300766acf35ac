"""Files that a claim is checked against, in the place of Slack's channels."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.console.lines import lines
from bot.reading.names import one_line
from bot.reading.passages import Likeliest, paragraphs
from bot.runs.errors import Unreadable
from patterns.evidence import Found, Origin, Passage

#: Characters of one file that are looked at: ten minutes of reading would be no help.
LOOKED_MOST = 64 * 1024**2


@dataclass(frozen=True)
class FilesNearby:
    """
    Implements `patterns.evidence.Evidence`: *files* with what people call them.

    What is read is not held, but for the likeliest of it.
    """

    files: Sequence[tuple[Path, str]]

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        return await asyncio.to_thread(self._found, claims)

    def _found(self, claims: Sequence[str]) -> Sequence[Found]:
        likeliest = Likeliest(claims)
        looked = [_look(path, name, likeliest) for path, name in self.files]
        return [Found(passages=found, looked=tuple(looked)) for found in likeliest.found()]


def _look(path: Path, name: str, likeliest: Likeliest) -> str:
    """Where it was looked, in words."""
    called, some = one_line(name), _Some(path)
    try:
        for number, text in paragraphs(some.lines()):
            title = f"{called}, line {number}"
            likeliest.see(Passage(origin=Origin.FILE, text=text, title=title))
    except (OSError, ValueError, Unreadable):
        return f"{called}, which could not be read"
    return f"the first {LOOKED_MOST // 1024**2} MB of {called}" if some.cut else called


@dataclass
class _Some:
    """The lines of a file, up to so many characters; then *cut* is set."""

    path: Path
    cut: bool = False

    def lines(self) -> Iterator[tuple[int, str]]:
        left = LOOKED_MOST
        for number, line in lines(self.path):
            left -= len(line) + 1
            if left < 0:
                self.cut = True
                return
            yield number, line
