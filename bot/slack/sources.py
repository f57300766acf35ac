"""What somebody wants read, read from Slack for them, as the recipes know it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import assert_never

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, OneMessage, RunRequest, Source, Thread, Window
from bot.slack.access import FILES, Access, channel_of, unreadable
from bot.slack.asking import Asking
from bot.slack.errors import SlackError
from bot.slack.names import Names, mentioned, one_line
from bot.slack.windows import Said, Windows, readable
from bot.slack.wire import Identity, RawMessage, order
from bot.views.reading import read
from patterns.task import Message, Messages

#: Messages up to which they are read at once; more come as a stream.
WHOLE_MOST = 10_000


class SlackSources:
    """Implements `bot.runs.ports.Sources`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._access = Access(asking)
        self._windows = Windows(asking)
        self._names = Names(asking)

    async def admit(self, request: RunRequest, /) -> Audience:
        return await self._access.audience(request)

    async def read(self, request: RunRequest, /) -> Messages:
        if request.source is None:
            return ()
        channel = channel_of(request.source)
        try:
            identity = await self._asking.identity()
            found = await self._said(request.source, identity)
            if not found:
                raise Unreadable(_nothing(request.source))
            message = await self._reader(channel, found, identity)
        except SlackError as err:
            raise unreadable(err) from err
        if len(found) > WHOLE_MOST:
            return _by_threads(found, message)
        return tuple(map(message, found))

    async def _said(self, source: Source, identity: Identity) -> list[Said]:
        match source:
            case Window():
                return await self._windows.read(source, identity)
            case Thread():
                return readable(await self._thread(source.channel, source.ts), identity)
            case OneMessage():
                return readable(await self._one(source), identity)
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

    async def _reader(
        self, channel: str, found: Sequence[Said], identity: Identity
    ) -> Callable[[Said], Message]:
        """Knows everybody who is named in *found*."""
        people = {said.user for said in found if said.user}
        names = await self._names.of(people.union(*(mentioned(said.text) for said in found)))

        def message(said: Said) -> Message:
            return Message(
                id=said.ts,
                thread=said.root,
                author=names.get(said.user or "", "") or one_line(said.bot) or "A bot",
                text=read(said.text, names),
                permalink=permalink(identity.url, channel, said),
            )

        return message


async def _by_threads(
    found: Sequence[Said], message: Callable[[Said], Message]
) -> AsyncGenerator[Message]:
    """Made one by one, so that they need not all be held; the answers behind their root."""
    for said in sorted(found, key=lambda each: (order(each.root), order(each.ts))):
        yield message(said)


def permalink(url: str, channel: str, said: Said) -> str:
    """As Slack itself makes it; *url* is the workspace's."""
    whole, _, part = said.ts.partition(".")
    link = f"{url.rstrip('/')}/archives/{channel}/p{whole}{part:0<6}"
    if said.root == said.ts:
        return link
    return f"{link}?thread_ts={said.root}&cid={channel}"


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
