"""What somebody wants read, read from Slack for them, as the recipes know it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from typing import assert_never

from bot.reading.access import FILES, Access, channel_of, unreadable
from bot.reading.evidence import Nearby
from bot.reading.names import Names
from bot.reading.voices import bots, people, reader
from bot.reading.windows import Said, Windows, readable
from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, OneMessage, RunRequest, Source, Thread, Window
from bot.runs.ports import Reading
from bot.runs.pseudonyms import Pseudonyms
from bot.slack.asking import Asking
from bot.slack.errors import SlackError
from bot.slack.wire import Identity, RawMessage, order
from bot.slack.workspaces import Workspaces
from patterns.evidence import Evidence
from patterns.task import Message

#: Messages up to which they are read at once; more come as a stream.
WHOLE_MOST = 10_000


class SlackSources:
    """
    Implements `bot.runs.ports.Sources`.

    Everybody in what is read has a pseudonym there, made with the secret *key*.
    """

    def __init__(self, workspaces: Workspaces, *, key: bytes) -> None:
        self._workspaces = workspaces
        self._access = Access(workspaces)
        self._names = Names()
        self._pseudonyms = Pseudonyms(key)

    async def admit(self, request: RunRequest, /) -> Audience:
        return await self._access.audience(request)

    async def read(self, request: RunRequest, /) -> Reading:
        if request.source is None:
            return Reading(())
        channel, team = channel_of(request.source), request.place.team
        try:
            workspace = await self._workspaces.of(request.place)
            identity = workspace.identity
            found = await self._said(request.source, identity, workspace.asking)
            if not found:
                raise Unreadable(_nothing(request.source))
            names = await self._everybody(found, team, workspace.asking)
        except SlackError as err:
            raise unreadable(err) from err
        pseudonyms = self._pseudonyms.of(team, names)
        message = reader(channel, pseudonyms, identity)
        known = {pseudonyms[each]: name for each, name in names.items()}
        if len(found) > WHOLE_MOST:
            return Reading(_by_threads(found, message), known)
        return Reading(tuple(map(message, found)), known)

    def evidence(
        self, request: RunRequest, met: Callable[[Mapping[str, str]], None], until: datetime, /
    ) -> Evidence:
        return Nearby(
            request,
            met,
            until,
            workspaces=self._workspaces,
            access=self._access,
            names=self._names,
            pseudonyms=self._pseudonyms,
        )

    async def _said(self, source: Source, identity: Identity, asking: Asking) -> list[Said]:
        match source:
            case Window():
                return await Windows(asking).read(source, identity)
            case Thread():
                return readable(await _thread(source.channel, source.ts, asking), identity)
            case OneMessage():
                return readable(await _one(source, asking), identity)
            case Files():
                raise Unreadable(FILES)
        assert_never(source)

    async def _everybody(
        self, found: Sequence[Said], team: str, asking: Asking
    ) -> Mapping[str, str]:
        """Names of all who speak or are mentioned, by what stands for them here."""
        return {**await self._names.of(people(found), team, asking), **bots(found)}


async def _thread(channel: str, ts: str, asking: Asking) -> list[RawMessage]:
    found = await _all(asking.replies(channel, ts))
    # asked for a reply, Slack gives that reply alone; it names its root
    if found and found[0].ts == ts and found[0].root != ts:
        found = await _all(asking.replies(channel, found[0].root))
    return found


async def _one(source: OneMessage, asking: Asking) -> list[RawMessage]:
    channel, ts = source.channel, source.ts
    if source.thread_ts is None:
        pages = asking.history(channel, oldest=ts, latest=ts, inclusive=True, limit=1)
        if found := [m for m in await _all(pages) if m.ts == ts]:
            return found
    return [m for m in await _thread(channel, source.thread_ts or ts, asking) if m.ts == ts]


async def _by_threads(
    found: Sequence[Said], message: Callable[[Said], Message]
) -> AsyncGenerator[Message]:
    """Made one by one, so that they need not all be held; the answers behind their root."""
    for said in sorted(found, key=lambda each: (order(each.root), order(each.ts))):
        yield message(said)


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
