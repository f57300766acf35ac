"""Buttons of a card: what people do with a run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import Body, clicker, delivery, is_known, text
from bot.listeners.errors import heard
from bot.listeners.lookups import Lookups
from bot.listeners.starting import Starting
from bot.runs.desk import Desk, Did, Submitted
from bot.runs.errors import NoSuchRun, NotNow
from bot.runs.model import Actor, Rating
from bot.views import forms, notices
from bot.views.actions import (
    CANCEL,
    DETAILS,
    RATE_DOWN,
    RATE_UP,
    RERUN,
    RETRY,
    SHARE,
    Ticket,
    read_ticket,
)

#: What an admin of the workspace may do with a run of others.
FOR_ADMINS = frozenset({CANCEL, RETRY, RERUN})


@dataclass(frozen=True, kw_only=True)
class Click:
    """*url* is its response_url; *dedupe* names the delivery."""

    action: str
    ticket: Ticket
    by: Actor
    url: str
    trigger: str
    dedupe: str


#: A click, and whether an admin's right is to be asked for.
Wish = Callable[[Click, bool], Awaitable[Did | Submitted]]


class Buttons:
    """
    What who asked may do is done before the ack: it needs the database alone.

    Whether somebody else is an admin has to be asked of Slack, so that comes after it.
    """

    def __init__(
        self, desk: Desk, starting: Starting, lookups: Lookups, afterwards: Afterwards
    ) -> None:
        self._desk = desk
        self._starting = starting
        self._lookups = lookups
        self._afterwards = afterwards
        self._wishes: Mapping[str, Wish] = {
            CANCEL: self._cancel,
            RETRY: self._retry,
            RERUN: self._rerun,
            SHARE: self._share,
            RATE_UP: self._rate_up,
            RATE_DOWN: self._rate_down,
        }

    def register(self, app: AsyncApp) -> None:
        for action in self._wishes:
            app.action(action, middleware=[heard])(self.on_wish)
        app.action(DETAILS, middleware=[heard])(self.on_details)

    async def on_wish(self, ack: AsyncAck, action: Body, body: Body) -> None:
        click = clicked_run(action, body)
        if click is None:
            await ack()
            self._afterwards.answer(text(body, "response_url"), notices.NO_SUCH_RUN)
            return
        did, sentence = await self._become(click, as_admin=False)
        await ack()
        if did is Did.NOT_YOURS and click.action in FOR_ADMINS:
            self._afterwards.do(self._as_admin(click))
        elif did is Did.YES and click.action == RATE_DOWN:
            self._ask_why(click, sentence)
        else:
            self._afterwards.answer(click.url, sentence)

    async def on_details(self, ack: AsyncAck, action: Body, body: Body) -> None:
        await ack()
        url, click = text(body, "response_url"), clicked_run(action, body)
        if click is None:
            self._afterwards.answer(url, notices.NO_SUCH_RUN)
            return
        run_id, trigger = click.ticket.run_id, click.trigger
        self._afterwards.do(self._lookups.details(click.by, run_id, trigger=trigger, url=url))

    async def _as_admin(self, click: Click) -> None:
        _, sentence = await self._become(click, as_admin=True)
        if sentence:
            await self._afterwards.say(click.url, sentence)

    async def _become(self, click: Click, *, as_admin: bool) -> tuple[Did | None, str]:
        """What became of it, and the sentence for who clicked; empty where the card shows it."""
        try:
            did = await self._wishes[click.action](click, as_admin)
        except NoSuchRun:
            return None, notices.NO_SUCH_RUN
        except NotNow as err:
            return None, str(err)
        if isinstance(did, Submitted):
            return Did.YES, await self._starting.started(did, click.dedupe, url=click.url)
        return did, notices.said(click.action, did) or ""

    def _ask_why(self, click: Click, sentence: str) -> None:
        view = forms.why(click.ticket)
        self._afterwards.open(click.by, click.trigger, view, url=click.url, otherwise=sentence)

    async def _cancel(self, click: Click, as_admin: bool) -> Did:
        return await self._desk.cancel(click.ticket.run_id, by=click.by, as_admin=as_admin)

    async def _retry(self, click: Click, as_admin: bool) -> Did:
        run_id, attempt = click.ticket.run_id, click.ticket.attempt
        return await self._desk.retry(run_id, attempt, by=click.by, as_admin=as_admin)

    async def _rerun(self, click: Click, as_admin: bool) -> Submitted | Did:
        run_id, dedupe = click.ticket.run_id, click.dedupe
        return await self._desk.rerun(run_id, by=click.by, dedupe=dedupe, as_admin=as_admin)

    async def _share(self, click: Click, _: bool) -> Did:
        return await self._desk.share(click.ticket.run_id, by=click.by)

    async def _rate_up(self, click: Click, _: bool) -> Did:
        return await self._desk.rate(click.ticket.run_id, Rating.UP, by=click.by)

    async def _rate_down(self, click: Click, _: bool) -> Did:
        return await self._desk.rate(click.ticket.run_id, Rating.DOWN, by=click.by)


def clicked(action: Body, body: Body) -> Click | None:
    """None for what no button of ours says, or nobody."""
    by, ticket = clicker(body), read_ticket(text(action, "value"))
    if ticket is None or not is_known(by):
        return None
    trigger = text(body, "trigger_id")
    return Click(
        action=text(action, "action_id"),
        ticket=ticket,
        by=by,
        url=text(body, "response_url"),
        trigger=trigger,
        dedupe=delivery(by, trigger),
    )


def clicked_run(action: Body, body: Body) -> Click | None:
    """Where the button is of a run, not of one of its claims."""
    click = clicked(action, body)
    return click if click and click.ticket.claim is None else None
