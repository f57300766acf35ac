"""The Events API: what the app subscribed to, as Slack wraps it."""

from __future__ import annotations

import secrets
import time

from playground.deliveries import Deliveries
from playground.values import Json, Message
from playground.wire import APP_ID
from playground.workspace import Workspace


class Events:
    """Tells the app of what happened in the workspace, aside."""

    def __init__(self, workspace: Workspace, deliveries: Deliveries) -> None:
        self._workspace, self._deliveries = workspace, deliveries

    def said(self, channel: str, message: Message) -> None:
        """Of a message that a person wrote: of one to the app, and of one that mentions it."""
        bot, place = self._workspace.bot, self._workspace.channels[channel]
        if bot not in place.members or message.user == bot:
            return
        wire = self._workspace.wire(channel, message)
        wire |= {"channel": channel, "event_ts": message.ts}
        if place.kind == "dm":
            self.tell({**wire, "type": "message", "channel_type": "im"})
        if f"<@{bot}>" in message.text:
            self.tell({**wire, "type": "app_mention"})

    def uninstalled(self) -> None:
        """Of an app that was taken off the workspace; Slack tells of its tokens first."""
        self.tell({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self._workspace.bot]}})
        self.tell({"type": "app_uninstalled"})

    def tell(self, event: Json) -> None:
        """In the envelope of the Events API; *event* has its type."""
        team = self._workspace.team
        self._deliveries.event(
            {
                "token": "playground",
                "team_id": team,
                "api_app_id": APP_ID,
                "event": {"event_ts": self._workspace.stamp(), **event},
                "type": "event_callback",
                "event_id": f"Ev{secrets.token_hex(5).upper()}",
                "event_time": int(time.time()),
                "authorizations": [
                    {
                        "enterprise_id": None,
                        "team_id": team,
                        "user_id": self._workspace.bot,
                        "is_bot": True,
                        "is_enterprise_install": False,
                    }
                ],
                "is_ext_shared_channel": False,
            }
        )
