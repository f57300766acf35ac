"""What came with a message, line by line: its text files, or what was pasted into it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from io import BytesIO, TextIOWrapper

from bot.reading.attachments import MEGABYTE, called, is_text, is_with_slack
from bot.reading.texts import encoding
from bot.reading.voices import typed
from bot.runs.errors import Unreadable
from bot.slack.downloads import Downloads
from bot.slack.errors import Invalid, SlackError
from bot.slack.wire import SharedFile
from patterns.task import Document, Message

#: Bytes of all files of one message: they are held in memory.
BYTES_MOST = 20 * MEGABYTE
PASTED = "the message"

_BLOCK = re.compile(r"```(?:[ \t]*\n)?(.*?)```", re.DOTALL)


async def of_files(
    files: tuple[SharedFile, ...], link: str, downloads: Downloads
) -> tuple[list[Document], list[str]]:
    """Documents, and sentences on the files that are none. *link* is the message's."""
    documents: list[Document] = []
    notes: list[str] = []
    room = BYTES_MOST
    for file in files:
        name = called(file)
        found = await _brought(file, downloads, room)
        if isinstance(found, str):
            notes.append(f"{name} was not read: {found}.")
            continue
        content, code = found
        room -= len(content)
        documents.append(
            Document(name=typed(name), lines=_lines(content, code), link=file.permalink or link)
        )
    return documents, notes


def of_text(message: Message) -> Document | None:
    """What stands in its code blocks; where there are none, all that it says."""
    blocks = [block.strip("\n") for block in _BLOCK.findall(message.text)]
    text = "\n".join(block for block in blocks if block.strip()) or message.text
    if not text.strip("` \n"):
        return None

    async def lines() -> AsyncGenerator[str]:
        for line in text.split("\n"):
            yield line

    return Document(name=PASTED, lines=lines, link=message.permalink or "")


def is_pasted(message: Message) -> bool:
    """Whether a code block stands in it."""
    return any(block.strip() for block in _BLOCK.findall(message.text))


def no_text(notes: list[str]) -> Unreadable:
    said = " ".join(notes[:3])
    return Unreadable(f"No text file that I can read came with that message. {said}".rstrip())


async def _brought(file: SharedFile, downloads: Downloads, most: int) -> tuple[bytes, str] | str:
    """Its bytes and their encoding, or why there are none."""
    if not is_with_slack(file) or not is_text(file):
        return "it is no text file"
    if file.size > most:
        return _big(most)
    try:
        content = await downloads.fetch(file.url_private or "", most)
    except SlackError as err:
        too_big = isinstance(err, Invalid) and err.code == "too_big"
        return _big(most) if too_big else "Slack did not give it"
    code = encoding(content)
    if code is None:
        return "it is no text file"
    return (content, code) if content.strip() else "it is empty"


def _big(room: int) -> str:
    total = f"{BYTES_MOST // MEGABYTE} MB"
    return f"it is bigger than {total}" if room == BYTES_MOST else f"together they are over {total}"


def _lines(content: bytes, code: str) -> Callable[[], AsyncIterable[str]]:
    async def lines() -> AsyncGenerator[str]:
        for line in TextIOWrapper(BytesIO(content), code, errors="replace"):
            yield typed(line.removesuffix("\n"))

    return lines
