"""Threads and messages, read from Slack by what names them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from bot.reading.paging import AT_ONCE, Leaf, Paging
from bot.reading.said import Said, readable
from bot.runs.model import OneMessage, Shared
from bot.slack.asking import Asking
from bot.slack.errors import Gone
from bot.slack.wire import Identity, RawMessage


async def thread(channel: str, ts: str, paging: Paging) -> list[RawMessage]:
    """The thread that the message *ts* is in; as much of it as there is time for."""
    found = await _all(paging.replies(channel, ts))
    # asked for a reply, Slack gives that reply alone; it names its root
    if found and found[0].ts == ts and found[0].root != ts:
        found = await _all(paging.replies(channel, found[0].root))
    return found


async def one(source: OneMessage | Shared, asking: Asking, paging: Paging) -> list[RawMessage]:
    """It alone; empty where it is not there."""
    channel, ts = source.channel, source.ts
    if source.thread_ts is None:
        pages = asking.history(channel, oldest=ts, latest=ts, inclusive=True, limit=1)
        found = [message async for page in pages for message in page if message.ts == ts]
        if found:
            return found
    return [m for m in await thread(channel, source.thread_ts or ts, paging) if m.ts == ts]


async def side_by_side(
    channel: str, roots: Iterable[str], paging: Paging, identity: Identity
) -> dict[str, list[Said]]:
    """What is readable in the threads, by their roots; as much as there is time for."""
    found: dict[str, list[Said]] = {}
    waiting = list(dict.fromkeys(roots))
    paging.threads += len(waiting)
    left = iter(waiting)

    async def read() -> None:
        for root in left:
            found[root] = readable(await _answers(channel, root, paging), identity)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(waiting))):
                group.create_task(read())
    except ExceptionGroup as errs:
        raise errs.exceptions[0] from None
    return found


async def _answers(channel: str, root: str, paging: Paging) -> list[RawMessage]:
    """A thread that is no more holds nothing."""
    found: list[RawMessage] = []
    whole = False
    try:
        async with aclosing(paging.replies(channel, root)) as leaves:
            async for leaf in leaves:
                found += leaf.messages
                whole = not leaf.cursor
    except Gone:
        found, whole = [], True
    paging.threads_read += whole
    return found


async def _all(leaves: AsyncGenerator[Leaf]) -> list[RawMessage]:
    async with aclosing(leaves):
        return [message async for leaf in leaves for message in leaf.messages]
