"""Buttons on a card."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackClientError

from bot.runs.desk import Cancelled, Desk
from bot.runs.errors import NoSuchRun
from bot.views import notices

log = logging.getLogger(__name__)

_SAID = {
    Cancelled.YES: None,
    Cancelled.OVER: notices.OVER,
    Cancelled.NOT_YOURS: notices.NOT_YOURS,
}


def register(app: AsyncApp, desk: Desk) -> None:
    async def on_cancel(
        ack: AsyncAck, action: Mapping[str, Any], body: Mapping[str, Any], respond: AsyncRespond
    ) -> None:
        sentence = await _cancel(desk, action["value"], body)
        await ack()
        if sentence:
            await _tell(respond, sentence)

    app.action("cancel_run")(on_cancel)


async def _cancel(desk: Desk, run_id: str, body: Mapping[str, Any]) -> str | None:
    """The card shows that a run was cancelled; anything else is said to who clicked."""
    user = body["user"]
    # An installation for a whole organisation names no team of its own.
    team: str = body["team"]["id"] if body.get("team") else user["team_id"]
    try:
        return _SAID[await desk.cancel(run_id, by=user["id"], team=team)]
    except NoSuchRun:
        return notices.NO_SUCH_RUN


async def _tell(respond: AsyncRespond, sentence: str) -> None:
    try:
        await respond(text=sentence, response_type="ephemeral", replace_original=False)
    except (ClientError, TimeoutError, SlackClientError) as err:
        # An error after the ack would take it back, and only a refusal is lost here.
        log.warning("a refusal could not be shown: %s", type(err).__name__)
