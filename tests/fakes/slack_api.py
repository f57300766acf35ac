"""
Slack's Web API as far as the bot speaks it, with every way to fail on demand.

`python -m tests.fakes.slack_api` serves one on a free port and prints the address of its API.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

TEAM, BOT, BOT_ID = "T0TEAM", "U0BOT", "B0BOT"
Json = dict[str, Any]


class Fault(StrEnum):
    """What goes wrong; the ones that end in AFTER happen when the call was carried out."""

    RATE = "429"
    ERROR = "500"
    HTML = "html"
    BROKEN = "broken json"
    DROP = "drop"
    HTML_AFTER = "html after"
    ERROR_AFTER = "500 after"
    BROKEN_AFTER = "broken json after"
    DROP_AFTER = "drop after"


@dataclass(frozen=True)
class Call:
    method: str
    args: Json
    at: float
    token: str = ""


@dataclass
class Room:
    kind: str = "public"
    members: list[str] = field(default_factory=lambda: [BOT, "U1"])
    name: str = "general"
    archived: bool = False
    messages: list[Json] = field(default_factory=list)


#: Told of every call before it is carried out, and after it, before it is answered.
Watch = Callable[["Call", bool], Awaitable[None]]


class Refused(Exception):
    """Slack says no, with this code."""


class FakeSlack:
    """
    *clock* stamps the calls; *page* is the most that a page ever holds.

    *began* is when its first message is said, in seconds of the epoch.
    """

    def __init__(
        self,
        clock: Callable[[], float] = lambda: 0.0,
        *,
        page: int = 1000,
        began: float = 1_700_000_000,
    ) -> None:
        self.clock = clock
        self.page = page
        self.rooms: dict[str, Room] = {"C1": Room()}
        self.users: dict[str, Json] = {}
        self.calls: list[Call] = []
        self.ephemerals: list[Json] = []
        self.responses: list[Json] = []
        self.faults: dict[str, deque[Fault | str]] = defaultdict(deque)
        self.retry_after = "2"
        #: Methods and kinds of blocks that this Slack has never heard of.
        self.unknown: set[str] = set()
        self.unknown_blocks: set[str] = set()
        #: Answers a post with the message, as the real one does; or without its thread.
        self.echoes = False
        self.without_threads = False
        #: Posts a reply to a deleted message into the channel, as the real one does.
        self.unthreads = False
        #: Gives messages fifteen at a time, a page a minute, as the real one does to apps that are
        #: sold outside its marketplace.
        self.strict = False
        self._given: dict[str, float] = {}
        self.files: dict[str, Json] = {}
        #: Where files are to be sent, if not here.
        self.upload_url = ""
        self.sessions: list[Json] = []
        self.views: list[Json] = []
        self.watch: Watch | None = None
        self.url = ""
        self._stamp = int(began * 1_000_000)

    def user(self, id_: str, name: str, **more: object) -> None:
        profile = {"display_name": name}
        self.users[id_] = {"id": id_, "team_id": TEAM, "profile": profile, **more}

    def said(self, channel: str, text: str, *, user: str = "U1", **more: object) -> str:
        message: Json = {"type": "message", "user": user, "text": text, "ts": self._ts(), **more}
        self.rooms[channel].messages.append(message)
        return str(message["ts"])

    def file(self, name: str, content: str | bytes, **more: object) -> Json:
        """A file as messages tell of it; its address is told under this Slack's *url*."""
        file = f"F{len(self.files)}"
        body = content.encode() if isinstance(content, str) else content
        self.files[file] = {"name": name, "length": len(body), "content": body}
        told: Json = {"id": file, "name": name, "title": name, "mimetype": "text/plain"}
        told |= {
            "filetype": "text",
            "size": len(body),
            "permalink": f"https://team.slack.com/{file}",
        }
        return told | {"url_private": f"{self.url}/files/{file}", **more}

    def of(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._answer)
        app.router.add_post("/response", self._respond)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files/{file}", self._download)
        app.router.add_get("/files-pri/elsewhere", self._elsewhere)
        return app

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        said: Json = await request.json()

        def take(_: Json) -> Json:
            self.responses.append(said)
            return {}

        answer = await self._carried_out(request, "response_url", said, take)
        if isinstance(answer, web.Response) and b'"ok": false' in (answer.body or b""):
            answer.set_status(404)
        return answer

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content, file = await request.read(), request.match_info["file"]

        def take(_: Json) -> Json:
            if len(content) != self.files[file]["length"]:
                raise Refused("size_mismatch")
            self.files[file]["content"] = content.decode()
            return {}

        return await self._carried_out(request, "files.upload", {"file": file}, take)

    async def _elsewhere(self, _: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(self.file("a.txt", "text")["url_private"])

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Who shows no token is sent to a page for signing in."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        file = request.match_info["file"]
        self.calls.append(Call("file", {"file": file}, self.clock(), token))
        fault = self.faults["file"].popleft() if self.faults["file"] else None
        if fault is not None:
            return self._fail(request, str(fault))
        if not token:
            raise web.HTTPFound("/signin")
        if file not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[file]["content"], content_type="text/plain")

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args: Json = dict(request.query)
        if request.content_type == "application/json":
            args |= await request.json()
        self.url = f"{request.scheme}://{request.host}"
        return await self._carried_out(request, method, args, self._method(method))

    def _method(self, method: str) -> Callable[[Json], Json]:
        def unknown(_: Json) -> Json:
            raise Refused("unknown_method")

        if method in self.unknown:
            return unknown
        return getattr(self, "_" + method.replace(".", "_"), unknown)

    async def _carried_out(
        self, request: web.Request, method: str, args: Json, do: Callable[[Json], Json]
    ) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = Call(method, args, self.clock(), token)
        self.calls.append(call)
        try:
            if self.watch is not None:
                await self.watch(call, False)
        except Refused as err:
            return web.json_response({"ok": False, "error": str(err)})
        fault = self.faults[method].popleft() if self.faults[method] else None
        if self.strict and (wait := self._too_soon(method)):
            self.retry_after, fault = str(wait), Fault.RATE
        if fault is not None and not str(fault).endswith("after"):
            return self._fail(request, str(fault))
        try:
            done = do(args)
        except Refused as err:
            return web.json_response({"ok": False, "error": str(err)})
        if self.watch is not None:
            await self.watch(call, True)
        if fault is not None:
            return self._fail(request, str(fault).removesuffix(" after"))
        return web.json_response({"ok": True, **done})

    def _too_soon(self, method: str) -> int:
        """Seconds until messages are given again, rounded up."""
        if method not in {"conversations.history", "conversations.replies"}:
            return 0
        wait = self._given.get(method, float("-inf")) + 60 - self.clock()
        if wait > 0:
            return math.ceil(wait)
        self._given[method] = self.clock()
        return 0

    def _fail(self, request: web.Request, fault: str) -> web.Response:
        match fault:
            case "429":
                body = {"ok": False, "error": "ratelimited"}
                headers = {"Retry-After": self.retry_after}
                return web.json_response(body, status=429, headers=headers)
            case "500":
                return web.json_response({"ok": False, "error": "internal_error"}, status=500)
            case "html":
                return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
            case "broken json":
                return web.Response(text='{"ok": tru', content_type="application/json")
            case "drop":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response()
            case _:
                return web.json_response({"ok": False, "error": fault})

    def _ts(self) -> str:
        self._stamp += 100
        return f"{self._stamp // 1_000_000}.{self._stamp % 1_000_000:06d}"

    def _room(self, args: Json, *, member: bool = True) -> Room:
        room = self.rooms.get(args.get("channel", ""))
        if room is None or (room.kind != "public" and BOT not in room.members):
            raise Refused("channel_not_found")
        if member and BOT not in room.members:
            raise Refused("not_in_channel")
        return room

    def _auth_test(self, _: Json) -> Json:
        url = "https://team.slack.com/"
        return {"url": url, "team_id": TEAM, "user_id": BOT, "bot_id": BOT_ID}

    def _chat_postMessage(self, args: Json) -> Json:  # noqa: N802
        room = self._room(args)
        self._check(room, args)
        message: Json = {"type": "message", "user": BOT, "bot_id": BOT_ID, "ts": self._ts()}
        message |= {key: args.get(key) for key in ("text", "blocks", "metadata")}
        message["broadcast"] = args.get("reply_broadcast", False)
        message |= self._threaded(room, args)
        room.messages.append(message)
        told = {k: v for k, v in message.items() if k != "thread_ts" or not self.without_threads}
        echo = {"message": told} if self.echoes else {}
        return {"channel": args["channel"], "ts": message["ts"], **echo}

    def _check(self, room: Room, args: Json) -> None:
        if room.archived:
            raise Refused("is_archived")
        if self.unknown_blocks & {block["type"] for block in args.get("blocks") or []}:
            raise Refused("invalid_blocks")

    def _threaded(self, room: Room, args: Json) -> Json:
        thread = args.get("thread_ts")
        if not thread or thread in {m["ts"] for m in room.messages}:
            return {"thread_ts": thread} if thread else {}
        if self.unthreads:
            return {}
        raise Refused("thread_not_found")

    def _chat_delete(self, args: Json) -> Json:
        room = self._room(args)
        kept = [m for m in room.messages if m["ts"] != args["ts"]]
        if len(kept) == len(room.messages):
            raise Refused("message_not_found")
        room.messages[:] = kept
        return {"ts": args["ts"]}

    def _files_getUploadURLExternal(self, args: Json) -> Json:  # noqa: N802
        file = f"F{len(self.files)}"
        self.files[file] = {"name": args["filename"], "length": int(args["length"])}
        return {"upload_url": self.upload_url or f"{self.url}/upload/{file}", "file_id": file}

    def _files_completeUploadExternal(self, args: Json) -> Json:  # noqa: N802
        room = self._room({"channel": args["channel_id"]})
        self._check(room, args)
        shown = [{"id": f["id"], "title": f["title"]} for f in args["files"]]
        if any("content" not in self.files[f["id"]] for f in shown):
            raise Refused("file_not_found")
        message: Json = {"type": "message", "user": BOT, "bot_id": BOT_ID, "ts": self._ts()}
        message |= {"text": args.get("initial_comment"), "files": shown, "broadcast": False}
        room.messages.append(message | self._threaded(room, args))
        return {"files": shown}

    def _agents_sessions_setStatus(self, args: Json) -> Json:  # noqa: N802
        self.sessions.append(args)
        return {}

    def _assistant_threads_setSuggestedPrompts(self, args: Json) -> Json:  # noqa: N802
        self.views.append(args)
        return {}

    def _views_open(self, args: Json) -> Json:
        if args["trigger_id"] == "expired":
            raise Refused("expired_trigger_id")
        self.views.append(args)
        return {}

    _views_publish = _assistant_threads_setSuggestedPrompts

    def _chat_update(self, args: Json) -> Json:
        room = self._room(args)
        self._check(room, args)
        found = next((m for m in room.messages if m["ts"] == args["ts"]), None)
        if found is None:
            raise Refused("message_not_found")
        edited = {"user": BOT, "ts": self._ts()}
        found |= {"text": args.get("text"), "blocks": args.get("blocks"), "edited": edited}
        return {"ts": args["ts"]}

    def _chat_postEphemeral(self, args: Json) -> Json:  # noqa: N802
        if args["user"] not in self._room(args).members:
            raise Refused("user_not_in_channel")
        self.ephemerals.append(args)
        return {"message_ts": self._ts()}

    def _conversations_open(self, args: Json) -> Json:
        channel = "D" + args["users"]
        self.rooms.setdefault(channel, Room("im", [BOT, args["users"]], ""))
        return {"channel": {"id": channel}}

    def _conversations_info(self, args: Json) -> Json:
        room = self._room(args, member=False)
        return {
            "channel": {
                "id": args["channel"],
                "name": room.name,
                "is_private": room.kind != "public",
                "is_im": room.kind == "im",
                "is_member": BOT in room.members,
            }
        }

    def _conversations_members(self, args: Json) -> Json:
        members = self._room(args, member=False).members
        return self._paged("members", list(members), args)

    def _users_info(self, args: Json) -> Json:
        if args["user"] not in self.users:
            raise Refused("user_not_found")
        return {"user": self.users[args["user"]]}

    def _conversations_history(self, args: Json) -> Json:
        room = self._room(args)
        whole = [m for m in room.messages if m.get("thread_ts") in {None, m["ts"]}]
        whole += [m for m in room.messages if m.get("subtype") == "thread_broadcast"]
        shown = [self._wire(room, m) for m in whole if _inside(m["ts"], args)]
        shown.sort(key=lambda m: m["ts"], reverse=True)
        # a cursor stays where it was, whatever is said since
        left = int(args.get("cursor") or len(shown))
        page = self._paged("messages", shown, args | {"cursor": len(shown) - left})
        if cursor := page["response_metadata"]["next_cursor"]:
            page["response_metadata"]["next_cursor"] = str(len(shown) - int(cursor))
        return page

    def _conversations_replies(self, args: Json) -> Json:
        room = self._room(args)
        ts = args["ts"]
        found = next((m for m in room.messages if m["ts"] == ts), None)
        if found is None:
            raise Refused("thread_not_found")
        if found.get("thread_ts") not in {None, ts}:
            return self._paged("messages", [self._wire(room, found)], args)
        inside = [m for m in room.messages if m.get("thread_ts") == ts and m["ts"] != ts]
        shown = [m for m in inside if _inside(m["ts"], args)]
        return self._paged("messages", [self._wire(room, m) for m in (found, *shown)], args)

    def _wire(self, room: Room, message: Json) -> Json:
        replies = [m for m in room.messages if m.get("thread_ts") == message["ts"]]
        replies = [m for m in replies if m["ts"] != message["ts"]]
        if not replies:
            return message
        return {
            **message,
            "thread_ts": message["ts"],
            "reply_count": len(replies),
            "latest_reply": replies[-1]["ts"],
            "reply_users": sorted({m["user"] for m in replies}),
        }

    def _paged(self, name: str, items: list[Any], args: Json) -> Json:
        start = int(args.get("cursor") or 0)
        most = 15 if self.strict and name == "messages" else self.page
        end = start + min(int(args.get("limit", 100)), most)
        cursor = str(end) if end < len(items) else ""
        return {name: items[start:end], "response_metadata": {"next_cursor": cursor}}


def _inside(ts: str, args: Json) -> bool:
    oldest, latest = args.get("oldest", "0"), args.get("latest", "9999999999")
    if args.get("inclusive") in {"1", "true", True}:
        return bool(oldest <= ts <= latest)
    return bool(oldest < ts < latest)


def metadata_of(call: Call) -> Json:
    """What the bot wrote about its own message."""
    said = call.args["metadata"]
    return dict(json.loads(said) if isinstance(said, str) else said)


async def _serve() -> None:
    runner = web.AppRunner(FakeSlack().app(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        sys.stdout.write(f"http://{host}:{port}/api/\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve())
