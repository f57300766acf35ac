"""Buttons under a claim: what people think of it, and the end of their vote."""

from __future__ import annotations

from collections.abc import Mapping

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import Body, text
from bot.listeners.buttons import Click, clicked, clicked_run
from bot.listeners.errors import heard
from bot.runs.desk import Did
from bot.runs.errors import NoSuchRun
from bot.runs.model import Opinion
from bot.runs.polling import Polling
from bot.views import notices, voting
from bot.views.actions import AGREE, CANNOT_TELL, CLOSE_VOTE, DISAGREE

OPINIONS: Mapping[str, Opinion] = {
    AGREE: Opinion.AGREE,
    DISAGREE: Opinion.DISAGREE,
    CANNOT_TELL: Opinion.CANNOT_TELL,
}


class Ballots:
    """A vote is written down before the ack; who voted alone is told how it stands."""

    def __init__(self, polling: Polling, afterwards: Afterwards) -> None:
        self._polling = polling
        self._afterwards = afterwards

    def register(self, app: AsyncApp) -> None:
        for action in OPINIONS:
            app.action(action, middleware=[heard])(self.on_vote)
        app.action(CLOSE_VOTE, middleware=[heard])(self.on_close)

    async def on_vote(self, ack: AsyncAck, action: Body, body: Body) -> None:
        click = clicked(action, body)
        sentence = await self._vote(click) if click else notices.NO_SUCH_RUN
        await ack()
        self._afterwards.answer(text(body, "response_url"), sentence)

    async def on_close(self, ack: AsyncAck, action: Body, body: Body) -> None:
        click = clicked_run(action, body)
        if click is None:
            await ack()
            self._afterwards.answer(text(body, "response_url"), notices.NO_SUCH_RUN)
            return
        did = await self._close(click, as_admin=False)
        await ack()
        if did is Did.NOT_YOURS:
            self._afterwards.do(self._as_admin(click))
        else:
            self._afterwards.answer(click.url, voting.closed(did))

    async def _as_admin(self, click: Click) -> None:
        sentence = voting.closed(await self._close(click, as_admin=True))
        if sentence:
            await self._afterwards.say(click.url, sentence)

    async def _vote(self, click: Click) -> str:
        claim, opinion = click.ticket.claim, OPINIONS[click.action]
        if claim is None:
            return notices.NO_SUCH_RUN
        run_id, attempt = click.ticket.run_id, click.ticket.attempt
        try:
            voted = await self._polling.vote(run_id, attempt, claim, opinion, by=click.by)
        except NoSuchRun:
            return notices.NO_SUCH_RUN
        return voting.voted(opinion, voted)

    async def _close(self, click: Click, *, as_admin: bool) -> Did | None:
        """None where there is no such run."""
        run_id, attempt = click.ticket.run_id, click.ticket.attempt
        try:
            return await self._polling.close(run_id, attempt, by=click.by, as_admin=as_admin)
        except NoSuchRun:
            return None
