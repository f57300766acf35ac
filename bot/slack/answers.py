"""What Slack's answers say besides their error codes."""

from __future__ import annotations

import json
from typing import Any, cast

from bot.slack.errors import Unavailable


def object_of(method: str, data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Unavailable(method, "unreadable_answer")
    return cast("dict[str, Any]", data)


def is_ok(answer: str) -> bool:
    """Of a response_url: "ok", nothing, or JSON. A proxy's page with a 200 is no answer."""
    if answer.strip().lower() in {"", "ok"}:
        return True
    try:
        told = cast("object", json.loads(answer))
    except ValueError:
        return False
    return isinstance(told, dict) and cast("dict[str, object]", told).get("ok") is not False


def is_unthreaded(reply: dict[str, Any]) -> bool:
    message = cast("object", reply.get("message"))
    return isinstance(message, dict) and not cast("dict[str, Any]", message).get("thread_ts")
