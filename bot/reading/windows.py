"""A window of a channel, read from Slack: its own messages, and what was said in their threads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.reading.paging import Leaf, Paging
from bot.reading.said import Said, in_order, is_us, readable
from bot.reading.threads import side_by_side
from bot.runs.model import Window
from bot.slack.wire import Identity, RawMessage, order

NO_TIME, ANY_TIME = (0, 0), (10**12, 0)  # before and after all that is said
#: Pages before a window in which threads are looked for that went on in it.
OLDER_PAGES = 5
#: Of such a thread, messages before the window that are shown beside its root.
CONTEXT_MOST = 50


@dataclass(frozen=True)
class Seen:
    """
    What a window holds, in time order. Without *history*, older messages of it were not read.

    *until* is the newest message of which nothing before is left unread: None where nobody knows.
    """

    said: Sequence[Said]
    history: bool = True
    until: str | None = None


class Windows:
    """Raises `SlackError`; a thread that cannot be read makes the whole window unread."""

    def __init__(self, paging: Paging, identity: Identity) -> None:
        self._paging = paging
        self._identity = identity

    async def read(self, window: Window) -> Seen:
        """
        With a limit the newest so many, threads counted in; else all, threads whole: what was
        said in them before the window is context.
        """
        if window.limit is not None:
            newest = await self._newest(window, window.limit)
            return replace(newest, said=_with_context(newest.said, window.oldest))
        found: dict[str, Said] = {}
        roots: dict[str, None] = {}
        first: Leaf | None = None
        whole = False
        async with aclosing(self._paging.history(window.channel, oldest=window.oldest)) as leaves:
            async for leaf in leaves:
                first = first or leaf
                whole = not leaf.cursor
                found.update((said.ts, said) for said in readable(leaf.messages, self._identity))
                roots.update((m.root, None) for m in leaf.messages if self._has_thread(m))
        if window.oldest is not None and whole:
            roots.update(dict.fromkeys(await self._older_threads(window.channel, window.oldest)))
        found.update(await self._answers(window.channel, roots))
        said = in_order(found.values())
        until = _until(first, said) if first and not self._paging.late else None
        return Seen(_with_context(said, window.oldest), history=whole, until=until)

    async def _newest(self, window: Window, most: int) -> Seen:
        """
        Only what will be read counts, and pages are asked for until it is enough.

        Threads are read the most recent first, and no more of them than may hold one of the
        newest messages.
        """
        found: list[RawMessage] = []
        counted, whole = 0, False
        async with aclosing(self._paging.history(window.channel, oldest=window.oldest)) as leaves:
            async for leaf in leaves:
                found += leaf.messages
                counted += len(readable(leaf.messages, self._identity))
                whole = counted >= most or not leaf.cursor
                if counted >= most:
                    break
        threads = _latest_first([m for m in found if self._has_thread(m)])
        newest = {said.ts: said for said in readable(found, self._identity)[-most:]}
        for start in range(0, len(threads), 4):
            since = order(next(iter(newest))) if len(newest) == most else NO_TIME
            some = [root for root, at in threads[start : start + 4] if at >= since]
            if not some:
                break
            newest |= await self._answers(window.channel, some)
            newest = {said.ts: said for said in in_order(newest.values())[-most:]}
        return Seen(list(newest.values()), history=whole)

    async def _older_threads(self, channel: str, oldest: str) -> list[str]:
        """
        Roots before the window whose threads went on in it.

        Slack has no question for that: a few pages before the window are looked at, and where it
        gives a page a minute, one.
        """
        found: list[str] = []
        since, pages = order(oldest), 0
        async with aclosing(self._paging.history(channel, latest=oldest)) as leaves:
            async for leaf in leaves:
                pages += 1
                found += [
                    m.root
                    for m in leaf.messages
                    if self._has_thread(m) and m.latest_reply and order(m.latest_reply) > since
                ]
                if pages == OLDER_PAGES or self._paging.strict:
                    break
        return found

    async def _answers(self, channel: str, roots: Iterable[str]) -> dict[str, Said]:
        """What is readable in these threads, by time."""
        found = await side_by_side(channel, roots, self._paging, self._identity)
        return {said.ts: said for thread in found.values() for said in thread}

    def _has_thread(self, message: RawMessage) -> bool:
        if message.root != message.ts:
            return True  # broadcast from a thread
        us = self._identity
        ours_alone = is_us(message, us) and set(message.reply_users) == {us.user_id}
        return message.reply_count > 0 and not ours_alone


def _with_context(said: Sequence[Said], oldest: str | None) -> list[Said]:
    """
    *said*, with what is older than *oldest* as context of what is newer in its thread: the root
    and the last before it. What nothing answers is left out.
    """
    if oldest is None:
        return list(said)
    since = order(oldest)
    alive = {each.root for each in said if order(each.ts) > since}
    older: dict[str, list[Said]] = {root: [] for root in alive}
    for each in said:
        if each.root in alive and order(each.ts) <= since:
            older[each.root].append(replace(each, context=True, files=()))
    shown = [each for thread in older.values() for each in _nearest(thread)]
    return in_order([*shown, *(each for each in said if order(each.ts) > since)])


def _nearest(older: Sequence[Said]) -> Sequence[Said]:
    root = [each for each in older[:1] if each.ts == each.root]
    return [*root, *older[len(root) :][-CONTEXT_MOST:]]


def _until(first: Leaf, said: Sequence[Said]) -> str | None:
    """
    The newest message of the channel's newest page, or a later answer: but no answer that was
    given after that page was asked for. Messages of the channel may stand before such a one
    unread.
    """
    answers = (each.ts for each in said if float(each.ts) <= first.at)
    known = [message.ts for message in first.messages]
    return max([*known, *answers], key=order, default=None)


def _latest_first(found: Sequence[RawMessage]) -> list[tuple[str, tuple[int, int]]]:
    """Roots, and when their threads were last talked in; a broadcast does not tell."""
    latest = {message.root: ANY_TIME for message in found}
    for message in found:
        if message.latest_reply is not None:
            latest[message.root] = order(message.latest_reply)
    return sorted(latest.items(), key=lambda each: each[1], reverse=True)
