"""What a source names, as conversations: one, or one of each of several channels."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from bot.reading.access import FILES
from bot.reading.names import one_line
from bot.reading.paging import AT_ONCE, STRICT, Paging, counted
from bot.reading.said import Said, readable
from bot.reading.threads import one, thread
from bot.reading.windows import Seen, Windows
from bot.runs.errors import Unreadable
from bot.runs.model import Files, OneMessage, Several, Shared, Source, Thread, Window
from bot.runs.ports import Trip
from bot.slack.asking import Asking
from bot.slack.errors import SlackError
from bot.slack.wire import Identity

_MINUTE = 60


@dataclass(frozen=True)
class Conversation:
    """Of one channel, in time order."""

    channel: str
    said: Sequence[Said]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """See `bot.runs.ports.Reading`."""

    conversations: Sequence[Conversation]
    notes: tuple[str, ...] = ()
    until: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_of_one_channel(self) -> bool:
        return len(self.conversations) == 1


class Conversations:
    """For one reading. Raises `SlackError`, and `Unreadable` where nobody said anything."""

    def __init__(self, asking: Asking, paging: Paging, identity: Identity, trip: Trip) -> None:
        self._asking = asking
        self._paging = paging
        self._identity = identity
        self._trip = trip

    async def of(self, source: Source) -> Heard:
        match source:
            case Window():
                heard = await self._windows([source], source)
            case Several():
                named: dict[str, Window] = {}
                for window in source.windows:
                    named.setdefault(window.channel, window)  # who is named twice is read once
                heard = await self._windows([*named.values()], source)
            case Thread():
                found = await thread(source.channel, source.ts, self._paging)
                heard = self._alone(source.channel, readable(found, self._identity))
            case OneMessage() | Shared():
                found = await one(source, self._asking, self._paging)
                heard = self._alone(source.channel, readable(found, self._identity))
            case Files():
                raise Unreadable(FILES)
            case _:
                assert_never(source)
        if not any(each.said for each in heard.conversations):
            raise Unreadable(self._nothing(source))
        return heard

    def _alone(self, channel: str, said: Sequence[Said]) -> Heard:
        cut = ["The end of the thread was not read."] if self._paging.late else []
        return Heard(
            conversations=[Conversation(channel, said)], notes=(*cut, *_slow(self._paging))
        )

    async def _windows(self, windows: Sequence[Window], source: Source) -> Heard:
        """Side by side, one conversation after another."""
        read = Windows(self._paging, self._identity)
        free = asyncio.Semaphore(AT_ONCE)

        async def seen(window: Window) -> Seen:
            async with free:
                return await read.read(self._begun(window))

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(seen(window)) for window in windows]
        except ExceptionGroup as errs:
            raise errs.exceptions[0] from None
        found = [task.result() for task in tasks]
        if any(each.said for each in found):
            self._paging.tell()
        notes = [*await self._beginnings(windows, found, source), *self._cut(found)]
        of_channel = {window.channel: each for window, each in zip(windows, found, strict=True)}
        return Heard(
            conversations=[Conversation(name, each.said) for name, each in of_channel.items()],
            notes=(*notes, *_slow(self._paging)),
            until={name: each.until for name, each in of_channel.items() if each.until},
        )

    def _begun(self, window: Window) -> Window:
        """*window*, from where who asks has read to."""
        mark = self._trip.since.get(window.channel) if window.since_last else None
        return window.model_copy(update={"oldest": mark}) if mark else window

    async def _beginnings(
        self, windows: Sequence[Window], found: Sequence[Seen], source: Source
    ) -> list[str]:
        """Since when each of them was read; of several channels with their names."""
        notes: list[str] = []
        for window, seen in zip(windows, found, strict=True):
            note = _since(self._trip.since.get(window.channel)) if window.since_last else ""
            if isinstance(source, Several) and not seen.said:
                note = f"{note or 'There is nothing to read.'} Nobody wrote anything there."
            if note:
                several = isinstance(source, Several)
                notes.append(f"{await self._named(window.channel)}: {note}" if several else note)
        return notes

    async def _named(self, channel: str) -> str:
        try:
            name = one_line((await self._asking.channel(channel)).name or "")
        except SlackError:
            name = ""
        return f"#{name}" if name else channel

    def _cut(self, found: Sequence[Seen]) -> list[str]:
        """What there was no time for."""
        paging = self._paging
        if not paging.late:
            return []
        read = counted(sum(len(each.said) for each in found), "message")
        unread = [] if all(each.history for each in found) else ["older ones"]
        threads = paging.threads - paging.threads_read
        unread += [f"all answers in {counted(threads, 'thread')}"] if threads else []
        left = f"; {' and '.join(unread)} were not read" if unread else ""
        return [f"Slack let me read {read} in {_time(self._trip.seconds)}{left}."]

    def _nothing(self, source: Source) -> str:
        if self._paging.late:
            return f"Slack let me read nothing in {_time(self._trip.seconds)}. Try again later."
        match source:
            case Window(since_last=True, channel=channel) if channel in self._trip.since:
                return (
                    "There is nothing to read: nobody wrote anything since your last summary, "
                    f"which ended at {_said_at(self._trip.since[channel])}. To read some of it "
                    "again, say from when on, as in since 7d."
                )
            case Several():
                return "There is nothing to read: nobody wrote anything in any of these channels."
            case Window(oldest=None):
                return "There is nothing to read: nobody wrote anything in that channel."
            case Window():
                return "There is nothing to read: nobody wrote anything there in that time."
            case _:
                return "There is nothing to read: no text of people is there."


def _since(mark: str | None) -> str:
    if mark is None:
        return (
            "No summary of yours has read all of this channel yet (those with about, for me or "
            "last do not count): this is the last 24 hours."
        )
    return f"Since your last summary, which ended at {_said_at(mark)}."


def _said_at(ts: str) -> str:
    try:
        at = datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return "an unknown time"
    return f"{at.day} {at:%b %H:%M} UTC"


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole >= 2 * _MINUTE:
        return counted(whole // _MINUTE, "minute")
    return counted(whole, "second")


def _slow(paging: Paging) -> list[str]:
    return [STRICT] if paging.strict else []
