"""What somebody wants read, read from Slack for them, as the recipes know it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import assert_never

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, OneMessage, RunRequest, Source, Thread, Window
from bot.slack.access import FILES, Access, channel_of, unreadable
from bot.slack.asking import Asking
from bot.slack.errors import SlackError
from bot.slack.names import Names, content, mentioned, one_line
from bot.slack.windows import Windows, readable
from bot.slack.wire import Identity, RawMessage
from bot.views.reading import read
from patterns.task import Message


class SlackSources:
    """Implements `bot.runs.ports.Sources`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._access = Access(asking)
        self._windows = Windows(asking)
        self._names = Names(asking)

    async def admit(self, request: RunRequest, /) -> Audience:
        return await self._access.audience(request)

    async def read(self, request: RunRequest, /) -> tuple[Message, ...]:
        if request.source is None:
            return ()
        channel = channel_of(request.source)
        try:
            identity = await self._asking.identity()
            found = readable(await self._raw(request.source, identity), identity)
            messages = await self._messages(channel, found, identity)
        except SlackError as err:
            raise unreadable(err) from err
        if not messages:
            raise Unreadable(_nothing(request.source))
        return messages

    async def _raw(self, source: Source, identity: Identity) -> list[RawMessage]:
        match source:
            case Window():
                return await self._windows.read(source, identity)
            case Thread():
                return await self._thread(source.channel, source.ts)
            case OneMessage():
                return await self._one(source)
            case Files():
                raise Unreadable(FILES)
        assert_never(source)

    async def _thread(self, channel: str, ts: str) -> list[RawMessage]:
        found = await _all(self._asking.replies(channel, ts))
        # asked for a reply, Slack gives that reply alone; it names its root
        if found and found[0].ts == ts and found[0].root != ts:
            found = await _all(self._asking.replies(channel, found[0].root))
        return found

    async def _one(self, source: OneMessage) -> list[RawMessage]:
        channel, ts = source.channel, source.ts
        if source.thread_ts is None:
            pages = self._asking.history(channel, oldest=ts, latest=ts, inclusive=True, limit=1)
            if found := [m for m in await _all(pages) if m.ts == ts]:
                return found
        return [m for m in await self._thread(channel, source.thread_ts or ts) if m.ts == ts]

    async def _messages(
        self, channel: str, raw: list[RawMessage], identity: Identity
    ) -> tuple[Message, ...]:
        texts = {message.ts: content(message) for message in raw}
        authors = {message.user for message in raw if message.user}
        names = await self._names.of(authors.union(*map(mentioned, texts.values())))
        return tuple(
            Message(
                id=message.ts,
                thread=message.root,
                author=names.get(message.user or "", "") or _bot_name(message),
                text=read(texts[message.ts], names),
                permalink=permalink(identity.url, channel, message),
            )
            for message in raw
        )


def permalink(url: str, channel: str, message: RawMessage) -> str:
    """As Slack itself makes it; *url* is the workspace's."""
    whole, _, part = message.ts.partition(".")
    link = f"{url.rstrip('/')}/archives/{channel}/p{whole}{part:0<6}"
    if message.root == message.ts:
        return link
    return f"{link}?thread_ts={message.root}&cid={channel}"


def _bot_name(message: RawMessage) -> str:
    called = message.username or (message.bot_profile and message.bot_profile.name) or ""
    return one_line(called) or "A bot"


def _nothing(source: Source) -> str:
    match source:
        case Window(oldest=None):
            return "There is nothing to read: nobody wrote anything in that channel."
        case Window():
            return "There is nothing to read: nobody wrote anything there in that time."
        case _:
            return "There is nothing to read: no text of people is there."


async def _all(pages: AsyncGenerator[tuple[RawMessage, ...]]) -> list[RawMessage]:
    return [message async for page in pages for message in page]
