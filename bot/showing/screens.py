"""What one person is shown outside of runs: forms, the home, a word to them alone."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from bot.runs.errors import NoSuchRun, StorageFailed
from bot.runs.model import Actor, Place
from bot.runs.storage import Outbox, RunStore
from bot.slack.errors import RateLimited, SlackError
from bot.slack.limiter import Call, Priority
from bot.slack.workspaces import Workspace, Workspaces

log = logging.getLogger(__name__)

CARD = "card"
MOST_KNOWN = 1_000
#: A trigger is good for so many seconds: what waits longer for its turn is not tried.
TRIGGER_SECONDS = 2.0
WAIT_MOST = 30.0
SUGGEST = "assistant.threads.setSuggestedPrompts"


class Screens:
    """
    All of it is asked of Slack once, after an ack; what fails is logged without its content.

    *prompts* are (title, message): what an agent's conversation may begin with.
    """

    def __init__(
        self,
        store: RunStore,
        outbox: Outbox,
        workspaces: Workspaces,
        *,
        prompts: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._workspaces = workspaces
        self._prompts = [{"title": title, "message": message} for title, message in prompts]
        self._urls: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def open_form(self, by: Actor, trigger_id: str, view: dict[str, Any]) -> bool:
        """A modal. Raises nothing."""
        asked = {"trigger_id": trigger_id, "view": view}
        return await self._done(by, "views.open", TRIGGER_SECONDS, asked)

    async def show_home(self, by: Actor, view: dict[str, Any]) -> bool:
        return await self._done(by, "views.publish", WAIT_MOST, {"user_id": by.user, "view": view})

    async def suggest(self, by: Actor, channel: str) -> bool:
        asked = {"channel_id": channel, "prompts": self._prompts}
        return bool(self._prompts) and await self._done(by, SUGGEST, WAIT_MOST, asked)

    async def say(self, by: Actor, place: Place, text: str) -> bool:
        """A direct message has no ephemeral ones that last: there it is a message."""
        said = {"channel": place.channel, "thread_ts": place.thread_ts, "text": text}
        if place.channel.startswith("D"):
            said |= {"unfurl_links": False, "unfurl_media": False}
            return await self._done(by, "chat.postMessage", WAIT_MOST, said)
        return await self._done(by, "chat.postEphemeral", WAIT_MOST, {**said, "user": by.user})

    def url_of(self, by: Actor) -> str:
        """Empty before anything was asked of that workspace."""
        return self._urls.get((by.team, by.enterprise), "")

    async def link(self, run_id: str) -> str:
        """The permalink of the card, from the database alone; empty while that is not known."""
        row = (await self._outbox.posted(run_id)).get(CARD)
        if row is None or row.ts is None:
            return ""
        try:
            place = (await self._store.get(run_id, most=0)).request.place
            workspace = await self._workspaces.of(place)
        except (NoSuchRun, SlackError, StorageFailed):
            return ""  # a courtesy, and perhaps before an ack
        self._know(place.team, place.enterprise, workspace)
        link = f"{workspace.identity.url}archives/{row.channel}/p{row.ts.replace('.', '')}"
        root = place.thread_ts if row.channel == place.channel else None
        return f"{link}?thread_ts={root}&cid={row.channel}" if root else link

    async def _done(
        self, by: Actor, method: str, seconds: float, arguments: dict[str, Any]
    ) -> bool:
        try:
            workspace = await self._workspaces.of(by.workspace)
            self._know(by.team, by.enterprise, workspace)
            limiter = workspace.limiter
            call = Call(method=method, priority=Priority.START)
            if not await limiter.turn(call, until=limiter.clock.now() + seconds):
                log.warning("%s: too much at once, not done", method)
                return False
            try:
                return await workspace.client.attempt(method, **arguments)
            except RateLimited as err:
                limiter.pause(method, err.retry_after)
                raise
        except (SlackError, StorageFailed) as err:
            log.warning("not done: %s", err)
            return False

    def _know(self, team: str, enterprise: str, workspace: Workspace) -> None:
        """Where its permalinks begin, for who may not ask."""
        self._urls[team, enterprise] = workspace.identity.url
        while len(self._urls) > MOST_KNOWN:
            self._urls.popitem(last=False)
