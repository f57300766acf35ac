"""The app's Home: what it shows, and its buttons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import Body, author, clicker, is_known, place_of, text
from bot.listeners.errors import heard
from bot.listeners.latest import Latest
from bot.listeners.lookups import Lookups
from bot.listeners.ports import Screens
from bot.runs.lookup import Rights
from bot.runs.model import Actor, Place
from bot.runs.workspace import Preference, Preferences
from bot.views import forms, notices
from bot.views.actions import COMMANDS, SETTINGS, START
from bot.views.home import HomePage, home


class HomeTab:
    """All of it is asked of Slack or shown there, so it comes after the ack."""

    def __init__(
        self,
        lookups: Lookups,
        preferences: Preferences,
        rights: Rights,
        *,
        screens: Screens,
        afterwards: Afterwards,
        most_days: int,
        clock: Callable[[], float],
    ) -> None:
        self._lookups = lookups
        self._preferences = preferences
        self._rights = rights
        self._screens = screens
        self._afterwards = afterwards
        self._most_days = most_days
        self._clock = clock
        #: Channels of direct messages with us.
        self._direct: Latest[Actor, str] = Latest()

    def register(self, app: AsyncApp) -> None:
        app.action(START, middleware=[heard])(self.on_start)
        app.action(SETTINGS, middleware=[heard])(self.on_settings)

    async def on_opened(self, body: Body) -> None:
        by, channel = author(body), text(body, "event", "channel")
        if not is_known(by):
            return
        if text(body, "event", "tab") == "messages":
            self._afterwards.do(self._screens.suggest(by, channel))
            return
        self._direct.put(by, channel)
        self._afterwards.do(self._show(by, channel))

    async def on_start(self, ack: AsyncAck, action: Body, body: Body) -> None:
        """In no channel: card and result go to the direct messages, whose tab is beside this."""
        await ack()
        by, recipe = clicker(body), text(action, "value")
        channel = text(body, "view", "private_metadata")
        if is_known(by) and channel and recipe in COMMANDS:
            place = place_of(by, channel)
            self._afterwards.do(self._ask(by, text(body, "trigger_id"), recipe, place))

    async def _ask(self, by: Actor, trigger: str, recipe: str, place: Place) -> None:
        if not await self._screens.open_form(by, trigger, forms.ask(recipe, place)):
            self._afterwards.tell(by, place, notices.no_form(recipe))

    async def on_settings(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        self._afterwards.do(self._settings(clicker(body), text(body, "trigger_id")))

    async def choose(self, by: Actor, preference: Preference) -> None:
        """Whoever sends the form: what somebody who is no admin sends changes nothing."""
        channel = self._direct.get(by, "")
        if not await self._rights.is_admin(by):
            self._afterwards.tell(by, place_of(by, channel), notices.ADMINS_ONLY)
            return
        await self._preferences.choose(by.team, preference)
        if channel:
            await self._show(by, channel)

    async def _settings(self, by: Actor, trigger: str) -> None:
        if await self._rights.is_admin(by):
            preference = await self._preferences.of(by.team)
            view = forms.settings(preference, most_days=self._most_days)
            channel = self._direct.get(by, "")
            if not await self._screens.open_form(by, trigger, view) and channel:
                self._afterwards.tell(by, place_of(by, channel), notices.NO_FORM)

    async def _show(self, by: Actor, channel: str) -> None:
        runs = await self._lookups.recent(by)
        page = HomePage(
            runs=runs,
            spent=await self._lookups.spent(by),
            caps=self._lookups.caps,
            preference=await self._preferences.of(by.team),
            is_admin=await self._rights.is_admin(by),
            links=await self._lookups.links(runs),
            now=datetime.fromtimestamp(self._clock(), UTC),
        )
        await self._screens.show_home(by, home(page) | {"private_metadata": channel})
