"""One Slack message as a view makes it and the publisher sends it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ResultShown(StrEnum):
    """Where a result goes: into the card, as a reply broadcast from its thread, or both."""

    EDIT = "edit"
    BROADCAST = "broadcast"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class SlackMessage:
    """
    *slot* names the message inside its run: shown again, the message in the slot is edited.

    *text* alone must tell the state and the result: notifications and screen readers get
    nothing else. *in_thread*: a reply under the card; *broadcast*: shown in the channel too.
    *final*: shows the outcome, so it goes before progress.
    """

    slot: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    in_thread: bool = True
    broadcast: bool = False
    final: bool = False

    @property
    def digest(self) -> str:
        """Equal when there is nothing to edit."""
        content = json.dumps([self.text, self.blocks], sort_keys=True)
        return hashlib.sha256(content.encode(errors="replace")).hexdigest()
