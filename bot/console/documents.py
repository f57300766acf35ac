"""Files line by line, for who looks at logs and tables: nothing of them is held."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from bot.console.checking import sentences
from bot.console.lines import LINE_MOST, ahead, lines
from patterns.rows import JSON_MOST
from patterns.task import Document

#: Of a very long line: enough for what is one JSON value. The others are left out, so that the
#: number of a line stays the number of a line.
_PIECES = JSON_MOST // LINE_MOST + 1
_PACKED = ".gz"


def documents(named: Sequence[tuple[Path, str]]) -> tuple[Document, ...]:
    """Of paths with what people call them."""
    return tuple(_document(path, name) for path, name in named)


def _document(path: Path, name: str) -> Document:
    async def read() -> AsyncGenerator[str]:
        async for batch in ahead(_whole(path), len):
            for line in batch:
                yield line

    return Document(name=name.removesuffix(_PACKED), lines=read)


def _whole(path: Path) -> Iterator[str]:
    with sentences(path):
        for _, pieces in groupby(lines(path), itemgetter(0)):
            yield "".join(piece for _, piece in islice(pieces, _PIECES))
