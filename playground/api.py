"""The Web API: one door for every method, with Slack's checks in Slack's order."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable

from aiohttp import web

from playground import chat, conversations, members
from playground.arguments import Arguments
from playground.context import Context
from playground.guard import base
from playground.limits import Limits
from playground.parsing import parsed
from playground.shape import is_object
from playground.values import Json, SlackError
from playground.workspace import Call, Workspace

METHODS: dict[str, Callable[[Context, Arguments], Json]] = {
    "auth.test": members.auth_test,
    "chat.postMessage": chat.post_message,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.update": chat.update,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "conversations.info": conversations.info,
    "conversations.list": conversations.listing,
    "conversations.history": conversations.history,
    "conversations.replies": conversations.replies,
    "conversations.members": conversations.members,
    "conversations.open": conversations.direct,
    "conversations.join": conversations.join,
    "users.info": members.info,
    "users.list": members.listing,
    "users.conversations": members.conversations,
    "reactions.add": chat.react,
}


class WebApi:
    """Answers `/api/<method>` for one bot token."""

    def __init__(self, workspace: Workspace, limits: Limits, token: str) -> None:
        self._workspace, self._limits, self._token = workspace, limits, token

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            args = await _arguments(request)
            self._admit(method, args, request.headers.get("Authorization", ""))
            said = self._call(method, args, base(request))
        except SlackError as refusal:
            return _refused(refusal)
        return web.json_response({"ok": True, **said})

    def _admit(self, method: str, args: Json, header: str) -> None:
        if method == "api.test":
            return
        token = header.removeprefix("Bearer ").strip() or str(args.get("token") or "")
        if not token:
            raise SlackError("not_authed")
        if not hmac.compare_digest(token.encode(errors="replace"), self._token.encode()):
            raise SlackError("invalid_auth")

    def _call(self, method: str, args: Json, own: str) -> Json:
        error = None
        try:
            return self._run(method, args, own)
        except SlackError as refusal:
            error = refusal.code
            raise
        finally:
            kept = {name: value for name, value in args.items() if name != "token"}
            self._workspace.calls.append(
                Call(method=method, args=kept, at=time.time(), error=error)
            )

    def _run(self, method: str, args: Json, own: str) -> Json:
        if wait := self._limits.wait(method, str(args.get("channel", ""))):
            raise SlackError("ratelimited", retry_after=wait)
        if method == "api.test":
            return {"args": args}
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        return METHODS[method](Context(self._workspace, own), Arguments(args))


def _refused(refusal: SlackError) -> web.Response:
    body = {"ok": False, "error": refusal.code, **refusal.more}
    wait = body.pop("retry_after", None)
    if wait is None:
        return web.json_response(body)
    return web.json_response(body, status=429, headers={"Retry-After": str(wait)})


async def _arguments(request: web.Request) -> Json:
    given: Json = dict(request.query)
    if request.method == "GET":
        return given
    if request.content_type == "application/json":
        try:
            body = parsed(await request.read() or b"{}")
        except ValueError as err:
            raise SlackError("invalid_json") from err
        if not is_object(body):
            raise SlackError("json_not_object")
        return {**given, **body}
    return {**given, **await request.post()}
