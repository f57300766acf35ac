"""What somebody wants read, read from Slack for them, as the recipes know it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.reading.access import Access, unreadable
from bot.reading.attachments import ALL, Brought, TextFile, bring, notes
from bot.reading.conversations import Conversation, Conversations, Heard
from bot.reading.documents import is_pasted, no_text, of_files, of_text
from bot.reading.evidence import Nearby
from bot.reading.names import Names
from bot.reading.paging import Paging
from bot.reading.said import Said
from bot.reading.texts import parts
from bot.reading.voices import bots, people, reader
from bot.runs.errors import Unreadable
from bot.runs.model import Audience, RunRequest, Shared, Source
from bot.runs.ports import Reading, Trip
from bot.runs.pseudonyms import Pseudonyms
from bot.slack.asking import Asking
from bot.slack.downloads import Downloads, SlackDownloads
from bot.slack.errors import SlackError
from bot.slack.wire import order
from bot.slack.workspaces import Workspace, Workspaces
from patterns.evidence import Evidence
from patterns.task import Document, Message

#: Messages up to which they are read at once; more come as a stream.
WHOLE_MOST = 10_000
#: Of these, files belong to what somebody said. What is checked is a claim, and no file.
_WITH_FILES = frozenset({"summarize"})
#: Seconds after its time in which a reading may still ask for people's names.
_NAMES_SECONDS = 30


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

    async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
        if request.source is None:
            return Reading()
        try:
            workspace = await self._workspaces.of(request.place)
            return await self._read(request, request.source, trip, workspace)
        except SlackError as err:
            raise unreadable(err) from err

    async def _read(
        self, request: RunRequest, source: Source, trip: Trip, workspace: Workspace
    ) -> Reading:
        asking, team = workspace.asking, request.place.team
        ends = asking.clock.now() + trip.seconds
        paging = Paging(asking, trip)
        heard = await Conversations(asking, paging, workspace.identity, trip).of(source)
        downloads = SlackDownloads(workspace.client)
        filed = _Filed(heard, 0, ())
        if request.recipe in _WITH_FILES and not isinstance(source, Shared):
            filed = await _with_files(heard, downloads, late=paging.late)
        said = [each for conversation in filed.heard.conversations for each in conversation.said]
        names = await self._everybody(
            said, request.asked_by, team, asking.within(ends + _NAMES_SECONDS)
        )
        ids = self._pseudonyms.of(team, names)
        told = _Told(filed.heard, ids, workspace)
        reading = Reading(
            people={ids[each]: name for each, name in names.items()},
            asker=ids[request.asked_by],
            files=filed.files,
            notes=(*heard.notes, *filed.notes),
            until=heard.until,
        )
        if isinstance(source, Shared):
            return await _documents(reading, said[0], told.messages()[0], downloads)
        messages = told.messages() if len(said) <= WHOLE_MOST else told.by_threads()
        return replace(reading, messages=messages)

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

    async def _everybody(
        self, found: Sequence[Said], asked_by: str, team: str, asking: Asking
    ) -> Mapping[str, str]:
        """Names of who asks, and of all who speak or are mentioned, by what stands for them."""
        users = people(found) | {asked_by}
        return {**await self._names.of(users, team, asking), **bots(found)}


@dataclass(frozen=True)
class _Filed:
    """What was heard, with the text of so many *files* in it."""

    heard: Heard
    files: int
    notes: tuple[str, ...]


async def _with_files(heard: Heard, downloads: Downloads, *, late: bool) -> _Filed:
    """The newest first, as far as they are not too many."""
    if late:
        shared = any(said.files for each in heard.conversations for said in each.said)
        return _Filed(heard, 0, ("For files there was no time.",) if shared else ())
    bounds, found = ALL, list[Brought]()
    conversations: list[Conversation] = []
    for each in heard.conversations:
        brought = await bring(reversed(each.said), downloads, bounds)
        bounds = bounds.without(brought)
        found.append(brought)
        said = list(_behind(each.said, brought.files))
        conversations.append(replace(each, said=said))
    files = sum(len(brought.files) for brought in found)
    return _Filed(replace(heard, conversations=conversations), files, notes(found))


def _behind(said: Sequence[Said], files: Sequence[TextFile]) -> Iterable[Said]:
    """Parts of the files, each behind the message that it came with."""
    of: dict[str, list[TextFile]] = {}
    for file in files:
        of.setdefault(file.ts, []).append(file)
    for each in said:
        yield each
        for file in of.get(each.ts, []):
            for number, text in enumerate(parts(file.text), 1):
                yield replace(
                    each,
                    text=f"[file: {file.name}]\n{text}" if number == 1 else text,
                    reactions=0,
                    replies=0,
                    files=(),
                    part=f"{file.id}:{number}",
                )


@dataclass(frozen=True)
class _Told:
    """What was heard, under pseudonyms."""

    heard: Heard
    ids: Mapping[str, str]
    workspace: Workspace

    def messages(self) -> tuple[Message, ...]:
        return tuple(
            message
            for each in self.heard.conversations
            for message in map(self._reader(each), each.said)
        )

    async def by_threads(self) -> AsyncGenerator[Message]:
        """Made one by one, so that they need not all be held; the answers behind their root."""
        for each in self.heard.conversations:
            message = self._reader(each)
            for said in sorted(each.said, key=lambda one: (order(one.root), order(one.ts))):
                yield message(said)

    def _reader(self, of: Conversation) -> Callable[[Said], Message]:
        prefix = "" if self.heard.is_of_one_channel else f"{of.channel}:"
        return reader(of.channel, self.ids, self.workspace.identity, prefix=prefix)


async def _documents(
    reading: Reading, said: Said, message: Message, downloads: Downloads
) -> Reading:
    """Of what came with one message. Raises `Unreadable` where that is no text."""
    documents: list[Document] = []
    notes: list[str] = []
    if said.files:
        documents, notes = await of_files(said.files, message.permalink or "", downloads)
    if not documents and said.files and not is_pasted(message):
        raise no_text(notes)
    pasted = None if documents else of_text(message)
    if pasted:
        documents = [pasted]
    if not documents:
        raise Unreadable("There is nothing to read: no text is in that message.")
    return replace(reading, documents=documents, notes=(*reading.notes, *notes))
