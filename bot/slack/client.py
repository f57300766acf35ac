"""The one door for all that we say to Slack, and for every question that we ask it."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.errors import Invalid, NoEntry, SlackError, Unavailable, classify
from bot.views.message import SlackMessage

log = logging.getLogger(__name__)

EVENT_TYPE = "quorum_run"
UPDATE_CHARS_MOST = 4_000  # chat.update refuses more
BARE_CHARS_MOST = 3_900
COMPLAINT_SECONDS = 60  # between two complaints about the token
NO_ENTRY = (
    "Slack does not take our token (%s): nothing is read and nothing is shown. Install the app "
    "anew, put its bot token into SLACK_BOT_TOKEN and start again; what is missing is shown then."
)

_MESSAGE_IDS = uuid.UUID("5f1c3a52-6b0e-4c5e-9a54-2c4a7e0d9b11")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
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


@asynccontextmanager
async def connect(
    token: str,
    *,
    api_url: str = "https://slack.com/api/",
    seconds: float = 10,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncGenerator[SlackClient]:
    """*seconds* bounds every call; nothing is ever repeated by the SDK itself."""
    local = urlsplit(api_url).hostname in _LOOPBACK
    timeout = aiohttp.ClientTimeout(total=seconds)  # the SDK's own counts for nothing here
    async with aiohttp.ClientSession(timeout=timeout, trust_env=not local) as session:
        quiet = logging.getLogger("bot.slack.sdk")
        quiet.setLevel(logging.WARNING)  # its DEBUG shows what people write, and tokens
        web = AsyncWebClient(
            token=token, base_url=api_url, session=session, retry_handlers=[], logger=quiet
        )
        web.proxy = None  # the session knows the proxies, and where none is wanted
        yield SlackClient(web, session, clock)


class SlackClient:
    """Raises `SlackError`, one of its five kinds. *web* is for Bolt."""

    def __init__(
        self, web: AsyncWebClient, session: aiohttp.ClientSession, clock: Callable[[], float]
    ) -> None:
        self.web = web
        self._session = session
        self._clock = clock
        self._silent_until = float("-inf")

    async def post(
        self,
        channel: str,
        message: SlackMessage,
        *,
        run_id: str,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> str:
        """The ts of the new message; without its blocks if Slack refuses those."""
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
        return ts

    async def update(self, channel: str, ts: str, message: SlackMessage, *, run_id: str) -> None:
        """Text beyond what may be edited is cut; the blocks hold the content."""
        short = replace(message, text=_cut(message.text, UPDATE_CHARS_MOST))
        await self._show("chat.update", {"channel": channel, "ts": ts}, short, run_id)

    async def ephemeral(self, channel: str, user: str, text: str) -> None:
        """Shown to *user* alone, and only while they look."""
        await self._say("chat.postEphemeral", {"channel": channel, "user": user, "text": text})

    async def open_dm(self, user: str) -> str:
        """The channel id of our direct message with *user*."""
        reply = await self._say("conversations.open", {"users": user})
        channel = _object("conversations.open", reply.get("channel"))
        return str(channel.get("id", ""))

    async def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A question that changes nothing; arguments that are None are left out."""
        asked = {name: value for name, value in arguments.items() if value is not None}
        try:
            reply = await self.web.api_call(method, http_verb="GET", params=asked)
        except _FOREIGN as err:
            raise self._failure(method, err) from None  # its text holds the whole answer
        return _object(method, cast("object", reply.data))

    async def respond(self, url: str, text: str) -> bool:
        """Say *text* to one person through a response_url; False when it was not taken."""
        body = {"response_type": "ephemeral", "replace_original": False, "text": text}
        try:
            async with self._session.post(url, json=body, allow_redirects=False) as reply:
                return reply.status == HTTPStatus.OK
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
            log.warning("response_url not reached: %s", type(err).__name__)
            return False

    async def _show(
        self, method: str, said: dict[str, Any], message: SlackMessage, run_id: str
    ) -> dict[str, Any]:
        payload = {"run_id": run_id, "slot": message.slot}
        said["metadata"] = {"event_type": EVENT_TYPE, "event_payload": payload}
        full = {**said, "text": message.text, "blocks": list(message.blocks)}
        try:
            return await self._say(method, full)
        except Invalid as err:
            log.warning("run %s, %s: %s; shown as bare text", run_id, message.slot, err)
        bare: dict[str, Any] = {**said, "text": _cut(message.text, BARE_CHARS_MOST), "blocks": []}
        return await self._say(method, bare)

    async def _say(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        said = {name: value for name, value in arguments.items() if value is not None}
        try:
            reply = await self.web.api_call(method, json=said)
        except _FOREIGN as err:
            raise self._failure(method, err) from None  # its text holds the whole answer
        return _object(method, cast("object", reply.data))

    def _failure(self, method: str, err: Exception) -> SlackError:
        """A token that is not taken fails every call: who runs the app hears of it now and then."""
        failure = classify(method, err)
        if isinstance(failure, NoEntry) and self._clock() >= self._silent_until:
            self._silent_until = self._clock() + COMPLAINT_SECONDS
            log.error(NO_ENTRY, failure.code)
        return failure


def _object(method: str, data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Unavailable(method, "unreadable_answer")
    return cast("dict[str, Any]", data)


def _cut(text: str, most: int) -> str:
    """Cut at a blank, so that neither an escaped character nor a link is cut in two."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return head[: max(head.rfind(" "), head.rfind("\n"), 0)].rstrip() + "…"
