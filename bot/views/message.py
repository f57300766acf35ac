"""One Slack message as a view makes it and the publisher sends it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class File:
    """
    A text to download. *name* ends in its kind: ".md", Markdown in which foreign words are
    escaped, with no marks of Slack's, or ".csv". *title* is what people read.
    """

    name: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class SlackMessage:
    """
    *slot* names the message inside its run: shown again, the message in the slot is edited.

    *text* alone must tell the state and the result: notifications and screen readers get
    nothing else. *in_thread*: a reply under the card; *broadcast*: shown in the channel too.
    *final*: shows the outcome, so it goes before progress. *home* is False for what is shown
    where the run was asked for, though the run itself is shown to its asker alone: it is no
    reply under the card, whatever *in_thread* says. *file* goes with the message.
    """

    slot: str
    text: str
    blocks: tuple[dict[str, Any], ...]
    in_thread: bool = True
    broadcast: bool = False
    final: bool = False
    home: bool = True
    file: File | None = None

    @property
    def digest(self) -> str:
        """Equal when there is nothing to edit."""
        shown: list[object] = [self.text, self.blocks]
        if self.file is not None:
            shown += [self.file.name, self.file.title, self.file.text]
        content = json.dumps(shown, sort_keys=True)
        return hashlib.sha256(content.encode(errors="replace")).hexdigest()
