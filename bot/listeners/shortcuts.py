"""Shortcuts of a message's menu: they work where commands do not, as in threads."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import Body, clicker, delivery, is_known, place_of, text
from bot.listeners.errors import heard
from bot.listeners.parsing import OF_FILES, Typed, Usage
from bot.listeners.starting import Starting
from bot.runs.model import OneMessage, Shared, Source, Thread
from bot.views import notices
from bot.views.actions import SHORTCUTS


class Shortcuts:
    """Of one message, or of the thread that it stands in; card and result go there, too."""

    def __init__(self, starting: Starting, afterwards: Afterwards) -> None:
        self._starting = starting
        self._afterwards = afterwards

    def register(self, app: AsyncApp) -> None:
        for callback_id in SHORTCUTS:
            app.message_shortcut(callback_id, middleware=[heard])(self.on_shortcut)

    async def on_shortcut(self, ack: AsyncAck, shortcut: Body) -> None:
        typed, url = pointed_at(shortcut), text(shortcut, "response_url")
        asked = self._starting.read(typed) if typed else Usage(notices.NO_SUCH_MESSAGE)
        sentence = await self._starting.start(asked, url=url)
        await ack()
        self._afterwards.answer(url, sentence)


def pointed_at(shortcut: Body) -> Typed | None:
    """None where no message is named."""
    by = clicker(shortcut)
    channel = text(shortcut, "channel", "id")
    ts = text(shortcut, "message", "ts") or text(shortcut, "message_ts")
    recipe = SHORTCUTS.get(text(shortcut, "callback_id"), "")
    if not (is_known(by) and channel and ts and recipe):
        return None
    root = text(shortcut, "message", "thread_ts") or ts
    return Typed(
        recipe=recipe,
        text="",
        by=by,
        place=place_of(by, channel, root),
        dedupe=delivery(by, text(shortcut, "trigger_id")),
        pointed=meant(recipe, channel, ts, root),
    )


def meant(recipe: str, channel: str, ts: str, root: str) -> Source:
    """By a recipe and a message: all of its thread, what came with it, or that message alone."""
    if recipe == "summarize":
        return Thread(channel=channel, ts=root)
    kind = Shared if recipe in OF_FILES else OneMessage
    return kind(channel=channel, ts=ts, thread_ts=root if root != ts else None)
