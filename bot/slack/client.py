"""The one door for all that we say to Slack, and for every question that we ask it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.answers import is_ok, is_unthreaded, object_of
from bot.slack.errors import (
    UNABLE,
    Gone,
    Invalid,
    NoEntry,
    RateLimited,
    SlackError,
    Unavailable,
    classify,
)
from bot.slack.hosts import is_local, may_have_token
from bot.slack.plainer import Plainer, cut
from bot.views.message import SlackMessage

log = logging.getLogger(__name__)

EVENT_TYPE = "quorum_run"
UPDATE_CHARS_MOST = 4_000  # chat.update refuses more
COMPLAINT_SECONDS = 60  # between two complaints about the token
NO_ENTRY = (
    "Slack does not take our token (%s): nothing is read and nothing is shown. Install the app "
    "anew (at /slack/install, or with its token in SLACK_BOT_TOKEN and a restart)."
)

_MESSAGE_IDS = uuid.UUID("5f1c3a52-6b0e-4c5e-9a54-2c4a7e0d9b11")
#: What the SDK lets through besides its own errors, seen with broken and hostile answers.
_FOREIGN = (
    SlackClientError,
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
)

#: The token of the moment, asked before every call: one that is rotated changes in a run.
#: Raises `SlackError` where there is none.
Token = Callable[[], Awaitable[str]]
#: Told of a token that Slack did not take: whether there is another one by now.
Refused = Callable[[str], Awaitable[bool]]
_Send = Callable[[str], Awaitable[AsyncSlackResponse]]


@asynccontextmanager
async def connect(
    token: str = "",
    *,
    api_url: str = "https://slack.com/api/",
    seconds: float = 10,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[SlackClient]:
    """
    *seconds* bounds every call; nothing is ever repeated by the SDK itself.

    Without a *token* the client is good for `SlackClient.bearing` alone.
    """
    local = is_local(api_url)
    timeout = aiohttp.ClientTimeout(total=seconds)  # the SDK's own counts for nothing here
    lines = aiohttp.TCPConnector(limit=0)  # a hundred calls that hang would stop all workspaces
    async with aiohttp.ClientSession(
        connector=lines, timeout=timeout, trust_env=not local
    ) as session:
        quiet = logging.getLogger("bot.slack.sdk")
        quiet.setLevel(logging.WARNING)  # its DEBUG shows what people write, and tokens
        web = AsyncWebClient(base_url=api_url, session=session, retry_handlers=[], logger=quiet)
        web.proxy = None  # the session knows the proxies, and where none is wanted

        async def fixed() -> str:
            return token

        yield SlackClient(web, session, clock, fixed)


class SlackClient:
    """Raises `SlackError`, one of its five kinds. *web* is for Bolt."""

    def __init__(
        self,
        web: AsyncWebClient,
        session: aiohttp.ClientSession,
        clock: Callable[[], float],
        token: Token,
        refused: Refused | None = None,
    ) -> None:
        self.web = web
        self._session = session
        self._clock = clock
        self._token = token
        self._refused = refused
        self._silent_until = float("-inf")
        self._unable: set[str] = set()
        self._plainer = Plainer()
        self._echoes_threads = True

    def bearing(self, token: Token, refused: Refused | None = None) -> SlackClient:
        """Another client on the same line, with a token of its own."""
        return SlackClient(self.web, self._session, self._clock, token, refused)

    async def post(
        self,
        channel: str,
        message: SlackMessage,
        *,
        run_id: str,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> str:
        """
        The ts of the new message; in plainer blocks, or without any, if Slack refuses those.

        Raises `Gone` where the thread is no more.
        """
        said = {
            "channel": channel,
            "thread_ts": thread_ts,
            "reply_broadcast": True if broadcast and thread_ts else None,
            "unfurl_links": False,
            "unfurl_media": False,
            "client_msg_id": str(uuid.uuid5(_MESSAGE_IDS, f"{run_id}:{message.slot}")),
        }
        reply = await self._show("chat.postMessage", said, message, run_id)
        ts = reply.get("ts")
        if not isinstance(ts, str):
            raise Unavailable("chat.postMessage", "no_ts")
        if thread_ts is not None and self._echoes_threads and is_unthreaded(reply):
            await self._take_back(channel, ts, thread_ts)
        return ts

    async def update(self, channel: str, ts: str, message: SlackMessage, *, run_id: str) -> None:
        """Text beyond what may be edited is cut; the blocks hold the content."""
        short = replace(message, text=cut(message.text, UPDATE_CHARS_MOST))
        await self._show("chat.update", {"channel": channel, "ts": ts}, short, run_id)

    async def ephemeral(
        self, channel: str, user: str, text: str, *, thread_ts: str | None = None
    ) -> None:
        """Shown to *user* alone, and only while they look."""
        said = {"channel": channel, "user": user, "text": text, "thread_ts": thread_ts}
        await self.say("chat.postEphemeral", said)

    async def open_dm(self, user: str) -> str:
        """The channel id of our direct message with *user*."""
        reply = await self.say("conversations.open", {"users": user})
        channel = object_of("conversations.open", reply.get("channel"))
        return str(channel.get("id", ""))

    def can(self, method: str) -> bool:
        """False once Slack has said that there is no such thing here, or not for us."""
        return method not in self._unable

    async def attempt(self, method: str, **arguments: Any) -> bool:
        """
        What is only nice to have: whether it was done. Raises nothing but `RateLimited`.

        What Slack refused once as such is not tried again.
        """
        if not self.can(method):
            return False
        try:
            await self.say(method, arguments)
        except RateLimited:
            raise
        except SlackError as err:
            log.info("not done: %s", err)
            return False
        return True

    async def form(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Like `say`, for the methods that take no JSON."""
        send = partial(self.web.api_call, method)
        return await self._call(method, lambda token: send(params={**arguments, "token": token}))

    async def grant(self, method: str, fields: dict[str, str]) -> dict[str, Any]:
        """For what the app asks in its own name, without a token."""
        send = partial(self.web.api_call, method, data=fields)
        return await self._sent(method, lambda _: send(), "")

    async def send(self, url: str, content: bytes) -> None:
        """A file's bytes to an address that Slack gave us for them; see `bot.slack.uploads`."""
        try:
            async with self._session.post(url, data=content, allow_redirects=False) as reply:
                status = reply.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
            raise Unavailable("files.upload", type(err).__name__) from None
        if status != HTTPStatus.OK:
            raise Unavailable("files.upload", f"http_{status}")

    @asynccontextmanager
    async def opened(self, what: str, url: str) -> AsyncGenerator[aiohttp.ClientResponse]:
        """What people shared, with our token; see `bot.slack.downloads`."""
        if not may_have_token(url, self.web.base_url):
            raise Invalid(what, "foreign_host")
        headers = {"Authorization": f"Bearer {await self._token()}"}
        async with self._session.get(url, headers=headers, allow_redirects=False) as reply:
            yield reply

    async def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A question that changes nothing; arguments that are None are left out."""
        asked = {name: value for name, value in arguments.items() if value is not None}
        send = partial(self.web.api_call, method, http_verb="GET")
        return await self._call(method, lambda token: send(params={**asked, "token": token}))

    async def respond(self, url: str, text: str) -> bool:
        """Say *text* to one person through a response_url; False when it was not taken."""
        body = {"response_type": "ephemeral", "replace_original": False, "text": text}
        try:
            async with self._session.post(url, json=body, allow_redirects=False) as reply:
                return reply.status == HTTPStatus.OK and is_ok(await reply.text())
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
            log.warning("response_url not reached: %s", type(err).__name__)
            return False

    async def _show(
        self, method: str, said: dict[str, Any], message: SlackMessage, run_id: str
    ) -> dict[str, Any]:
        payload = {"run_id": run_id, "slot": message.slot}
        said["metadata"] = {"event_type": EVENT_TYPE, "event_payload": payload}
        refused: list[Invalid] = []
        for shown in self._plainer.ways(message):
            try:
                reply = await self.say(method, {**said, **shown})
            except Invalid as err:
                log.warning("run %s, %s: %s; shown more plainly", run_id, message.slot, err)
                refused.append(err)
            else:
                self._plainer.learn(message, refused)
                return reply
        raise refused[-1]

    async def _take_back(self, channel: str, ts: str, thread_ts: str) -> None:
        """
        Slack posts a reply to a deleted message into the channel, and says nothing about it.

        It answers without a thread then; so may another Slack that just answers less.
        """
        try:
            await self.ask("conversations.replies", channel=channel, ts=thread_ts, limit=1)
        except Gone:
            await self.say("chat.delete", {"channel": channel, "ts": ts})
            raise Gone("chat.postMessage", "thread_not_found") from None
        except SlackError as err:
            log.info("whether a reply has a thread is not known: %s", err)
        else:
            self._echoes_threads = False

    async def say(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What changes something; arguments that are None are left out."""
        said = {name: value for name, value in arguments.items() if value is not None}
        send = partial(self.web.api_call, method)
        return await self._call(method, lambda token: send(json={**said, "token": token}))

    async def _call(self, method: str, send: _Send) -> dict[str, Any]:
        """Once more where the token was not taken, and there is another by now."""
        token = await self._token()
        try:
            return await self._sent(method, send, token)
        except NoEntry:
            if self._refused is None or not await self._refused(token):
                raise
        return await self._sent(method, send, await self._token())

    async def _sent(self, method: str, send: _Send, token: str) -> dict[str, Any]:
        try:
            reply = await send(token)
        except _FOREIGN as err:
            raise self._failure(method, err) from None  # its text holds the whole answer
        return object_of(method, cast("object", reply.data))

    def _failure(self, method: str, err: Exception) -> SlackError:
        """A token that is not taken fails every call: who runs the app hears of it now and then."""
        failure = classify(method, err)
        if failure.code in UNABLE:
            self._unable.add(method)
        if isinstance(failure, NoEntry) and self._clock() >= self._silent_until:
            self._silent_until = self._clock() + COMPLAINT_SECONDS
            log.error(NO_ENTRY, failure.code)
        return failure
