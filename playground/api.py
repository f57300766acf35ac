"""The Web API: one door for every method, with Slack's checks in Slack's order."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from functools import partial

from aiohttp import web

from playground import agents, chat, conversations, files, members, views
from playground.arguments import Arguments
from playground.context import Context
from playground.faults import Faults
from playground.guard import base, is_known
from playground.limits import Limits
from playground.parsing import parsed
from playground.shape import is_object
from playground.values import Json, SlackError
from playground.workspace import Call, Workspace

Method = Callable[[Context, Arguments], Json]

METHODS: dict[str, Method] = {
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
    "files.info": files.info,
    "users.info": members.info,
    "users.list": members.listing,
    "users.conversations": members.conversations,
    "reactions.add": chat.react,
    "views.open": views.open_view,
    "views.update": views.update,
    "views.publish": views.publish,
}
#: Of apps that are declared as agents.
AGENT_METHODS: dict[str, Method] = {
    "agents.sessions.setStatus": agents.set_session,
    "assistant.threads.setStatus": agents.set_status,
    "assistant.threads.setSuggestedPrompts": agents.set_prompts,
}
#: Who has no bot token yet calls these.
OPEN_METHODS = {"api.test", "oauth.v2.access"}
SOCKET_METHOD, APP_TOKEN = "apps.connections.open", "xapp-"
#: Arguments that are not recorded.
SECRETS = {"token", "client_secret", "code", "refresh_token"}


class WebApi:
    """
    Answers `/api/<method>` for *tokens*, and for app tokens that ask to connect.

    *more* are the methods that keep something of their own; *agent* says whether the app is
    declared as an agent, and *absent* names methods that this Slack does not know.
    """

    def __init__(
        self,
        workspace: Workspace,
        limits: Limits,
        tokens: Collection[str],
        more: Mapping[str, Method],
    ) -> None:
        self._workspace, self._limits, self._tokens = workspace, limits, tokens
        self._more = more
        self.faults = Faults()
        self.agent = True
        self.absent: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        path = "/api/{method}"
        return [web.get(path, self.answer), web.post(path, self.answer)]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        return await self.faults.around(method, request, partial(self._answer, method, request))

    async def _answer(self, method: str, request: web.Request) -> web.Response:
        try:
            args = await _arguments(request)
            self._admit(method, args, request.headers.get("Authorization", ""))
            said = self._call(method, args, base(request))
        except SlackError as refusal:
            return _refused(refusal)
        return web.json_response({"ok": True, **said})

    def _admit(self, method: str, args: Json, header: str) -> None:
        if method in OPEN_METHODS:
            return
        token = header.removeprefix("Bearer ").strip() or str(args.get("token") or "")
        if not token:
            raise SlackError("not_authed")
        if method == SOCKET_METHOD:
            if not token.startswith(APP_TOKEN):
                raise SlackError("not_allowed_token_type")
            return
        if not is_known(token, self._tokens):
            raise SlackError("invalid_auth")

    def _call(self, method: str, args: Json, own: str) -> Json:
        error = None
        try:
            return self._run(method, args, own)
        except SlackError as refusal:
            error = refusal.code
            raise
        finally:
            kept = {name: value for name, value in args.items() if name not in SECRETS}
            self._workspace.calls.append(
                Call(method=method, args=kept, at=time.time(), error=error)
            )

    def _run(self, method: str, args: Json, own: str) -> Json:
        if wait := self._limits.wait(method, str(args.get("channel", ""))):
            raise SlackError("ratelimited", retry_after=wait)
        if method == "api.test":
            return {"args": args}
        found = None if method in self.absent else self._method(method)
        if found is None:
            raise SlackError("unknown_method", req_method=method)
        return found(Context(self._workspace, own), Arguments(args))

    def _method(self, method: str) -> Method | None:
        if method in AGENT_METHODS and not self.agent:
            raise SlackError("not_authorized")
        return METHODS.get(method) or AGENT_METHODS.get(method) or self._more.get(method)


def _refused(refusal: SlackError) -> web.Response:
    body = {"ok": False, "error": refusal.code, **refusal.more}
    wait = body.pop("retry_after", None)
    if wait is None:
        return web.json_response(body)
    return web.json_response(body, status=429, headers={"Retry-After": str(wait)})


def _client(header: str) -> Json:
    """The app's id and secret, where they stand in the header, as OAuth allows."""
    if not header.startswith("Basic "):
        return {}
    try:
        client_id, _, secret = b64decode(header[6:], validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": secret}


async def _arguments(request: web.Request) -> Json:
    given: Json = dict(request.query)
    given |= _client(request.headers.get("Authorization", ""))
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
