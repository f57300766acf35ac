"""`/quorum …`: every recipe by its name, and what can be looked up."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners import words
from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import Body, text, typist
from bot.listeners.commands import Commands
from bot.listeners.errors import heard
from bot.listeners.lookups import Lookups
from patterns.recipes import RECIPES

COMMAND = "/quorum"


class Quorum:
    def __init__(self, commands: Commands, lookups: Lookups, afterwards: Afterwards) -> None:
        self._commands = commands
        self._lookups = lookups
        self._afterwards = afterwards

    def register(self, app: AsyncApp) -> None:
        app.command(COMMAND, middleware=[heard])(self.on_command)

    async def on_command(self, ack: AsyncAck, command: Body) -> None:
        word, rest = words.first(text(command, "text"))
        if word in RECIPES:
            await self._commands.carry_out(ack, command, word, rest)
            return
        sentence = await self._lookups.at_once(typist(command), word, rest)
        await ack(sentence)
        if not sentence:
            self._afterwards.do(self._look_up(command, word, rest))

    async def _look_up(self, command: Body, word: str, rest: str) -> None:
        by, url = typist(command), text(command, "response_url")
        if word == "show":
            trigger = text(command, "trigger_id")
            await self._lookups.details(by, rest, trigger=trigger, url=url)
            return
        await self._afterwards.say(url, await self._lookups.later(by, word, rest))
