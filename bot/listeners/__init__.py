"""What Slack can say to us. Listeners translate; they do not work."""

from __future__ import annotations

import time
from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from bot.listeners import commands, errors, interactions
from bot.listeners.commands import Replies
from bot.runs.desk import Desk


def register(
    app: AsyncApp,
    desk: Desk,
    *,
    workspace_url: str,
    replies: Replies,
    clock: Callable[[], float] = time.time,
) -> None:
    """*workspace_url* is what `auth.test` calls url: links elsewhere are refused."""
    commands.register(app, desk, workspace_url=workspace_url, replies=replies, clock=clock)
    interactions.register(app, desk, replies)
    errors.register(app)
