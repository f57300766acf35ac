"""HTTP from Slack: raw bytes are checked before anything reads them, and parsed here alone."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.runs.errors import StorageFailed
from bot.slack.payloads import Body, Garbage, parse
from bot.slack.signature import Claim, Replays, Verifier, claim

log = logging.getLogger(__name__)

BODY_BYTES_MOST = 512 * 1024
READ_SECONDS = 2
READY_SECONDS = 2
READY_HOLDS = 1  # seconds; whoever asks more often gets the same answer
RETRY_HEADERS = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
#: Raises `StorageFailed` where runs cannot be written or read.
Ready = Callable[[], Awaitable[None]]
#: A body and its content type.
Metrics = Callable[[], tuple[bytes, str]]


def front_door(
    dispatch: Dispatch,
    secrets: Sequence[str],
    *,
    ready: Ready,
    metrics: Metrics,
    metrics_token: str | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """
    `POST /slack/events` for everything from Slack, `GET /healthz` (the process lives) and
    `/readyz` (and can work) for everybody, `GET /metrics` for who bears *metrics_token*; where
    there is none, for nobody.

    What *dispatch* gets is verified and parsed; it must not verify again. Raises `ValueError`
    when there is no secret to check with.
    """
    door = _Door(dispatch, Verifier(secrets), clock)
    app = web.Application()
    app.router.add_post("/slack/events", door.events)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _Readiness(ready, clock).readyz)
    app.router.add_get("/metrics", _Figures(metrics, metrics_token).metrics)
    return app


async def _healthz(_: web.Request) -> web.Response:
    return web.Response(text="ok")


class _Readiness:
    """Anybody may ask: so the database is asked once a second at most."""

    def __init__(self, ready: Ready, clock: Callable[[], float]) -> None:
        self._ready = ready
        self._clock = clock
        self._lock = asyncio.Lock()
        self._asked = float("-inf")
        self._status = HTTPStatus.OK

    async def readyz(self, _: web.Request) -> web.Response:
        async with self._lock:
            if abs(self._clock() - self._asked) >= READY_HOLDS:
                self._status = await self._look()
                self._asked = self._clock()
        return web.Response(status=self._status, text=self._status.phrase)

    async def _look(self) -> HTTPStatus:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._ready()
        except (StorageFailed, TimeoutError) as err:
            log.warning("not ready: %s", err or f"no answer in {READY_SECONDS} s")
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK


class _Figures:
    def __init__(self, metrics: Metrics, token: str | None) -> None:
        self._metrics = metrics
        self._expected = f"Bearer {token}".encode() if token else None

    async def metrics(self, request: web.Request) -> web.Response:
        said = request.headers.get("Authorization", "").encode(errors="replace")
        if self._expected is None or not hmac.compare_digest(said, self._expected):
            return _refused(401, "no token for figures", 0)
        body, kind = self._metrics()
        return web.Response(body=body, headers={"Content-Type": kind})


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
