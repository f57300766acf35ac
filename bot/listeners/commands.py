"""Slash commands, each for a recipe."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import Body, delivery, place_of, text, typist
from bot.listeners.errors import heard
from bot.listeners.parsing import Typed, Usage
from bot.listeners.starting import Starting
from bot.views import forms, notices
from bot.views.actions import COMMANDS


class Commands:
    """A run of one recipe, from the words behind its name; without any, the form for it."""

    def __init__(self, starting: Starting, afterwards: Afterwards) -> None:
        self._starting = starting
        self._afterwards = afterwards

    def register(self, app: AsyncApp) -> None:
        for recipe in COMMANDS:
            app.command(f"/{recipe}", middleware=[heard])(self.on_command)

    async def on_command(self, ack: AsyncAck, command: Body) -> None:
        recipe = text(command, "command").removeprefix("/")
        await self.carry_out(ack, command, recipe, text(command, "text"))

    async def carry_out(self, ack: AsyncAck, command: Body, recipe: str, words: str) -> None:
        """The ack is last, but for what goes aside: an error after it would take it back."""
        asked = self._starting.read(typed(command, recipe, words))
        url = text(command, "response_url")
        if isinstance(asked, Usage) and asked.form:
            await ack()
            self._offer(command, asked, url)
            return
        await ack(await self._starting.start(asked, url=url))

    def _offer(self, command: Body, asked: Usage, url: str) -> None:
        by = typist(command)
        place = place_of(by, text(command, "channel_id"))
        view = forms.ask(asked.form, place, respond=url)
        trigger = text(command, "trigger_id")
        self._afterwards.open(by, trigger, view, url=url, otherwise=notices.no_form(asked.form))


def typed(command: Body, recipe: str, words: str) -> Typed:
    by = typist(command)
    return Typed(
        recipe=recipe,
        text=words,
        by=by,
        place=place_of(by, text(command, "channel_id")),
        dedupe=delivery(by, text(command, "trigger_id")),
    )
