"""Files, the way in that is left: ask for an address, send the bytes there, show the file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from aiohttp import web

from playground.arguments import Arguments, is_number
from playground.context import Context
from playground.parsing import parsed
from playground.shape import is_list, is_object
from playground.values import Json, Message, SlackError

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
        done = [self._done(one) for one in _named(args.raw("files"))]
        if channel := args.text("channel_id") or args.text("channels"):
            place = context.writable(channel)
            context.workspace.post(
                place.id,
                Message(
                    ts="",
                    user=context.bot,
                    text=args.text("initial_comment"),
                    thread_ts=args.stamp("thread_ts"),
                    files=tuple(done),
                ),
            )
        return {"files": [{"id": one["id"], "title": one["title"]} for one in done]}

    def _done(self, named: Json) -> Json:
        found = next((s for s, u in self._uploads.items() if u.id == named.get("id")), "")
        upload = self._uploads.get(found)
        if upload is None or upload.content is None:
            raise SlackError("file_not_found")
        del self._uploads[found]  # a file is completed once
        text = upload.content.decode(errors="replace")
        return {
            "id": upload.id,
            "name": upload.name,
            "title": str(named.get("title") or upload.name),
            "mimetype": "text/plain",
            "filetype": upload.name.rpartition(".")[2] or "text",
            "size": upload.length,
            "mode": "snippet",
            "preview": text,
        }


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
