"""What the page does with files: it brings them, reads them, and finds the message of one."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from playground.context import Context
from playground.filetypes import text_of
from playground.guard import base
from playground.shelf import new_file
from playground.speaking import Speaking
from playground.values import File, Message, SlackError
from playground.workspace import Workspace

FILE_MOST, NAME_MOST = 10_000_000, 255
TEXT_MOST = 100_000  # characters that the page unfolds
_BLOCK = 64 * 1024
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
#: Whatever the bytes are, they are saved and never run.
SAVED = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class PageFiles:
    """More handlers under `/playground/`, each for the person named by `as`."""

    def __init__(self, workspace: Workspace, speaking: Speaking) -> None:
        self._workspace, self._speaking = workspace, speaking

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/playground/upload", self.upload),
            web.get("/playground/file", self.file),
            web.get("/playground/file-text", self.text),
            web.get("/playground/file-place", self.place),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """The body is the file; nobody sees it before `say` names its id."""
        person, channel = request.query.get("as", ""), request.query.get("channel", "")
        self._speaking.require_member(person, channel)
        name = _name(request.query.get("name", ""))
        file = new_file(name=name, user=person, content=await _body(request))
        self._workspace.keep(file)
        return web.json_response({"id": file.id})

    async def file(self, request: web.Request) -> web.Response:
        """The bytes, to be saved."""
        file, _, _ = self._readable(request)
        return saved(file, "application/octet-stream")

    async def text(self, request: web.Request) -> web.Response:
        file, _, _ = self._readable(request)
        text = text_of(file.content or b"") if file.type.is_text else None
        if file.content is None or text is None:
            raise SlackError("file_not_found")
        whole = len(text) <= TEXT_MOST
        return web.json_response({"text": text[:TEXT_MOST], "whole": whole})

    async def place(self, request: web.Request) -> web.Response:
        """The permalink of the message that carries the file."""
        _, channel, message = self._readable(request)
        link = Context(self._workspace, base(request)).permalink(channel, message)
        return web.json_response({"permalink": link})

    def _readable(self, request: web.Request) -> tuple[File, str, Message]:
        """A file in a message that the person may read."""
        file = self._workspace.shelf.get(request.query.get("id", ""))
        for channel, message in self._workspace.shares(file.id) if file else ():
            if file and self._workspace.may_read(request.query.get("as", ""), channel):
                return file, channel, message
        raise SlackError("file_not_found")


def saved(file: File, media: str) -> web.Response:
    """404 for bytes that are not here."""
    if file.content is None:
        return web.Response(status=404, text="This file is not here.")
    name = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = {**SAVED, "Content-Disposition": name}
    return web.Response(body=file.content, content_type=media, headers=headers)


async def _body(request: web.Request) -> bytes:
    """Raises `SlackError` as soon as it is too much."""
    if (request.content_length or 0) > FILE_MOST:
        raise SlackError("file_too_large")
    content = bytearray()
    async for block in request.content.iter_chunked(_BLOCK):
        content += block
        if len(content) > FILE_MOST:
            raise SlackError("file_too_large")
    if not content:
        raise SlackError("file_empty")
    return bytes(content)


def _name(given: str) -> str:
    """One line, no folders, and nothing that turns the order of its letters."""
    name = _UNSEEN.sub(" ", given.replace("\\", "/").rpartition("/")[2]).strip()
    name = name.encode(errors="replace").decode()
    return name[-NAME_MOST:] or "file"
