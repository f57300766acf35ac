"""PDFs as messages: each says on which page it stands, and in which line of it."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from bot.console.checking import sentences
from bot.console.transcripts import parse
from bot.reading.pdf import PdfFailed, pages
from bot.runs.errors import Unreadable
from patterns.task import Message


async def read(path: Path, name: str) -> tuple[tuple[Message, ...], str]:
    """And a sentence on what was not read of it, empty where all was. Raises `Unreadable`."""
    with sentences(path):
        content = await asyncio.to_thread(path.read_bytes)
    try:
        found = await pages(content)
    except PdfFailed as err:
        raise Unreadable(f"{name} cannot be read: {err}.") from err
    messages = paged(found.texts, name)
    if not messages:
        raise Unreadable(f"{name} holds pictures, and no text.")
    read = len(found.texts)
    left = (
        f"{name}: of {found.of:,} pages, the first {read:,} were read." if read < found.of else ""
    )
    return messages, left


def paged(texts: Sequence[str], name: str) -> tuple[Message, ...]:
    """Of the text of each page; a message's id is `name:p2:7`."""
    whole = [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]
    starts = [1, *accumulate((text.count("\n") + 2 for text in whole), initial=1)][1:-1]

    def place(line: str) -> str:
        number = int(line.rpartition(":")[2])
        page = bisect_right(starts, number)
        return f"{name}:p{page}:{number - starts[page - 1] + 1}"

    return tuple(
        message.model_copy(update={"id": place(message.id), "thread": place(message.thread)})
        for message in parse("\n\n".join(whole), name, {}).messages
    )
