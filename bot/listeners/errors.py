"""The door for everything that a listener did not expect."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError

from bot.views import notices

log = logging.getLogger(__name__)

_HEARD = "heard"


def register(app: AsyncApp) -> None:
    app.error(on_error)


async def heard(context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> None:
    """
    Middleware of every listener.

    Bolt has one error for "nobody listens" and "no ack in time": this tells them apart.
    """
    context[_HEARD] = True
    await next_()


async def on_error(
    error: Exception,
    body: Mapping[str, Any],
    context: AsyncBoltContext,
    response: BoltResponse | None,
) -> BoltResponse | None:
    """
    Log, and answer with nothing that stands in the error or the request.

    *response* is None where the request was acknowledged before: that stays.
    """
    if isinstance(error, BoltUnhandledRequestError):
        return _unanswered(was_heard=_HEARD in context)
    log.error("a listener broke", exc_info=error)
    if response is None:
        return None
    if "command" not in body:
        return BoltResponse(status=500)
    return BoltResponse(status=200, body={"response_type": "ephemeral", "text": notices.BROKEN})


def _unanswered(*, was_heard: bool) -> BoltResponse:
    if was_heard:
        log.warning("no answer within Slack's three seconds; the listener goes on by itself")
        return BoltResponse(status=503)
    log.info("nobody listens to this kind of request")
    return BoltResponse(status=404)
