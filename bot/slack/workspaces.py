"""What belongs to one installation of the app: its token, its limits, what it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.runs.model import Place
from bot.slack.asking import Asking
from bot.slack.client import SlackClient
from bot.slack.errors import NoEntry
from bot.slack.limiter import Limiter
from bot.slack.wire import Identity

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


async def one(client: SlackClient, limiter: Limiter | None = None) -> OneWorkspace:
    """That of *client*'s own token. Raises `SlackError`."""
    limiter = limiter or Limiter()
    asking = Asking(client, limiter)
    return OneWorkspace(Workspace(await asking.identity(), client, limiter, asking))
