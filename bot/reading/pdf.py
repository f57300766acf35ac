"""
Text of a PDF, taken out of it in a process of its own: who made the file is not known.

`python -m bot.reading.pdf` reads a PDF on its standard input and writes JSON. Nothing of this
house is imported there, and it is told nothing of the environment.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast
from weakref import WeakKeyDictionary

#: Pages that are read, and characters of all of them.
PAGES_MOST, TEXT_MOST = 200, 1_000_000
#: Bytes that the process may say.
_SAID_MOST = 8 * TEXT_MOST
#: What the process may use: seconds of a clock and of a processor, bytes of memory.
SECONDS, CPU_SECONDS, MEMORY = 30.0, 20, 512 * 1024**2
#: Such processes at a time, whoever waits for them.
_AT_ONCE = 2
_free: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
BROKEN = "it is a PDF that cannot be read"
LOCKED = "it is a PDF with a password"
SLOW = "it is a PDF that takes too long to read"


class PdfFailed(Exception):
    """Its message says why, in words for people."""


@dataclass(frozen=True)
class Pages:
    """The *texts* of the first pages, *of* so many."""

    texts: tuple[str, ...]
    of: int


async def pages(content: bytes, *, seconds: float = SECONDS) -> Pages:
    """Raises `PdfFailed`."""
    async with _free.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)):
        return _told(await _asked(content, seconds))


async def _asked(content: bytes, seconds: float) -> bytes:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        __file__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(seconds):
            async with asyncio.TaskGroup() as group:
                group.create_task(_give(cast("asyncio.StreamWriter", child.stdin), content))
                return await _heard(cast("asyncio.StreamReader", child.stdout))
    except TimeoutError:
        raise PdfFailed(SLOW) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def _give(stdin: asyncio.StreamWriter, content: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(content)
        await stdin.drain()
    stdin.close()


async def _heard(stdout: asyncio.StreamReader) -> bytes:
    """Not more than it has a right to say; a part of that is no JSON."""
    said = bytearray()
    while len(said) < _SAID_MOST and (block := await stdout.read(65_536)):
        said += block
    return bytes(said)


def _told(said: bytes) -> Pages:
    """What the process said: it may have been taken over by what it read."""
    try:
        told: Any = json.loads(said)
        if told.get("failed"):
            raise PdfFailed(LOCKED if told["failed"] == "locked" else BROKEN)
        texts = tuple(str(text) for text in told["pages"][:PAGES_MOST])
        return Pages(texts=texts, of=max(int(told["of"]), len(texts)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as err:
        raise PdfFailed(BROKEN) from err


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def extracted(content: bytes) -> dict[str, object]:
    """What the process says of a PDF: its *pages*, *of* so many; or why it *failed*."""
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        return {"failed": "locked"}
    texts: list[str] = []
    room = TEXT_MOST
    for page in reader.pages[:PAGES_MOST]:
        if room <= 0:
            break
        texts.append(page.extract_text().strip()[:room])
        room -= len(texts[-1])
    return {"pages": texts, "of": len(reader.pages)}


def main() -> None:
    """Never an error: whoever asked cannot do anything about it."""
    content = sys.stdin.buffer.read()
    _limited()
    logging.disable()
    try:
        said = extracted(content)
    except BaseException:  # noqa: BLE001 what a hostile file can raise is not known
        said = cast("dict[str, object]", {"failed": "broken"})
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
