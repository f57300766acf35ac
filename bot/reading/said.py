"""What of a message is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.reading.names import content
from bot.slack.wire import Identity, RawMessage, SharedFile, order

#: Kinds of messages that somebody wrote. Joins, topics and what stands where a message was
#: deleted are others.
SAID = frozenset(
    [None, "bot_message", "thread_broadcast", "me_message", "file_share", "file_comment"]
)


_ORDER = re.compile(
    r"\s*(?:summari[sz]e|fact-?check|brainstorm|safety|logs|extract|help|runs|usage)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """
    Of a big window, these are kept a hundred thousand times.

    *bot* is how a bot calls itself that is no user; *by_app*: an app wrote it. *context*: before
    the window. Where *part* is not empty, *text* is a part of a file that came with the message.
    """

    ts: str
    root: str
    user: str | None
    bot: str
    text: str
    by_app: bool = False
    edited: bool = False
    reactions: int = 0
    replies: int = 0
    context: bool = False
    files: tuple[SharedFile, ...] = ()
    part: str = ""


def is_us(message: RawMessage, identity: Identity) -> bool:
    """Our cards and results are no source; what other bots say is."""
    by_bot = message.bot_id is not None and message.bot_id == identity.bot_id
    return message.user == identity.user_id or by_bot


def readable(found: Iterable[RawMessage], identity: Identity) -> list[Said]:
    """What people and other bots said: each message once, in time order."""
    once = {
        message.ts: _said(message)
        for message in found
        if message.subtype in SAID
        and not is_us(message, identity)
        and not _is_order(message, identity)
        and content(message)
    }
    return in_order(once.values())


def _is_order(message: RawMessage, identity: Identity) -> bool:
    """A command for us is no part of what is talked about; with files it brings some."""
    text = (message.text or "").lstrip()
    mention = f"<@{identity.user_id}>"
    return text.startswith(mention) and not message.files and bool(_ORDER.match(text, len(mention)))


def in_order(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda each: order(each.ts))


def _said(message: RawMessage) -> Said:
    called = message.username or (message.bot_profile and message.bot_profile.name) or ""
    return Said(
        ts=message.ts,
        root=message.ts if message.root == message.ts else message.root,  # one string, not two
        user=message.user,
        bot=called,
        text=content(message),
        by_app=message.user is None or message.bot_id is not None,
        edited=message.edited is not None,
        reactions=message.reacted,
        replies=message.reply_count,
        files=message.files,
    )
