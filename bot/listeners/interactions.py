"""Buttons on a card."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.commands import Replies
from bot.listeners.errors import heard
from bot.runs.desk import Cancelled, Desk
from bot.runs.errors import NoSuchRun
from bot.views import notices

log = logging.getLogger(__name__)

_SAID = {
    Cancelled.YES: None,
    Cancelled.OVER: notices.OVER,
    Cancelled.NOT_YOURS: notices.NOT_YOURS,
}


def register(app: AsyncApp, desk: Desk, replies: Replies) -> None:
    async def on_cancel(ack: AsyncAck, action: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        sentence = await _cancel(desk, _text(action, "value"), body)
        await ack()
        if sentence and not await replies.answer(_text(body, "response_url"), sentence):
            log.warning("a refusal could not be shown")

    app.action("cancel_run", middleware=[heard])(on_cancel)


async def _cancel(desk: Desk, run_id: str, body: Mapping[str, Any]) -> str | None:
    """The card shows that a run was cancelled; anything else is said to who clicked."""
    user = _text(body, "user", "id")
    # An installation for a whole organisation names no team of its own.
    team = _text(body, "team", "id") or _text(body, "user", "team_id")
    if not (run_id and user and team):
        return notices.NO_SUCH_RUN
    try:
        return _SAID[await desk.cancel(run_id, by=user, team=team)]
    except NoSuchRun:
        return notices.NO_SUCH_RUN


def _text(body: Mapping[str, Any], *path: str) -> str:
    """What stands there, if it is a text; else nothing does."""
    found: object = body
    for name in path:
        found = cast("dict[str, object]", found).get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
