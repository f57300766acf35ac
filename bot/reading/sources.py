"""What somebody wants read, read from Slack for them, as the recipes know it."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import assert_never

from bot.reading.access import FILES, Access, channel_of, unreadable
from bot.reading.names import Names, mentioned, one_line
from bot.reading.windows import Said, Windows, readable
from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, OneMessage, RunRequest, Source, Thread, Window
from bot.runs.ports import Reading
from bot.runs.pseudonyms import Pseudonyms, broken
from bot.slack.asking import Asking
from bot.slack.errors import SlackError
from bot.slack.wire import Identity, RawMessage, order
from bot.slack.workspaces import Workspaces
from bot.views.reading import read
from patterns.task import Message

#: Messages up to which they are read at once; more come as a stream.
WHOLE_MOST = 10_000


#: A mention while the words around it are looked at; private use: nobody types these signs.
_HERE = re.compile("\ue000([^\ue001]*)\ue001")


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
        message = _reader(channel, pseudonyms, identity)
        people = {pseudonyms[each]: name for each, name in names.items()}
        if len(found) > WHOLE_MOST:
            return Reading(_by_threads(found, message), people)
        return Reading(tuple(map(message, found)), people)

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
        users = {said.user for said in found if said.user}
        users = users.union(*(mentioned(said.text) for said in found))
        bots = {_author(said): _bot(said) for said in found if not said.user}
        return {**await self._names.of(users, team, asking), **bots}


def _bot(said: Said) -> str:
    """Its name is whatever somebody chose for it: it is not taken for a person's."""
    return f"{one_line(said.bot) or 'A bot'} (bot)"


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


def _author(said: Said) -> str:
    """The id of a person; of a bot that is none, its name."""
    return said.user or f"bot {said.bot}"


def _reader(
    channel: str, pseudonyms: Mapping[str, str], identity: Identity
) -> Callable[[Said], Message]:
    """Knows everybody by the pseudonym alone."""
    marked = {user: f"\ue000{user}\ue001" for user in pseudonyms}

    def words(said: str) -> str:
        """What was typed like a pseudonym is broken before the true ones are put in."""
        shown = broken(read(said.replace("\ue000", "").replace("\ue001", ""), marked))
        return _HERE.sub(lambda here: pseudonyms[here[1]], shown)

    def message(said: Said) -> Message:
        return Message(
            id=said.ts,
            thread=said.root,
            author=pseudonyms[_author(said)],
            text=words(said.text),
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
