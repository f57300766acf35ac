"""Reads a workspace from disk: a Slack export, or one channel as a file of messages."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from playground.filetypes import BINARY, FileType, named
from playground.shape import is_list, is_object
from playground.values import Channel, File, Json, Message, Person
from playground.workspace import Workspace

INSIDERS = 6  # people who are members of what is imported, and whom one can act as
_FILE_ID = re.compile(r"F[A-Z0-9]{1,30}")
MINUTES_AGO = 5  # how old the newest message is made, so that "since 7d" finds something


class ImportRefused(Exception):
    """One sentence about what is wrong with the folder."""


class Import:
    """A workspace being read; *skipped* counts the lines that were no messages."""

    def __init__(self, name: str) -> None:
        self.workspace = Workspace(name)
        self.skipped = 0

    def people(self, found: Iterable[Person]) -> None:
        for person in found:
            self.workspace.add_person(person)

    def channel(self, channel_id: str, name: str, topic: str, raw: Iterable[object]) -> None:
        """Fill one channel; authors without a profile get a name of their own."""
        said = sorted(self._valid(raw), key=lambda message: message.ts)
        for author in dict.fromkeys(message.user for message in said):
            if author not in self.workspace.people:
                self.workspace.add_person(Person(id=author, name=f"Someone {author[-4:]}"))
        people = [p.id for p in self.workspace.people.values() if not p.bot]
        spoke = dict.fromkeys(m.user for m in said)
        first = [author for author in spoke if not self.workspace.people[author].bot]
        members = dict.fromkeys([*first, *people])
        inside = (*list(members)[:INSIDERS], self.workspace.bot)
        self.workspace.add_channel(
            Channel(id=channel_id, name=name, topic=topic, members=inside, created=_born(said))
        )
        known = {message.ts for message in said}
        for message in said:
            lost = message.thread_ts is not None and message.thread_ts not in known
            kept = replace(message, thread_ts=None) if lost else message
            self.workspace.logs[channel_id].put(kept)

    def move_to_now(self) -> None:
        """Move every message by the same whole seconds, the newest to a few minutes ago."""
        logs = self.workspace.logs
        newest = max((log.latest() or "" for log in logs.values()), default="")
        if not newest:
            return
        shift = int(time.time()) - MINUTES_AGO * 60 - int(newest.partition(".")[0])
        for channel, log in list(logs.items()):
            moved = type(log)()
            for message in log.all():
                thread = message.thread_ts and _moved(message.thread_ts, shift)
                moved.put(replace(message, ts=_moved(message.ts, shift), thread_ts=thread or None))
            logs[channel] = moved

    def _valid(self, raw: Iterable[object]) -> Iterator[Message]:
        seen: set[str] = set()
        for item in raw:
            message = _message(item)
            if message is None or message.ts in seen:
                self.skipped += 1
                continue
            seen.add(message.ts)
            files = list(_files(item, message))
            for file in files:
                self.workspace.keep(file)
            yield replace(message, files=tuple(dict.fromkeys(file.id for file in files)))


def load(directory: Path | str, *, keep_times: bool = False) -> Workspace:
    """The workspace in *directory*. Its times are moved to end now unless *keep_times*."""
    return read(directory, keep_times=keep_times).workspace


def read(directory: Path | str, *, keep_times: bool = False) -> Import:
    """As *load*, with the count of what was skipped. Raises ImportRefused with one sentence."""
    folder = Path(directory)
    if not folder.is_dir():
        raise ImportRefused(f"There is no folder {folder} to import.")
    if (folder / "messages.jsonl").is_file():
        found = _lines(folder)
    elif (folder / "channels.json").is_file():
        found = _export(folder)
    else:
        raise ImportRefused(f"{folder} holds neither messages.jsonl nor channels.json.")
    if not keep_times:
        found.move_to_now()
    return found


def _lines(folder: Path) -> Import:
    found = Import(folder.resolve().name)
    names = _json(folder / "users.json", missing={})
    if is_object(names):
        found.people(Person(id=key, name=str(name)) for key, name in names.items())
    with (folder / "messages.jsonl").open(encoding="utf-8", errors="replace") as lines:
        name = folder.resolve().name.lower()
        found.channel("C0IMPORTED", name, "Imported from a file", map(_line, lines))
    return found


def _export(folder: Path) -> Import:
    found = Import(folder.resolve().name)
    users = _json(folder / "users.json", missing=[])
    found.people(p for p in map(_profile, users if is_list(users) else []) if p)
    channels = _json(folder / "channels.json")
    for place in channels if is_list(channels) else []:
        if is_object(place) and _is_name(place.get("name")):
            topic = place.get("topic")
            said = str(topic.get("value", "")) if is_object(topic) else ""
            days = sorted((folder / str(place["name"])).glob("*.json"))
            raw = (item for day in days for item in _day(day))
            found.channel(str(place.get("id")), str(place["name"]), said, raw)
    return found


def _is_name(name: object) -> bool:
    """A channel's name is also a folder's: nothing that leads out of the export."""
    return isinstance(name, str) and name not in {"", ".", ".."} and "/" not in name


def _day(path: Path) -> list[object]:
    try:
        items = _json(path)
    except ImportRefused:
        return [None]
    return list(items) if is_list(items) else [None]


def _json(path: Path, missing: object = None) -> object:
    """What *path* holds, or *missing* for a file that need not be there."""
    if missing is not None and not path.is_file():
        return missing
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise ImportRefused(f"{path} is not readable JSON.") from err


def _line(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _profile(user: object) -> Person | None:
    if not is_object(user) or not isinstance(user.get("id"), str):
        return None
    profile = user.get("profile")
    shown = profile if is_object(profile) else {}
    names = (shown.get("display_name"), shown.get("real_name"), user.get("real_name"))
    name = next((n for n in (*names, user.get("name")) if n), user["id"])
    return Person(
        id=user["id"],
        name=str(name),
        title=str(shown.get("title") or ""),
        bot=bool(user.get("is_bot")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        deleted=bool(user.get("deleted")),
    )


def _message(item: object) -> Message | None:
    """A message of an export; joins, topics and other notices of Slack are not messages."""
    if not is_object(item) or item.get("type") != "message":
        return None
    ts, user, text = item.get("ts"), item.get("user"), item.get("text")
    subtype = item.get("subtype")
    if not (isinstance(user, str) and isinstance(text, str) and _is_stamp(ts)):
        return None
    if subtype not in {None, "thread_broadcast", "bot_message", "file_share", "me_message"}:
        return None
    thread = item.get("thread_ts")
    return Message(
        ts=str(ts),
        user=user,
        text=text,
        thread_ts=str(thread) if _is_stamp(thread) else None,
        broadcast=subtype == "thread_broadcast",
        edited=str(item["edited"].get("ts")) if is_object(item.get("edited")) else None,
    )


def _files(item: object, message: Message) -> Iterator[File]:
    """What an export tells of the files of *message*: all but their bytes, and no foreign link."""
    found = item.get("files") if is_object(item) else None
    for raw in found if is_list(found) else []:
        if is_object(raw) and _FILE_ID.fullmatch(str(raw.get("id"))):
            yield _file(raw, message)


def _file(raw: Json, message: Message) -> File:
    name = str(raw.get("name") or raw.get("title") or "file")
    mode, size, kind = str(raw.get("mode")), raw.get("size"), named(name) or BINARY
    return File(
        id=str(raw["id"]),
        name=name,
        title=str(raw.get("title") or name),
        user=message.user,
        size=size if isinstance(size, int) and size > 0 else 0,
        type=FileType(
            str(raw.get("filetype") or kind.name),
            str(raw.get("mimetype") or kind.media),
            str(raw.get("pretty_type") or kind.pretty),
        ),
        mode=mode if mode in {"snippet", "external", "tombstone"} else "hosted",
        created=int(message.ts.partition(".")[0]),
    )


def _is_stamp(value: object) -> bool:
    return (
        isinstance(value, str)
        and len(value) == len("1700000000.000100")
        and value[10] == "."
        and (value[:10] + value[11:]).isdecimal()
    )


def _moved(ts: str, shift: int) -> str:
    whole, _, part = ts.partition(".")
    return f"{int(whole) + shift}.{part}"


def _born(said: list[Message]) -> int:
    return int(said[0].ts.partition(".")[0]) if said else 0
