"""A text file line by line, whatever it is encoded in."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import partial
from pathlib import Path

_BLOCK = 1024 * 1024
LINE_MOST = 1024 * 1024  # characters; what is longer comes in pieces
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding(path: Path) -> str:
    """UTF-8 as a rule, UTF-16 by its mark, else the old Western one that never fails."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in _MARKS_16:
            return "utf-16"
        file.seek(0)
        try:
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
    with path.open(encoding=encoding(path), errors="replace") as file:
        for line in iter(partial(file.readline, LINE_MOST), ""):
            yield number, line.removesuffix("\n")
            number += line.endswith("\n")
