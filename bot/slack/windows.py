"""A window of a channel, read from Slack: its own messages, and what was said in their threads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import aclosing

from bot.runs.model import Window
from bot.slack.asking import Asking
from bot.slack.names import content
from bot.slack.wire import Identity, RawMessage, order

THREADS_AT_ONCE = 4
NO_TIME, ANY_TIME = (0, 0), (10**12, 0)  # before and after all that is said
SAID = frozenset(
    [None, "bot_message", "thread_broadcast", "me_message", "file_share", "file_comment"]
)


def is_us(message: RawMessage, identity: Identity) -> bool:
    """Our cards and results are no source; what other bots say is."""
    by_bot = message.bot_id is not None and message.bot_id == identity.bot_id
    return message.user == identity.user_id or by_bot


def readable(found: Iterable[RawMessage], identity: Identity) -> list[RawMessage]:
    """What people and other bots said: each message once, in time order."""
    once = {
        message.ts: message
        for message in found
        if message.subtype in SAID and not is_us(message, identity) and content(message)
    }
    return [once[ts] for ts in sorted(once, key=order)]


class Windows:
    """Raises `SlackError`; a thread that cannot be read makes the whole window unread."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def read(self, window: Window, identity: Identity) -> list[RawMessage]:
        """With a limit the newest so many, threads counted in; else with their threads whole."""
        if window.limit is not None:
            return await self._newest(window, window.limit, identity)
        found: list[RawMessage] = []
        pages = self._asking.history(window.channel, oldest=window.oldest)
        async with aclosing(pages):
            async for page in pages:
                found += page
        roots = [m.root for m in found if _has_thread(m, identity)]
        if window.oldest is not None:
            roots += await self._older_threads(window.channel, window.oldest, identity)
        return found + await self._threads(window.channel, dict.fromkeys(roots))

    async def _newest(self, window: Window, most: int, identity: Identity) -> list[RawMessage]:
        """
        Only what will be read counts, and pages are asked for until it is enough.

        Threads are read the most recent first, and no more of them than may hold one of the
        newest messages.
        """
        found: list[RawMessage] = []
        counted = 0
        pages = self._asking.history(window.channel, oldest=window.oldest)
        async with aclosing(pages):
            async for page in pages:
                found += page
                counted += len(readable(page, identity))
                if counted >= most:
                    break
        threads = _latest_first([m for m in found if _has_thread(m, identity)])
        newest = readable(found, identity)[-most:]
        for start in range(0, len(threads), THREADS_AT_ONCE):
            since = order(newest[0].ts) if len(newest) == most else NO_TIME
            some = [root for root, at in threads[start : start + THREADS_AT_ONCE] if at >= since]
            if not some:
                break
            said = await self._threads(window.channel, some)
            newest = readable([*newest, *said], identity)[-most:]
        return newest

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
                pages = self._asking.replies(channel, root)
                return [message async for page in pages for message in page]

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read(root)) for root in roots]
        except ExceptionGroup as errs:
            raise errs.exceptions[0] from None
        return [message for task in tasks for message in task.result()]


def _has_thread(message: RawMessage, identity: Identity) -> bool:
    if message.root != message.ts:
        return True  # broadcast from a thread
    ours_alone = is_us(message, identity) and set(message.reply_users) == {identity.user_id}
    return message.reply_count > 0 and not ours_alone


def _latest_first(found: Sequence[RawMessage]) -> list[tuple[str, tuple[int, int]]]:
    """Roots, and when their threads were last talked in; a broadcast does not tell."""
    latest = {message.root: ANY_TIME for message in found}
    for message in found:
        if message.latest_reply is not None:
            latest[message.root] = order(message.latest_reply)
    return sorted(latest.items(), key=lambda each: each[1], reverse=True)
