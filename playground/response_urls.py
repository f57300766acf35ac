"""`response_url`: a secret address that answers one command or button, five times in 30 minutes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from aiohttp import web

from playground import blocks
from playground.parsing import parsed
from playground.shape import is_object
from playground.values import Json, Message, SlackError
from playground.workspace import Workspace

USES_MOST, SECONDS_MOST, KEPT = 5, 30 * 60, 2_000


@dataclass(kw_only=True)
class Ticket:
    """What a secret may answer to: a place, a person, and the message with the button, if any."""

    channel: str
    person: str
    message_ts: str | None = None
    thread_ts: str | None = None
    born: float
    uses: int = 0


class ResponseUrls:
    """Mints the secrets and answers posts to them."""

    def __init__(
        self, workspace: Workspace, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._workspace, self._clock = workspace, clock
        self._tickets: dict[str, Ticket] = {}

    def mint(
        self, channel: str, person: str, *, message_ts: str | None = None, thread: str | None = None
    ) -> str:
        secret = secrets.token_urlsafe(24)
        self._tickets[secret] = Ticket(
            channel=channel,
            person=person,
            message_ts=message_ts,
            thread_ts=thread,
            born=self._clock(),
        )
        while len(self._tickets) > KEPT:
            del self._tickets[next(iter(self._tickets))]
        return secret

    async def answer(self, request: web.Request) -> web.Response:
        try:
            ticket = self.spend(request.match_info["secret"])
            show(self._workspace, ticket, _body(await request.read()))
        except SlackError as refusal:
            gone = refusal.code in {"used_url", "expired_url"}
            body = {"ok": False, "error": refusal.code, **refusal.more}
            return web.json_response(body, status=404 if gone else 400)
        return web.Response(text="ok")

    def spend(self, secret: str) -> Ticket:
        ticket = self._tickets.get(secret)
        if ticket is None or self._clock() - ticket.born > SECONDS_MOST:
            raise SlackError("expired_url")
        if ticket.uses >= USES_MOST:
            raise SlackError("used_url")
        ticket.uses += 1
        return ticket


def show(workspace: Workspace, ticket: Ticket, said: Json) -> None:
    """Do what a response says: replace or delete the original, or say something new."""
    if ticket.channel not in workspace.channels:  # the workspace started over since
        raise SlackError("channel_not_found")
    if said.get("delete_original"):
        _remove(workspace, ticket)
        return
    original = workspace.find(ticket.channel, ticket.message_ts or "")
    replaced = original if said.get("replace_original") else None
    drawn = blocks.checked(said.get("blocks"), replaced.blocks if replaced else ())
    text = str(said.get("text") or "")
    if not drawn and not text.strip():
        raise SlackError("no_text")
    if replaced is not None:
        after = replace(replaced, text=text, blocks=drawn, edited=workspace.stamp())
        (workspace.whisper if replaced.only_for else workspace.change)(ticket.channel, after)
        return
    in_channel = said.get("response_type") == "in_channel"
    message = Message(
        ts="",
        user=workspace.bot,
        text=text,
        blocks=drawn,
        thread_ts=str(said.get("thread_ts") or "") or ticket.thread_ts,
        only_for=None if in_channel else ticket.person,
    )
    (workspace.post if in_channel else workspace.whisper)(ticket.channel, message)


def _remove(workspace: Workspace, ticket: Ticket) -> None:
    ts = ticket.message_ts or ""
    if ts in workspace.whispers:
        workspace.unwhisper(ts)
    elif workspace.logs[ticket.channel].get(ts) is not None:
        workspace.delete(ticket.channel, ts)


def _body(text: bytes) -> Json:
    try:
        body = parsed(text)
    except ValueError as err:
        raise SlackError("invalid_payload") from err
    if not is_object(body):
        raise SlackError("invalid_payload")
    return body
