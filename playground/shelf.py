"""The files of a workspace, and no more of their bytes than memory is meant for."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from playground.filetypes import type_of
from playground.values import File

KEPT_MOST = 200_000_000
SNIPPET_MOST = 1_000_000  # longer texts are files like any other


def new_file(
    *, name: str, user: str, content: bytes, title: str = "", created: float | None = None
) -> File:
    """As Slack takes it, with an id of its own; *created* now, if not told."""
    kind = type_of(name, content)
    return File(
        id=f"F{secrets.token_hex(5).upper()}",
        name=name,
        title=title or name,
        user=user,
        size=len(content),
        type=kind,
        mode="snippet" if kind.is_text and len(content) <= SNIPPET_MOST else "hosted",
        created=int(time.time() if created is None else created),
        content=content,
    )


class Shelf:
    """Files by id, the oldest first. Bytes beyond *most* in all are dropped, the oldest first."""

    def __init__(self, *, most: int = KEPT_MOST) -> None:
        self._most, self._kept = most, 0
        self._files: dict[str, File] = {}

    def get(self, file_id: str) -> File | None:
        return self._files.get(file_id)

    def put(self, file: File) -> list[str]:
        """Keep *file*; the ids of those whose bytes went away for it."""
        self._set(file)
        dropped: list[str] = []
        for each in list(self._files.values()) if self._kept > self._most else ():
            if self._kept > self._most and each.content is not None:
                self._set(replace(each, content=None, mode="tombstone"))
                dropped.append(each.id)
        return dropped

    def _set(self, file: File) -> None:
        before = self._files.get(file.id)
        self._kept += len(file.content or b"") - len((before and before.content) or b"")
        self._files[file.id] = file
