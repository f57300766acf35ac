"""
Events: what happened, told before anybody waits for an answer.

Bolt acknowledges an event before its listener runs, so what breaks there is lost. This works as
a middleware instead: it answers when the work is written down, and Slack comes again otherwise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from bot.listeners.bodies import Body, author, delivery, heard_by, is_known, place_of, text, texts
from bot.listeners.latest import Latest
from bot.listeners.ports import Leaving
from bot.runs.desk import Desk

_END_OF_TIME = 10**11
Heard = Callable[[Body], Awaitable[None]]
Next = Callable[[], Awaitable[BoltResponse | None]]


class Events:
    """*heard* is what is done about an event, by its type; all others are let pass."""

    def __init__(self, heard: Mapping[str, Heard]) -> None:
        self._heard = heard
        #: Deliveries, heard and being heard. What must happen once the database knows as well.
        self._seen: Latest[str, bool] = Latest()
        self._at_work: set[str] = set()

    def register(self, app: AsyncApp) -> None:
        app.use(self.on_event)

    async def on_event(self, body: Body, next_: Next) -> BoltResponse | None:
        if body.get("type") != "event_callback":
            return await next_()
        known_by = _known_by(body)
        heard = self._heard.get(text(body, "event", "type"))
        if known_by in self._at_work:
            return BoltResponse(status=503)  # nobody knows yet how it ends: come again
        if heard and known_by not in self._seen:
            await self._hear(heard, body, known_by)
        return BoltResponse(status=200)

    async def _hear(self, heard: Heard, body: Body, known_by: str) -> None:
        if not known_by:
            await heard(body)
            return
        self._at_work.add(known_by)
        try:
            await heard(body)
        finally:
            self._at_work.discard(known_by)
        self._seen.put(known_by, True)


def _known_by(body: Body) -> str:
    event_id = text(body, "event_id")
    return delivery(author(body), event_id) if event_id else ""


class Stops:
    """The Stop button that Slack shows while an agent works."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def on_stopped(self, body: Body) -> None:
        by = author(body)
        channel, root = text(body, "event", "channel"), text(body, "event", "thread_ts")
        if is_known(by) and channel and root:
            await self._desk.stop(place_of(by, channel, root), by=by)


class Goodbyes:
    """The app was taken out, or its token was: in any order, and twice."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving

    async def on_uninstalled(self, body: Body) -> None:
        by = author(body)
        of_all = [each.get("is_enterprise_install") for each in (body, heard_by(body))]
        team = "" if True in of_all else by.team
        if team or by.enterprise:
            await self._leaving.left(team, by.enterprise, until=_happened(body))

    async def on_revoked(self, body: Body) -> None:
        """Tokens of people are none of ours: we keep the bot's alone."""
        if texts(body, "event", "tokens", "bot"):
            await self.on_uninstalled(body)

    async def on_teams_revoked(self, body: Body) -> None:
        """An organisation keeps the app, and takes it from some of its workspaces."""
        enterprise = author(body).enterprise
        for team in texts(body, "event", "team_ids"):
            await self._leaving.left(team, enterprise, until=_happened(body))


def _happened(body: Body) -> datetime | None:
    """To the second, and no earlier; None where Slack does not say."""
    at = body.get("event_time")
    if not isinstance(at, int) or not 0 < at < _END_OF_TIME:
        return None
    return datetime.fromtimestamp(at + 1, UTC)
