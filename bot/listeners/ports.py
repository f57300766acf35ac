"""What listeners need to answer people. All of it goes over the network, so never before an ack."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import Any, Protocol

from bot.runs.model import Actor, Place

View = dict[str, Any]


class Aside(Protocol):
    """Does something after the ack: returns at once; what breaks there is logged."""

    def __call__(self, work: Coroutine[Any, Any, object], /) -> None: ...


class Replies(Protocol):
    """Ways to one person alone, which come with what that person did."""

    def remember(self, run_id: str, url: str, /) -> None:
        """Keep *url* for the run that it asked for: Slack takes answers there for half an hour."""
        ...

    async def answer(self, url: str, text: str, /) -> bool:
        """Say *text*; False where *url* is not Slack's, or Slack does not take it."""
        ...


class Screens(Protocol):
    """What one person sees; False where Slack did not take it, which is logged."""

    async def open_form(self, by: Actor, trigger_id: str, view: View, /) -> bool:
        """A modal. A trigger is good for three seconds, once."""
        ...

    async def show_home(self, by: Actor, view: View, /) -> bool: ...

    async def suggest(self, by: Actor, channel: str, /) -> bool:
        """The prompts that an agent's conversation begins with."""
        ...

    async def say(self, by: Actor, place: Place, text: str, /) -> bool:
        """
        To *by* alone, in mrkdwn, where they are: a message in their direct messages with us,
        an ephemeral one elsewhere.
        """
        ...

    def url_of(self, by: Actor, /) -> str:
        """Where the workspace's permalinks begin, as far as known by now; never asks Slack."""
        ...

    async def link(self, run_id: str, /) -> str:
        """The permalink of a run's card; empty while there is none."""
        ...


class Leaving(Protocol):
    """The app was taken out of a workspace: by an uninstall, or its tokens are no longer good."""

    async def left(
        self, team: str, enterprise: str = "", /, *, until: datetime | None = None
    ) -> None:
        """
        Erases what is kept of it; with an empty *team*, of every one of the organisation. What
        is newer than *until* stays.

        In any order, and twice. Raises `StorageFailed` where it has to be asked for again.
        """
        ...
