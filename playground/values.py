"""What a workspace is made of: people, channels, messages, files. Frozen; a change is a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from playground.filetypes import FileType

Json = dict[str, Any]

Kind = Literal["public", "private", "dm"]


class SlackError(Exception):
    """A refusal in Slack's words; *code* is the `error` of the answer, *more* its other fields."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a name in the workspace; the bot is one of them."""

    id: str
    name: str
    title: str = ""
    bot: bool = False
    guest: bool = False
    admin: bool = False
    deleted: bool = False

    @property
    def handle(self) -> str:
        return self.name.lower().replace(" ", ".")

    @property
    def first_name(self) -> str:
        return self.name.partition(" ")[0]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A place to talk. A direct message has two members and no name."""

    id: str
    name: str
    kind: Kind = "public"
    topic: str = ""
    members: tuple[str, ...] = ()
    created: int = 0
    archived: bool = False


@dataclass(frozen=True, kw_only=True)
class File:
    """
    What was shared with a message. *size* is in bytes; *content* is None where they are not here.

    *mode* is Slack's word: "hosted", "snippet" for text, "tombstone" for what is no longer kept.
    """

    id: str
    name: str
    title: str
    user: str
    size: int
    type: FileType
    mode: str = "hosted"
    created: int = 0
    content: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message as it stands now; *ts* is its identity inside its channel. *files* are ids."""

    ts: str
    user: str
    text: str = ""
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    broadcast: bool = False
    edited: str | None = None
    metadata: Json | None = None
    files: tuple[str, ...] = ()
    client_msg_id: str | None = None
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tombstone: bool = False
    only_for: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def in_channel(self) -> bool:
        return not self.is_reply or self.broadcast
