"""What Slack takes a file for, by its name and its bytes, and what stands in files of text."""

from __future__ import annotations

import codecs
from dataclasses import dataclass


@dataclass(frozen=True)
class FileType:
    """Slack's *name* for a kind of file, its *media* type, and the words that people read."""

    name: str
    media: str
    pretty: str
    is_text: bool = False


TEXT = FileType("text", "text/plain", "Plain Text", is_text=True)
BINARY = FileType("binary", "application/octet-stream", "Binary")

_OFFICE = "application/vnd.openxmlformats-officedocument"
_HTML = FileType("html", "text/html", "HTML", is_text=True)
_JPEG = FileType("jpg", "image/jpeg", "JPEG")
_YAML = FileType("yaml", "text/plain", "YAML", is_text=True)
_BY_ENDING = {
    "csv": FileType("csv", "text/csv", "CSV", is_text=True),
    "docx": FileType("docx", f"{_OFFICE}.wordprocessingml.document", "Word Document"),
    "gif": FileType("gif", "image/gif", "GIF"),
    "gz": FileType("gzip", "application/x-gzip", "Gzip"),
    "htm": _HTML,
    "html": _HTML,
    "jpeg": _JPEG,
    "jpg": _JPEG,
    "js": FileType("javascript", "text/javascript", "JavaScript", is_text=True),
    "json": FileType("json", "application/json", "JSON", is_text=True),
    "md": FileType("markdown", "text/markdown", "Markdown (raw)", is_text=True),
    "log": TEXT,
    "mp3": FileType("mp3", "audio/mpeg", "MP3"),
    "mp4": FileType("mp4", "video/mp4", "MPEG 4 Video"),
    "pdf": FileType("pdf", "application/pdf", "PDF"),
    "png": FileType("png", "image/png", "PNG"),
    "pptx": FileType("pptx", f"{_OFFICE}.presentationml.presentation", "PowerPoint Presentation"),
    "py": FileType("python", "text/x-python", "Python", is_text=True),
    "svg": FileType("svg", "image/svg+xml", "SVG", is_text=True),
    "tsv": FileType("tsv", "text/tab-separated-values", "TSV", is_text=True),
    "txt": TEXT,
    "xlsx": FileType("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "Excel Spreadsheet"),
    "xml": FileType("xml", "application/xml", "XML", is_text=True),
    "yaml": _YAML,
    "yml": _YAML,
    "zip": FileType("zip", "application/zip", "Zip"),
}
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PROBE = 8_192  # bytes in which a binary file shows itself


def type_of(name: str, content: bytes) -> FileType:
    """By the ending of *name*; bytes that are no text make no file of text, whatever its name."""
    known = named(name)
    if known is not None and not known.is_text:
        return known
    return known or TEXT if text_of(content[:_PROBE]) is not None else BINARY


def named(name: str) -> FileType | None:
    """What the ending of *name* alone says."""
    return _BY_ENDING.get(name.rpartition(".")[2].casefold()) if "." in name else None


def text_of(content: bytes) -> str | None:
    """What stands in *content*, which may be cut anywhere; None for what is no text."""
    if content.startswith(_MARKS_16):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:_PROBE]:
        return None
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(content)
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
