"""One workspace in memory: who is there, where they talk, what was said, and who listens."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from playground import wire
from playground.log import Log
from playground.shelf import Shelf
from playground.triggers import Triggers
from playground.values import Channel, File, Json, Message, Person, SlackError

TEAM, BOT = "T0PLAYGRND", "U0QUORUM"
CALLS_KEPT, WHISPERS_KEPT, MODALS_KEPT, EVENTS_QUEUED = 5_000, 200, 100, 1_000


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of the Web API, for those who count them; *at* is in seconds of the epoch."""

    method: str
    args: Json
    at: float
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Modal:
    """A form that is open on the page of *person*; *view* is as Slack tells it to the app."""

    person: str
    view: Json


@dataclass(eq=False)
class Listener:
    """An open page: the person it acts as, and what it has not yet been told."""

    person: str
    queue: asyncio.Queue[Json | None] = field(
        default_factory=lambda: asyncio.Queue[Json | None](EVENTS_QUEUED)
    )

    def tell(self, event: Json | None) -> None:
        """Queue *event*; a page too slow to follow is told to read everything anew."""
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            event = event and {"kind": "resync"}
        self.queue.put_nowait(event)


class Workspace:
    """
    Everything lives here and nowhere else; a new process is a new workspace.

    *base* is the playground's own address, ending in `/`, as soon as somebody has asked there.
    """

    def __init__(self, name: str = "Playground", *, domain: str = "playground") -> None:
        self.name, self.domain, self.team, self.bot = name, domain, TEAM, BOT
        self.base = "/"
        self.people: dict[str, Person] = {BOT: Person(id=BOT, name="Quorum", bot=True)}
        self.channels: dict[str, Channel] = {}
        self.logs: dict[str, Log] = {}
        self.shelf = Shelf()
        self.whispers: dict[str, tuple[str, Message]] = {}
        self.triggers = Triggers()
        self.sessions: dict[tuple[str, str], str] = {}  # where an agent is at work, and how
        self.prompts: dict[str, Json] = {}  # what an agent suggests to say, by channel
        self.modals: dict[str, Modal] = {}
        self.homes: dict[str, Json] = {}  # a person's Home tab of the app
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)
        self.listeners: set[Listener] = set()
        self._last = 0

    # Who and where

    def add_person(self, person: Person) -> Person:
        self.people[person.id] = person
        return person

    def add_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.logs.setdefault(channel.id, Log())
        self._tell({"kind": "channels"})
        return channel

    def channel_named(self, name: str) -> Channel:
        return next(c for c in self.channels.values() if c.name == name)

    def person_named(self, name: str) -> Person:
        """By full name, handle or first name."""
        return next(p for p in self.people.values() if name in {p.name, p.handle, p.first_name})

    def join(self, channel: str, person: str) -> Channel:
        place = self.channels[channel]
        if person in place.members:
            return place
        return self.add_channel(replace(place, members=(*place.members, person)))

    def direct(self, one: str, other: str) -> Channel:
        """The direct message of two people, opened if there is none yet."""
        for place in self.channels.values():
            if place.kind == "dm" and set(place.members) == {one, other}:
                return place
        number = sum(place.kind == "dm" for place in self.channels.values())
        channel_id = f"D0DIRECT{number:03d}"
        return self.add_channel(
            Channel(id=channel_id, name="", kind="dm", members=(one, other), created=_now())
        )

    def may_read(self, person: str, channel: str) -> bool:
        place, who = self.channels.get(channel), self.people.get(person)
        if place is None or who is None:
            return False
        return person in place.members or (place.kind == "public" and not who.guest)

    # What is said

    def stamp(self) -> str:
        """A message timestamp by the real clock, later than every one before it."""
        self._last = max(self._last + 100, time.time_ns() // 1_000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def post(self, channel: str, message: Message) -> Message:
        """Keep *message*; without a `ts` of its own it is said now."""
        said = message if message.ts else replace(message, ts=self.stamp())
        log = self.logs[channel]
        if said.thread_ts and said.thread_ts != said.ts:
            root = log.root_of(said.thread_ts)
            if root is None or log.get(root) is None:
                raise SlackError("thread_not_found")
            said = replace(said, thread_ts=root)
        log.put(said)
        self._show(channel, said)
        return said

    def change(self, channel: str, message: Message) -> Message:
        self.logs[channel].put(message)
        self._show(channel, message)
        return message

    def delete(self, channel: str, ts: str) -> None:
        """Take a message away; a root with replies leaves a tombstone, as in Slack."""
        log = self.logs[channel]
        message = log.get(ts)
        if message is None:
            raise SlackError("message_not_found")
        if log.reply_stamps(ts):
            text = "This message was deleted."
            self.change(channel, Message(ts=ts, user=message.user, text=text, tombstone=True))
            return
        log.remove(ts)
        self._tell({"kind": "gone", "channel": channel, "ts": ts}, channel=channel)
        if root := message.is_reply and log.get(message.thread_ts or ""):
            self._show(channel, root)

    def whisper(self, channel: str, message: Message) -> Message:
        """Show *message* to one person alone; no history keeps it."""
        said = message if message.ts else replace(message, ts=self.stamp())
        self.whispers[said.ts] = (channel, said)
        while len(self.whispers) > WHISPERS_KEPT:
            del self.whispers[next(iter(self.whispers))]
        event = {"kind": "whisper", "channel": channel, "message": self.wire(channel, said)}
        self._tell(event, person=said.only_for)
        return said

    def unwhisper(self, ts: str) -> None:
        _, message = self.whispers.pop(ts, (None, None))
        if message is not None:
            self._tell({"kind": "unwhisper", "ts": ts}, person=message.only_for)

    def find(self, channel: str, ts: str) -> Message | None:
        if found := self.logs[channel].get(ts):
            return found
        return self.whispers.get(ts, (None, None))[1]

    def wire(self, channel: str, message: Message, *, metadata: bool = False) -> Json:
        out = wire.message(
            message,
            self.logs[channel],
            team=self.team,
            bot=self.bot,
            files=[self.wire_file(held) for held in map(self.shelf.get, message.files) if held],
            metadata=metadata,
        )
        return out | ({"is_ephemeral": True} if message.only_for else {})

    # What was shared

    def keep(self, file: File) -> None:
        """Put *file* on the shelf; messages tell it when files of theirs had to go for it."""
        for gone in self.shelf.put(file):
            for channel, message in self.shares(gone):
                self._show(channel, message)

    def shares(self, file_id: str) -> Iterator[tuple[str, Message]]:
        """The channels and the messages that show a file."""
        for channel, log in self.logs.items():
            for message in log.all():
                if file_id in message.files:
                    yield channel, message

    def wire_file(self, file: File) -> Json:
        return wire.file(file, team=self.team, base=self.base)

    # What an app shows besides messages

    def session(self, channel: str, thread_ts: str, status: str) -> None:
        """An agent's state in a thread; "processing" shows a person the Stop button."""
        self.sessions[channel, thread_ts] = status
        event = {"kind": "session", "channel": channel, "thread_ts": thread_ts, "status": status}
        self._tell(event, channel=channel)

    def suggest(self, channel: str, prompts: list[Json], title: str = "") -> None:
        self.prompts[channel] = {"title": title, "prompts": prompts}
        event = {"kind": "prompts", "channel": channel, **self.prompts[channel]}
        self._tell(event, channel=channel)

    def show_modal(self, person: str, view: Json) -> None:
        """Open *view* for *person*, or show it anew if it is open."""
        self.modals[view["id"]] = Modal(person=person, view=view)
        while len(self.modals) > MODALS_KEPT:
            del self.modals[next(iter(self.modals))]
        self._tell({"kind": "modal", "view": view}, person=person)

    def close_modal(self, view_id: str) -> None:
        modal = self.modals.pop(view_id, None)
        if modal is not None:
            self._tell({"kind": "unmodal", "id": view_id}, person=modal.person)

    def show_home(self, person: str, view: Json) -> None:
        self.homes[person] = view
        self._tell({"kind": "home", "view": view}, person=person)

    # Who listens

    @contextmanager
    def listen(self, person: str) -> Generator[Listener]:
        listener = Listener(person)
        self.listeners.add(listener)
        try:
            yield listener
        finally:
            self.listeners.discard(listener)

    def tell_all(self, event: Json | None) -> None:
        """Tell every open page; None asks it to end."""
        for listener in self.listeners:
            listener.tell(event)

    def become(self, other: Workspace) -> None:
        """Take over *other*'s people, channels, messages and files; open pages read anew."""
        self.people, self.channels, self.logs = other.people, other.channels, other.logs
        self.shelf = other.shelf
        self.whispers, self.sessions, self.prompts = {}, {}, {}
        self.modals, self.homes = {}, {}
        self.calls.clear()
        self.tell_all({"kind": "reset"})

    def _show(self, channel: str, message: Message) -> None:
        event: Json = {"kind": "message", "channel": channel}
        event["message"] = self.wire(channel, message)
        root = message.is_reply and self.logs[channel].get(message.thread_ts or "")
        if root:
            event["root"] = self.wire(channel, root)
        self._tell(event, channel=channel)

    def _tell(self, event: Json, *, channel: str | None = None, person: str | None = None) -> None:
        for listener in self.listeners:
            heard = channel is None or self.may_read(listener.person, channel)
            if heard and person in {None, listener.person}:
                listener.tell(event)


def _now() -> int:
    return int(time.time())
