"""A text file line by line, whatever it is encoded in, packed or not."""

from __future__ import annotations

import asyncio
import codecs
import gzip
import io
from collections.abc import AsyncGenerator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from bot.console.checking import MOST, Kind, kind
from bot.runs.errors import Unreadable

T = TypeVar("T")

_BLOCK = 1024 * 1024
LINE_MOST = 1024 * 1024  # characters; what is longer comes in pieces
_AHEAD = 256 * 1024  # characters that are read ahead
_AROUND = 100  # what each line or message takes beside its text, in the same measure
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding(path: Path) -> str:
    """UTF-8 as a rule, UTF-16 by its mark, else the old Western one that never fails."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with _opened(path) as file:
        start = file.read(2)
        if start in _MARKS_16:
            return "utf-16"
        try:
            decoder.decode(start)
            for block in iter(partial(file.read, _BLOCK), b""):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def decoded(path: Path) -> str:
    """All of it."""
    return path.read_bytes().decode(encoding(path), errors="replace")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered as editors do; the pieces of a very long line have the same number."""
    number = 1
    code = encoding(path)
    with _opened(path) as content, io.TextIOWrapper(content, code, errors="replace") as file:
        for line in iter(partial(file.readline, LINE_MOST), ""):
            yield number, line.removesuffix("\n")
            number += line.endswith("\n")


async def ahead(items: Iterator[T], size: Callable[[T], int]) -> AsyncGenerator[list[T]]:
    """*items* by the batch, each read ahead in a thread; *size* is that of one, in characters."""
    while batch := await asyncio.to_thread(_batch, items, size):
        yield batch


def _batch(items: Iterator[T], size: Callable[[T], int]) -> list[T]:
    batch: list[T] = []
    room = _AHEAD
    for item in items:
        batch.append(item)
        room -= size(item) + _AROUND
        if room < 0:
            break
    return batch


def _opened(path: Path) -> BinaryIO:
    if kind(path) is Kind.PACKED:
        return io.BufferedReader(_Unpacked(path), _BLOCK)
    return path.open("rb")


class _Unpacked(io.RawIOBase):
    """A few bytes may be a world of them: there is a most."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._name = path.name
        self._file = gzip.GzipFile(path)
        self._room = MOST

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        count = self._file.readinto(buffer)
        self._room -= count
        if self._room < 0:
            raise Unreadable(f"{self._name} is more than {MOST:,} bytes unpacked.")
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
