"""What a file of this machine is, and whether it can be read: else one sentence."""

from __future__ import annotations

import codecs
import gzip
import stat
import zlib
from collections.abc import Collection, Generator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from bot.reading.texts import is_pdf
from bot.runs.errors import Unreadable

MOST = 2 * 1024**3  # bytes of one file, unpacked
PDF_MOST = 50 * 1024**2  # bytes of one PDF, which is held
_PROBE = 8192  # bytes in which a file shows what it is
_GZIP = b"\x1f\x8b\x08"
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Kind(Enum):
    """What can be read, not everywhere: text as it stands, or packed by gzip, and PDFs."""

    TEXT = "text"
    PACKED = "packed"
    PDF = "PDF"


_NOT_HERE = {
    Kind.PACKED: "{} is packed; unpack it first.",
    Kind.PDF: "{} is a PDF; of those `quorum summarize` alone takes the text out.",
}


def kind(path: Path) -> Kind | None:
    """By its first bytes, None for what is neither; raises `OSError`."""
    with path.open("rb") as file:
        start = file.read(_PROBE)
    if start.startswith(_GZIP):
        return Kind.PACKED
    if is_pdf(start):
        return Kind.PDF
    return Kind.TEXT if _is_text(start) else None


def _is_text(start: bytes) -> bool:
    return b"\0" not in start or start.startswith(_MARKS_16)


def _start(path: Path) -> bytes:
    """Unpacked."""
    with gzip.open(path) if kind(path) is Kind.PACKED else path.open("rb") as file:
        return file.read(_PROBE)


def check(path: Path, kinds: Collection[Kind] = (Kind.TEXT,)) -> None:
    """Raises `Unreadable` with one sentence if *path* is no file of these *kinds*."""
    with sentences(path):
        about = path.stat()
        # Opening a pipe would wait for its other end, and a pipe cannot be read a second time.
        if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):
            raise Unreadable(f"{path.name} is not a file; what comes through a pipe is read by -.")
        found, start = kind(path), _start(path)
    most = PDF_MOST if found is Kind.PDF else MOST
    if about.st_size > most:
        raise Unreadable(f"{path.name} has {about.st_size:,} bytes; {most:,} are the most.")
    if not start.strip():
        raise Unreadable(f"{path.name} is empty.")
    if found is None or (found is Kind.PACKED and not _is_text(start)):
        raise Unreadable(f"{path.name} is not a text file.")
    if found not in kinds:
        raise Unreadable(_NOT_HERE[found].format(path.name))


@contextmanager
def sentences(path: Path) -> Generator[None]:
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
    except (OSError, EOFError, zlib.error, ValueError) as err:
        raise Unreadable(f"{name} cannot be read.") from err
