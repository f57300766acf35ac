"""The workspace that the playground starts with, told as if it had happened since yesterday."""

from __future__ import annotations

import time

from playground import typed
from playground.sample_talk import CHANNELS, FILES, PEOPLE, Line, lines
from playground.shelf import new_file
from playground.values import Channel, Message, Person
from playground.workspace import Workspace


def sample() -> Workspace:
    """A fresh copy; every message lies some minutes or hours before now."""
    workspace = Workspace("Kestrel Cameras", domain="kestrel")
    for person_id, name, title, role in PEOPLE:
        workspace.add_person(
            Person(
                id=person_id,
                name=name,
                title=title,
                guest=role == "guest",
                admin=role == "admin",
            )
        )
    now = int(time.time())
    for channel_id, name, kind, topic, members, _ in CHANNELS:
        ids = tuple(workspace.person_named(member).id for member in members.split())
        workspace.add_channel(
            Channel(
                id=channel_id,
                name=name,
                kind=kind,
                topic=topic,
                members=ids,
                created=now - 90 * 86_400,
            )
        )
    for channel_id, *_, script in CHANNELS:
        _tell(workspace, channel_id, script, now)
    return workspace


def _tell(workspace: Workspace, channel: str, script: str, now: int) -> None:
    root: str | None = None
    for number, line in enumerate(lines(script), start=1):
        ts = f"{now - line.ago * 60}.{number:04d}00"
        workspace.post(channel, _said(workspace, line, ts, root if line.reply else None))
        root = root if line.reply else ts


def _said(workspace: Workspace, line: Line, ts: str, thread_ts: str | None) -> Message:
    who = workspace.person_named(line.who).id
    files = [
        new_file(name=name, user=who, content=FILES[name].encode(), created=float(ts))
        for name in line.files
    ]
    for file in files:
        workspace.keep(file)
    return Message(
        ts=ts,
        user=who,
        text=typed.stored(workspace, who, line.text.replace(" \\n ", "\n")),
        thread_ts=thread_ts,
        files=tuple(file.id for file in files),
        reactions=tuple(
            (name, tuple(workspace.person_named(n).id for n in names))
            for name, names in line.reactions
        ),
    )
