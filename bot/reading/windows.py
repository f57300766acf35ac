"""A window of a channel, read from Slack: its own messages, and what was said in their threads."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.reading.names import content
from bot.runs.model import Window
from bot.slack.asking import Asking
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


@dataclass(frozen=True, slots=True)
class Said:
    """What of a message is read: of a big window, these are kept a hundred thousand times."""

    ts: str
    root: str
    user: str | None
    bot: str  # how a bot calls itself
    text: str


def readable(found: Iterable[RawMessage], identity: Identity) -> list[Said]:
    """What people and other bots said: each message once, in time order."""
    once = {
        message.ts: _said(message)
        for message in found
        if message.subtype in SAID and not is_us(message, identity) and content(message)
    }
    return in_order(once.values())


def _said(message: RawMessage) -> Said:
    called = message.username or (message.bot_profile and message.bot_profile.name) or ""
    root = message.ts if message.root == message.ts else message.root  # one string, not two
    return Said(message.ts, root, message.user, called, content(message))


def in_order(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda each: order(each.ts))


class Windows:
    """Raises `SlackError`; a thread that cannot be read makes the whole window unread."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def read(self, window: Window, identity: Identity) -> list[Said]:
        """
        In time order: with a limit the newest so many, threads counted in; else with their
        threads whole.
        """
        if window.limit is not None:
            return await self._newest(window, window.limit, identity)
        found: dict[str, Said] = {}
        roots: dict[str, None] = {}
        pages = self._asking.history(window.channel, oldest=window.oldest)
        async with aclosing(pages):
            async for page in pages:
                found.update((said.ts, said) for said in readable(page, identity))
                roots.update((m.root, None) for m in page if _has_thread(m, identity))
        if window.oldest is not None:
            older = await self._older_threads(window.channel, window.oldest, identity)
            roots.update(dict.fromkeys(older))
        found.update(await self._threads(window.channel, roots, identity))
        return in_order(found.values())

    async def _newest(self, window: Window, most: int, identity: Identity) -> list[Said]:
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
        newest = {said.ts: said for said in readable(found, identity)[-most:]}
        for start in range(0, len(threads), THREADS_AT_ONCE):
            since = order(next(iter(newest))) if len(newest) == most else NO_TIME
            some = [root for root, at in threads[start : start + THREADS_AT_ONCE] if at >= since]
            if not some:
                break
            newest |= await self._threads(window.channel, some, identity)
            newest = {said.ts: said for said in in_order(newest.values())[-most:]}
        return list(newest.values())

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

    async def _threads(
        self, channel: str, roots: Iterable[str], identity: Identity
    ) -> dict[str, Said]:
        """What is readable in them, by time."""
        found: dict[str, Said] = {}
        waiting = iter(roots)

        async def read() -> None:
            for root in waiting:
                async with aclosing(self._asking.replies(channel, root)) as pages:
                    async for page in pages:
                        found.update((said.ts, said) for said in readable(page, identity))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(THREADS_AT_ONCE):
                    group.create_task(read())
        except ExceptionGroup as errs:
            raise errs.exceptions[0] from None
        return found


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
