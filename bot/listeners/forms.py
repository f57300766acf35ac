"""Forms that were sent: a question, a reason, settings."""

from __future__ import annotations

from contextlib import suppress

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import Body, clicker, delivery, is_known, text
from bot.listeners.errors import heard
from bot.listeners.home import HomeTab
from bot.listeners.parsing import Typed, Usage
from bot.listeners.starting import Starting
from bot.runs.desk import Desk
from bot.runs.errors import NoSuchRun
from bot.runs.model import Actor, Rating
from bot.views import forms
from bot.views.actions import ASK_FORM, SETTINGS_FORM, WHY_FORM
from bot.views.forms import Asked, FormErrors


class Forms:
    """What is wrong is said at its block, and the form stays open with all that was typed."""

    def __init__(
        self, desk: Desk, starting: Starting, home: HomeTab, afterwards: Afterwards
    ) -> None:
        self._desk = desk
        self._starting = starting
        self._home = home
        self._afterwards = afterwards

    def register(self, app: AsyncApp) -> None:
        app.view(ASK_FORM, middleware=[heard])(self.on_ask)
        app.view(WHY_FORM, middleware=[heard])(self.on_why)
        app.view(SETTINGS_FORM, middleware=[heard])(self.on_settings)

    async def on_ask(self, ack: AsyncAck, body: Body, view: Body) -> None:
        by, asked = clicker(body), forms.read_ask(view)
        if isinstance(asked, FormErrors):
            await _refuse(ack, asked)
            return
        typed = as_typed(by, asked, text(view, "id"))
        request = self._starting.read(typed)
        if isinstance(request, Usage):
            await _refuse(ack, forms.refused(request.sentence))
            return
        sentence = await self._starting.start(request, url=asked.respond)
        await ack()
        if asked.respond:
            self._afterwards.answer(asked.respond, sentence)
        else:
            self._afterwards.tell(by, typed.place, sentence)

    async def on_why(self, ack: AsyncAck, body: Body, view: Body) -> None:
        by, why = clicker(body), forms.read_why(view)
        with suppress(NoSuchRun):  # erased while the form stood open
            await self._desk.rate(why.ticket.run_id, Rating.DOWN, by=by, reason=why.reason)
        await ack()

    async def on_settings(self, ack: AsyncAck, body: Body, view: Body) -> None:
        by, preference = clicker(body), forms.read_settings(view)
        if isinstance(preference, FormErrors):
            await _refuse(ack, preference)
            return
        await ack()
        if is_known(by):
            self._afterwards.do(self._home.choose(by, preference))


def as_typed(by: Actor, asked: Asked, view_id: str) -> Typed:
    """The workspace is that of who sent the form, whatever the form carried."""
    home = {"team": by.team, "enterprise": by.enterprise}
    return Typed(
        recipe=asked.recipe,
        text=asked.text,
        by=by,
        place=asked.place.model_copy(update=home),
        dedupe=delivery(by, f"view:{view_id}"),
    )


async def _refuse(ack: AsyncAck, wrong: FormErrors) -> None:
    await ack(response_action="errors", errors=dict(wrong.errors))
