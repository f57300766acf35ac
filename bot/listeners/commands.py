"""Slash commands: one a recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.errors import heard
from bot.listeners.parsing import Typed, Usage, parse
from bot.runs.desk import Desk
from bot.views import notices
from patterns.recipes import RECIPES


class Replies(Protocol):
    """Ways to one person alone, which come with what that person did."""

    def remember(self, run_id: str, url: str, /) -> None:
        """Keep *url* for the run that it asked for: Slack takes answers there for half an hour."""
        ...

    async def answer(self, url: str, text: str, /) -> bool:
        """Say *text*; False where *url* is not Slack's, or Slack does not take it."""
        ...


def register(
    app: AsyncApp,
    desk: Desk,
    *,
    workspace_url: str,
    replies: Replies,
    clock: Callable[[], float],
) -> None:
    async def on_command(ack: AsyncAck, command: Mapping[str, str]) -> None:
        asked = parse(typed(command), now=clock(), workspace_url=workspace_url)
        if isinstance(asked, Usage):
            await ack(asked.sentence)
            return
        run = await desk.submit(asked)
        if run is None:
            await ack(notices.ON_IT)
            return
        if url := command.get("response_url"):
            replies.remember(run.id, url)
        await ack()  # last: an error after the ack would take it back

    for recipe in RECIPES:
        app.command(f"/{recipe}", middleware=[heard])(on_command)


def typed(command: Mapping[str, str]) -> Typed:
    return Typed(
        command=command["command"],
        text=command.get("text", ""),
        channel=command["channel_id"],
        team=command["team_id"],
        user=command["user_id"],
        trigger=command["trigger_id"],
    )
