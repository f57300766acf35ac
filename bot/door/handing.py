"""A checked delivery in the form that Bolt takes it in."""

from __future__ import annotations

from collections.abc import Mapping

from slack_bolt.request.async_request import AsyncBoltRequest

from bot.door.payloads import Body


def handed(body: Body, retry_headers: Mapping[str, str]) -> AsyncBoltRequest | None:
    """
    *body* as it stands: in this mode Bolt neither parses nor verifies, and logs no body.

    None where Bolt finds a number or a list in a place that is always an object.
    """
    try:
        return AsyncBoltRequest(body=body, headers=dict(retry_headers), mode="socket_mode")
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
