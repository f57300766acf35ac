"""HTTP from Slack: raw bytes are checked before anything reads them, and parsed here alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.slack.payloads import Body, Garbage, parse
from bot.slack.signature import Claim, Replays, Verifier, claim

log = logging.getLogger(__name__)

BODY_BYTES_MOST = 512 * 1024
READ_SECONDS = 2
RETRY_HEADERS = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


def front_door(
    dispatch: Dispatch, secrets: Sequence[str], *, clock: Callable[[], float] = time.time
) -> web.Application:
    """
    `POST /slack/events` for everything from Slack, `GET /healthz` for everybody.

    What *dispatch* gets is verified and parsed; it must not verify again. Raises `ValueError`
    when there is no secret to check with.
    """
    door = _Door(dispatch, Verifier(secrets), clock)
    app = web.Application()
    app.router.add_post("/slack/events", door.events)
    app.router.add_get("/healthz", _healthz)
    return app


async def _healthz(_: web.Request) -> web.Response:
    return web.Response(text="ok")


class _Door:
    def __init__(self, dispatch: Dispatch, verifier: Verifier, clock: Callable[[], float]) -> None:
        self._dispatch = dispatch
        self._verifier = verifier
        self._clock = clock
        self._replays = Replays(clock)

    async def events(self, request: web.Request) -> web.Response:
        """401 for whatever Slack did not sign, before a byte of it means anything."""
        said = claim(request.headers, now=self._clock())
        if said is None or "Content-Encoding" in request.headers:
            return _refused(401, "no signature", 0)
        raw = await _read(request)
        if raw is None:
            return _refused(401, "body not sent in time", 0)
        if len(raw) > BODY_BYTES_MOST:
            return _refused(413, "too large", len(raw))
        if not self._verifier.holds(said, raw):
            return _refused(401, "wrong signature", len(raw))
        if not self._replays.first(said):
            log.info("the same bytes again: not carried out, %d bytes", len(raw))
            return web.Response()
        return await self._verified(request, said, raw)

    async def _verified(self, request: web.Request, said: Claim, raw: bytes) -> web.Response:
        body = parse(raw, request.content_type)
        if isinstance(body, Garbage):
            return _refused(body.status, body.reason, len(raw))
        if body.get("type") == "url_verification":
            return web.Response(text=str(body.get("challenge", "")))
        if "ssl_check" in body:
            return web.Response()
        handed = _bolt_request(request, body)
        if handed is None:
            return _refused(400, "an object of no known shape", len(raw))
        return await self._carried_out(handed, said, len(raw))

    async def _carried_out(
        self, handed: AsyncBoltRequest, said: Claim, length: int
    ) -> web.Response:
        try:
            answer = await self._dispatch(handed)
        except Exception:  # the door: whatever broke behind it, Slack is asked to come again
            log.exception("a delivery of %d bytes broke", length)
            answer = BoltResponse(status=503)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._replays.forget(said)
        return web.Response(
            status=answer.status,
            body=answer.body.encode(errors="replace"),
            headers={"Content-Type": answer.first_headers()["content-type"]},
        )


def _bolt_request(request: web.Request, body: Body) -> AsyncBoltRequest | None:
    """
    *body* as it stands: in this mode Bolt neither parses nor verifies, and logs no body.

    None where Bolt finds a number or a list in a place that is always an object.
    """
    headers = {name: request.headers[name] for name in RETRY_HEADERS if name in request.headers}
    try:
        return AsyncBoltRequest(body=body, headers=dict(headers), mode="socket_mode")
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


async def _read(request: web.Request) -> bytes | None:
    """At most one byte more than allowed; None if it took too long or broke off."""
    if (request.content_length or 0) > BODY_BYTES_MOST:
        return b" " * (BODY_BYTES_MOST + 1)
    raw = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.content.iter_any():
                raw += chunk
                if len(raw) > BODY_BYTES_MOST:
                    break
    except (TimeoutError, OSError, web.PayloadAccessError, web.RequestPayloadError):
        return None
    return bytes(raw[: BODY_BYTES_MOST + 1])


def _refused(status: int, reason: str, length: int) -> web.Response:
    log.info("refused with %d: %s, %d bytes", status, reason, length)
    return web.Response(status=status)
