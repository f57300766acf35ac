"""What is brought to the bot, whichever way, and what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import urlencode

from playground.values import Json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

#: Slack's words for the three kinds of envelope.
Kind = Literal["slash_commands", "interactive", "events_api"]


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One delivery; *retry* counts how often it was tried before, *reason* says why in vain."""

    kind: Kind
    payload: Json
    retry: int = 0
    reason: str = "http_timeout"

    @property
    def content_type(self) -> str:
        return JSON if self.kind == "events_api" else FORM

    @property
    def body(self) -> str:
        """As the Events API and Interactivity post it."""
        if self.kind == "events_api":
            return json.dumps(self.payload)
        fields = self.payload
        if self.kind == "interactive":
            fields = {"payload": json.dumps(self.payload)}
        # Half a surrogate pair, which a page can send, has no UTF-8.
        return urlencode(fields, errors="replace")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a delivery: the body of a 200, or Slack's word for the failure."""

    body: str = ""
    content_type: str = ""
    error: str = ""
    absent: bool = False


class Way(Protocol):
    """A way to the bot."""

    async def bring(self, parcel: Parcel, patience: float, /) -> Answer:
        """Its answer within *patience* seconds, or "operation_timeout"."""
        ...
