"""What somebody wants read, read from Slack for them, as the recipes know it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import assert_never

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, OneMessage, RunRequest, Source, Thread, Window
from bot.slack.access import CLOSED, FILES, SILENT, Access, channel_of
from bot.slack.asking import PAGE, Asking
from bot.slack.client import SlackClient
from bot.slack.errors import SlackError, Unavailable
from bot.slack.limiter import Limiter
from bot.slack.names import Names, content, mentioned, one_line, words
from bot.slack.wire import Identity, RawMessage, order
from patterns.task import Message

THREADS_AT_ONCE = 4
SAID = frozenset(
    [None, "bot_message", "thread_broadcast", "me_message", "file_share", "file_comment"]
)


class SlackSources:
    """Implements `bot.runs.ports.Sources`."""

    def __init__(self, client: SlackClient, limiter: Limiter) -> None:
        self._asking = Asking(client, limiter)
        self._access = Access(self._asking)
        self._names = Names(self._asking)

    async def admit(self, request: RunRequest, /) -> Audience:
        return await self._access.audience(request)

    async def read(self, request: RunRequest, /) -> tuple[Message, ...]:
        if request.source is None:
            return ()
        channel = channel_of(request.source)
        try:
            identity = await self._asking.identity()
            found = await self._raw(request.source, identity)
            people = [m for m in found if m.subtype in SAID and not is_us(m, identity)]
            messages = await self._messages(channel, people, identity)
        except Unavailable as err:
            raise Unreadable(SILENT) from err
        except SlackError as err:
            raise Unreadable(CLOSED) from err
        if not messages:
            raise Unreadable(_nothing(request.source))
        return messages

    async def _raw(self, source: Source, identity: Identity) -> Iterable[RawMessage]:
        """Each message once, in time order."""
        match source:
            case Window():
                found = await self._window(source, identity)
            case Thread():
                found = await self._thread(source.channel, source.ts)
            case OneMessage():
                found = await self._one(source)
            case Files():
                raise Unreadable(FILES)
            case _:
                assert_never(source)
        once = {message.ts: message for message in found}
        return [once[ts] for ts in sorted(once, key=order)]

    async def _window(self, window: Window, identity: Identity) -> list[RawMessage]:
        """The channel's own messages, and every thread that was talked in, whole."""
        found: list[RawMessage] = []
        most = window.limit
        pages = self._asking.history(
            window.channel, oldest=window.oldest, limit=min(PAGE, most or PAGE)
        )
        async with aclosing(pages):
            async for page in pages:
                found += page
                if most is not None and len(found) >= most:
                    break
        found = found[:most]
        roots = [m.root for m in found if _has_thread(m, identity)]
        if window.oldest is not None and most is None:
            roots += await self._older_threads(window.channel, window.oldest, identity)
        return found + await self._threads(window.channel, dict.fromkeys(roots))

    async def _older_threads(self, channel: str, oldest: str, identity: Identity) -> list[str]:
        """
        Roots just before the window whose threads went on in it.

        Slack has no question for that: the page before the window is looked at, no more.
        """
        since = order(oldest)
        async with aclosing(self._asking.history(channel, latest=oldest)) as pages:
            page = await anext(pages, ())
        return [
            m.root
            for m in page
            if _has_thread(m, identity) and m.latest_reply and order(m.latest_reply) > since
        ]

    async def _threads(self, channel: str, roots: Iterable[str]) -> list[RawMessage]:
        free = asyncio.Semaphore(THREADS_AT_ONCE)

        async def read(root: str) -> list[RawMessage]:
            async with free:
                return await self._thread(channel, root)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read(root)) for root in roots]
        except ExceptionGroup as errs:
            raise errs.exceptions[0] from None  # one thread unread is all unread
        return [message for task in tasks for message in task.result()]

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
                text=words(texts[message.ts], names),
                permalink=permalink(identity.url, channel, message),
            )
            for message in raw
            if texts[message.ts]
        )


def permalink(url: str, channel: str, message: RawMessage) -> str:
    """As Slack itself makes it; *url* is the workspace's."""
    whole, _, part = message.ts.partition(".")
    link = f"{url.rstrip('/')}/archives/{channel}/p{whole}{part:0<6}"
    if message.root == message.ts:
        return link
    return f"{link}?thread_ts={message.root}&cid={channel}"


def is_us(message: RawMessage, identity: Identity) -> bool:
    """Our cards and results are no source; what other bots say is."""
    by_bot = message.bot_id is not None and message.bot_id == identity.bot_id
    return message.user == identity.user_id or by_bot


def _has_thread(message: RawMessage, identity: Identity) -> bool:
    if message.root != message.ts:
        return True  # broadcast from a thread
    ours_alone = is_us(message, identity) and set(message.reply_users) == {identity.user_id}
    return message.reply_count > 0 and not ours_alone


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
