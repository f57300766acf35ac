"""HTTP from Slack: raw bytes are checked before anything reads them, and parsed here alone."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from http import HTTPStatus

from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.door.handing import handed
from bot.door.payloads import Garbage, parse
from bot.door.readiness import Readiness, Ready
from bot.door.reaper import CONNECTIONS, Connections
from bot.door.remembered import Remembered
from bot.door.signature import Claim, Verifier, claim
from bot.door.timely import Dispatch, Timely, timely

log = logging.getLogger(__name__)

BODY_BYTES_MOST = 512 * 1024
READ_SECONDS = 2
RETRY_HEADERS = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")

#: A body and its content type.
Metrics = Callable[[], tuple[bytes, str]]


def front_door(
    dispatch: Dispatch,
    secrets: Sequence[str] | None,
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

    What *dispatch* gets is verified and parsed; it must not verify again. Without *secrets*
    (None: all comes by Socket Mode) there is no `/slack/events`. Raises `ValueError` when there
    are some, but none to check with.
    """
    connections = Connections()
    app = web.Application(middlewares=[connections.middleware()])
    app[CONNECTIONS] = connections
    if secrets is not None:
        door = _Door(dispatch, Verifier(secrets), clock)
        app.cleanup_ctx.append(door.working)
        app.router.add_post("/slack/events", door.events)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", Readiness(ready, clock).readyz)
    app.router.add_get("/metrics", _Figures(metrics, metrics_token).metrics)
    return app


async def _healthz(_: web.Request) -> web.Response:
    return web.Response(text="ok")


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
        self._seen = Remembered(clock)
        self._timely: Timely | None = None

    async def working(self, _: web.Application) -> AsyncGenerator[None]:
        """Own what is in work for as long as the application runs."""
        async with timely(self._dispatch) as self._timely:
            yield

    async def events(self, request: web.Request) -> web.Response:
        """401 for whatever Slack did not sign, before a byte of it means anything."""
        arrived = asyncio.get_running_loop().time()
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
        if not self._seen.first(said.signature):
            log.info("the same bytes again: not carried out, %d bytes", len(raw))
            return web.Response()
        return await self._verified(request, said, raw, arrived)

    async def _verified(
        self, request: web.Request, said: Claim, raw: bytes, arrived: float
    ) -> web.Response:
        body = parse(raw, request.content_type)
        if isinstance(body, Garbage):
            return _refused(body.status, body.reason, len(raw))
        if body.get("type") == "url_verification":
            return web.Response(text=str(body.get("challenge", "")))
        if "ssl_check" in body:
            return web.Response()
        handed_on = handed(body, _retries(request))
        if handed_on is None:
            return _refused(400, "an object of no known shape", len(raw))
        return await self._carried_out(handed_on, said, arrived)

    async def _carried_out(
        self, handed_on: AsyncBoltRequest, said: Claim, arrived: float
    ) -> web.Response:
        if self._timely is None:
            raise RuntimeError("The application has not started.")
        answer = await self._timely.answer(handed_on, arrived=arrived)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._seen.forget(said.signature)
        return web.Response(
            status=answer.status,
            body=answer.body.encode(errors="replace"),
            headers={"Content-Type": answer.first_headers()["content-type"]},
        )


def _retries(request: web.Request) -> dict[str, str]:
    return {name: request.headers[name] for name in RETRY_HEADERS if name in request.headers}


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
