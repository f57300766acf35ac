"""Bytes of a file as text: what is text as it stands, and PDFs."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Iterator
from pathlib import Path

from bot.reading.passages import numbered, paragraphs
from bot.reading.pdf import PdfFailed, pages

#: Characters of a part of a text that is read as one message.
PART_MOST = 1_500
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROBE = 8_192  # bytes in which a binary file shows itself
_PDF = b"%PDF-"
_PDF_PROBE = 1_024  # in which a PDF says that it is one


class NoText(Exception):
    """There is no text; its message says why, behind a colon."""


def encoding(content: bytes) -> str | None:
    """None for what is no text: UTF-8, UTF-16 by its mark, or the old Western one."""
    if content.startswith(_MARKS_16):
        return "utf-16"
    if b"\0" in content[:_PROBE]:
        return None
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def is_pdf(content: bytes) -> bool:
    return _PDF in content[:_PDF_PROBE]


async def text_of(content: bytes | Path) -> tuple[str, str]:
    """
    All text, and a sentence on what of it is missing: empty where nothing is.

    Raises `NoText`, and `OSError` for a path that cannot be read.
    """
    if isinstance(content, Path):
        content = await asyncio.to_thread(content.read_bytes)
    if not is_pdf(content):
        name = encoding(content)
        if name is None:
            raise NoText("it is no text file")
        return content.decode(name, errors="replace"), ""
    try:
        found = await pages(content)
    except PdfFailed as err:
        raise NoText(str(err)) from err
    text = "\n\n".join(found.texts)
    if not text.strip():
        raise NoText("it holds pictures, and no text")
    cut = f"of {found.of:,} pages, the first {len(found.texts)} were read"
    return text, cut if len(found.texts) < found.of else ""


def parts(text: str) -> Iterator[str]:
    """Paragraphs, as many of them together as fit into a part."""
    held = ""
    for _, paragraph in paragraphs(numbered(text), most=PART_MOST):
        if held and len(held) + 2 + len(paragraph) > PART_MOST:
            yield held
            held = ""
        held = f"{held}\n\n{paragraph}" if held else paragraph
    if held:
        yield held
