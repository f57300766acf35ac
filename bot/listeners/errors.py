"""The door for everything that a listener did not expect."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError

from bot.views import notices

log = logging.getLogger(__name__)


def register(app: AsyncApp) -> None:
    app.error(on_error)


async def on_error(
    error: Exception, body: Mapping[str, Any], response: BoltResponse | None
) -> BoltResponse | None:
    """
    Log, and answer with nothing that stands in the error or the request.

    *response* is None where the request was acknowledged before: that stays.
    """
    if isinstance(error, BoltUnhandledRequestError):
        log.info("nobody listens to this kind of request")
        return BoltResponse(status=404)
    log.error("a listener broke", exc_info=error)
    if response is None:
        return None
    if "command" not in body:
        return BoltResponse(status=500)
    return BoltResponse(status=200, body={"response_type": "ephemeral", "text": notices.BROKEN})
