"""Files of the app: ask for an address, send the bytes there, show the file; and ask about one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from aiohttp import web

from playground.arguments import Arguments, is_number
from playground.context import Context
from playground.conversations import visible
from playground.parsing import parsed
from playground.shape import is_list, is_object
from playground.shelf import new_file
from playground.values import Channel, File, Json, Message, SlackError

BYTES_MOST, KEPT = 1_000_000, 200


@dataclass(kw_only=True)
class Upload:
    """A file on its way; *content* comes with the bytes."""

    id: str
    name: str
    length: int
    content: bytes | None = None


class Files:
    """The methods `files.*`, and the address that the bytes go to."""

    def __init__(self) -> None:
        self._uploads: dict[str, Upload] = {}

    def address(self, context: Context, args: Arguments) -> Json:
        """`files.getUploadURLExternal`."""
        name, length = args.need("filename"), args.need("length")
        if not is_number(length) or not 0 < int(length) <= BYTES_MOST:
            raise SlackError("invalid_arguments")
        secret = secrets.token_urlsafe(24)
        upload = Upload(id=f"F{secrets.token_hex(5).upper()}", name=name, length=int(length))
        self._uploads[secret] = upload
        while len(self._uploads) > KEPT:
            del self._uploads[next(iter(self._uploads))]
        return {"upload_url": f"{context.base}upload/{secret}", "file_id": upload.id}

    async def receive(self, request: web.Request) -> web.Response:
        """The bytes, as the body itself or as the first part of a form."""
        upload = self._uploads.get(request.match_info["secret"])
        if upload is None:
            return web.Response(status=404)
        content = await _content(request)
        if len(content) != upload.length:
            return web.Response(status=400, text="the length is another one")
        upload.content = content
        return web.Response(text=f"OK - {len(content)}")

    def complete(self, context: Context, args: Arguments) -> Json:
        """`files.completeUploadExternal`: one message with the files, in a channel or a thread."""
        channel = args.text("channel_id") or args.text("channels")
        place = context.writable(channel) if channel else None
        done = [self._done(context, one) for one in _named(args.raw("files"))]
        for file in done:
            context.workspace.keep(file)
        if place is not None:
            context.workspace.post(
                place.id,
                Message(
                    ts="",
                    user=context.bot,
                    text=args.text("initial_comment"),
                    thread_ts=args.stamp("thread_ts"),
                    files=tuple(file.id for file in done),
                ),
            )
        return {"files": [{"id": file.id, "title": file.title} for file in done]}

    def _done(self, context: Context, named: Json) -> File:
        found = next((s for s, u in self._uploads.items() if u.id == named.get("id")), "")
        upload = self._uploads.get(found)
        if upload is None or upload.content is None:
            raise SlackError("file_not_found")
        del self._uploads[found]  # a file is completed once
        title = str(named.get("title") or "")
        file = new_file(name=upload.name, user=context.bot, content=upload.content, title=title)
        return replace(file, id=upload.id)


def seen(context: Context, file: File) -> list[Channel] | None:
    """The channels that the app knows of and that show *file*; None if it may not have it."""
    shown = {channel for channel, _ in context.workspace.shares(file.id)}
    places = [c for c in context.workspace.channels.values() if c.id in shown]
    known = [place for place in places if visible(context, place)]
    return known if known or file.user == context.bot else None


def info(context: Context, args: Arguments) -> Json:
    """`files.info`."""
    file = context.workspace.shelf.get(args.need("file", "file_not_found"))
    places = None if file is None else seen(context, file)
    if file is None or places is None:
        raise SlackError("file_not_found")
    kinds = {"channels": "public", "groups": "private", "ims": "dm"}
    shown = {name: [c.id for c in places if c.kind == kind] for name, kind in kinds.items()}
    return {"file": {**context.workspace.wire_file(file), **shown}, "comments": []}


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _named(value: object) -> list[Json]:
    try:
        given = parsed(value) if isinstance(value, str) else value
    except ValueError as err:
        raise SlackError("invalid_arguments") from err
    if not is_list(given) or not given or not all(is_object(one) for one in given):
        raise SlackError("invalid_arguments")
    return given
