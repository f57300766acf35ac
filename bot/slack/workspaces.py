"""What belongs to one installation of the app: its token, its limits, what it is asked."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

from bot.runs.model import Place
from bot.slack.asking import Asking
from bot.slack.client import SlackClient
from bot.slack.errors import NoEntry, Unavailable
from bot.slack.limiter import Limiter
from bot.slack.wire import Identity

log = logging.getLogger(__name__)

#: Slack's own word for it.
NOT_INSTALLED = "team_access_not_granted"


@dataclass(frozen=True)
class Workspace:
    """
    *identity* is what permalinks and our own messages are known by.

    Limits are Slack's for a method, a workspace and an app: so there is one limiter each.
    """

    identity: Identity
    client: SlackClient
    limiter: Limiter
    asking: Asking


class Workspaces(Protocol):
    """Where the app is installed."""

    async def of(self, place: Place, /) -> Workspace:
        """
        That of *place*, kept after the first time.

        Raises `SlackError`: `NoEntry` where the app is not installed (any more).
        """
        ...


class OneWorkspace:
    """Implements `Workspaces` for the one whose token is in the settings."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def of(self, place: Place, /) -> Workspace:
        identity = self._workspace.identity
        if identity.team_id in {place.team, place.enterprise}:
            return self._workspace
        raise NoEntry("auth.test", NOT_INSTALLED)


class OwnWorkspace:
    """
    Implements `Workspaces` for the one of *client*'s own token.

    Which that is, Slack is asked once. A Slack that is away while we start keeps nobody from
    handing in a command: it is asked again with the next one.
    """

    def __init__(self, client: SlackClient, limiter: Limiter | None = None) -> None:
        self._client = client
        self._limiter = limiter or Limiter()
        self._asking = Asking(client, self._limiter)
        self._known: OneWorkspace | None = None

    @property
    def is_known(self) -> bool:
        return self._known is not None

    async def of(self, place: Place, /) -> Workspace:
        return await (self._known or await self._ask()).of(place)

    async def begin(self, seconds: float) -> None:
        """Ask for so long. Raises `SlackError` where Slack says no; its silence is only logged."""
        try:
            async with asyncio.timeout(seconds):
                await self._ask()
        except (TimeoutError, Unavailable) as err:
            log.warning("Slack does not answer yet, asked again later: %s", err or "no answer")

    async def _ask(self) -> OneWorkspace:
        identity = await self._asking.identity()
        here = Workspace(identity, self._client, self._limiter, self._asking)
        self._known = self._known or OneWorkspace(here)
        return self._known


async def one(client: SlackClient, limiter: Limiter | None = None) -> OneWorkspace:
    """That of *client*'s own token. Raises `SlackError`."""
    limiter = limiter or Limiter()
    asking = Asking(client, limiter)
    return OneWorkspace(Workspace(await asking.identity(), client, limiter, asking))
