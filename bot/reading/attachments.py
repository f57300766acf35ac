"""Text files that came with messages: which they are, and what stands in them."""

from __future__ import annotations

import asyncio
import codecs
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.reading.names import one_line
from bot.slack.downloads import Downloads
from bot.slack.errors import SlackError
from bot.slack.wire import RawMessage, SharedFile

log = logging.getLogger(__name__)

FILES_MOST = 5
BYTES_MOST = 1_000_000
#: Slack's names for kinds of files; of the others a media type tells.
_KINDS = frozenset({"text", "csv", "tsv", "json", "log", "markdown", "md", "yaml", "xml"})
_TYPES = frozenset({"application/json", "application/x-ndjson", "application/csv"})
_ENDINGS = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".md", ".markdown", ".log")
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROBE = 8_192  # bytes in which a binary file shows itself


@dataclass(frozen=True)
class TextFile:
    """*name* is one line, *link* leads to it in Slack, *ts* is that of the message it came with."""

    name: str
    text: str
    link: str
    ts: str


@dataclass(frozen=True)
class Brought:
    """*failed* counts those that could not be had, *left* those that were too many or too big."""

    files: tuple[TextFile, ...] = ()
    failed: int = 0
    left: int = 0


async def bring(found: Iterable[RawMessage], downloads: Downloads) -> Brought:
    """The first few text files of *found*, all at once. Never an error."""
    wanted = _wanted(found)
    small = [(file, ts) for file, ts in wanted if file.size <= BYTES_MOST][:FILES_MOST]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_read(file, ts, downloads)) for file, ts in small]
    files = tuple(file for task in tasks if (file := task.result()) is not None)
    return Brought(files, failed=len(small) - len(files), left=len(wanted) - len(small))


def _wanted(found: Iterable[RawMessage]) -> Sequence[tuple[SharedFile, str]]:
    """Each file once, however often it was shared; none that is not with Slack."""
    files = {
        file.url_private: (file, message.ts)
        for message in reversed(list(found))
        for file in reversed(message.files)
        if file.url_private and _is_with_slack(file) and _is_text(file)
    }
    return list(reversed(files.values()))


def _is_with_slack(file: SharedFile) -> bool:
    return not file.is_external and file.mode != "external"


def _is_text(file: SharedFile) -> bool:
    """By what Slack took it for. Markup of pages is no text that anybody reads."""
    kind, media = (file.filetype or "").casefold(), (file.mimetype or "").casefold()
    if "html" in kind or "html" in media:
        return False
    if kind in _KINDS or media in _TYPES or media.startswith("text/"):
        return True
    return (file.name or "").casefold().endswith(_ENDINGS)


async def _read(file: SharedFile, ts: str, downloads: Downloads) -> TextFile | None:
    try:
        content = await downloads.fetch(file.url_private or "", BYTES_MOST)
    except SlackError as err:
        log.info("a file is not read: %s", err)
        return None
    text = _decoded(content)
    if text is None:
        return None
    name = one_line(file.title or file.name or "") or "a file"
    return TextFile(name=name, text=text, link=file.permalink or "", ts=ts)


def _decoded(content: bytes) -> str | None:
    """None for what is no text."""
    if content.startswith(_MARKS_16):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:_PROBE]:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
