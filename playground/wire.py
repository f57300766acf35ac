"""Values as Slack writes them in JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.filetypes import text_of
from playground.log import Log
from playground.values import Channel, File, Json, Message, Person

APP_ID = "A0PLAYGROUND"
PREVIEW_LINES, PREVIEW_BYTES = 6, 1_000


def person(who: Person, team: str) -> Json:
    return {
        "id": who.id,
        "team_id": team,
        "name": who.handle,
        "real_name": who.name,
        "deleted": who.deleted,
        "is_bot": who.bot,
        "is_restricted": who.guest,
        "is_ultra_restricted": False,
        "is_admin": who.admin,
        "tz": "Europe/London",
        "tz_offset": 0,
        "profile": {
            "display_name": who.name,
            "real_name": who.name,
            "title": who.title,
            "team": team,
        },
    }


def channel(place: Channel, bot: str) -> Json:
    base = {
        "id": place.id,
        "created": place.created,
        "is_archived": place.archived,
        "is_im": place.kind == "dm",
        "is_mpim": False,
        "is_ext_shared": False,
    }
    if place.kind == "dm":
        other = next((m for m in place.members if m != bot), bot)
        return {**base, "user": other, "is_channel": False, "is_private": True}
    return {
        **base,
        "name": place.name,
        "name_normalized": place.name,
        "is_channel": True,
        "is_group": False,
        "is_general": place.name == "general",
        "is_private": place.kind == "private",
        "is_member": bot in place.members,
        "is_shared": False,
        "is_org_shared": False,
        "num_members": len(place.members),
        "topic": {"value": place.topic, "creator": "", "last_set": 0},
        "purpose": {"value": place.topic, "creator": "", "last_set": 0},
    }


def file(held: File, *, team: str, base: str) -> Json:
    """*held* as messages and `files.info` carry it; *base* is the playground's own address."""
    if held.mode == "tombstone":
        return {"id": held.id, "mode": held.mode}
    name, address = _in_address(held.name), f"{base}files-pri/{team}-{held.id}"
    out: Json = {
        "id": held.id,
        "created": held.created,
        "timestamp": held.created,
        "name": held.name,
        "title": held.title,
        "mimetype": held.type.media,
        "filetype": held.type.name,
        "pretty_type": held.type.pretty,
        "user": held.user,
        "user_team": team,
        "editable": held.mode == "snippet",
        "size": held.size,
        "mode": held.mode,
        "is_external": held.mode == "external",
        "external_type": "",
        "url_private": f"{address}/{name}",
        "url_private_download": f"{address}/download/{name}",
        "permalink": f"{base}files/{held.user}/{held.id}/{name}",
        "file_access": "file_not_found" if held.content is None else "visible",
    }
    return out | _preview(held)


def _in_address(name: str) -> str:
    """As Slack writes names in addresses; no step up is left."""
    return re.sub(r"[^a-z0-9_.-]+", "_", name.lower()).strip(".") or "file"


def _preview(held: File) -> Json:
    """The beginning of a file of text."""
    if held.content is None or not held.type.is_text:
        return {}
    lines = (text_of(held.content[:PREVIEW_BYTES]) or "").splitlines(keepends=True)
    cut = len(lines) > PREVIEW_LINES or len(held.content) > PREVIEW_BYTES
    return {"preview": "".join(lines[:PREVIEW_LINES]), "preview_is_truncated": cut}


def message(
    said: Message,
    log: Log,
    *,
    team: str,
    bot: str,
    files: Sequence[Json] = (),
    metadata: bool = False,
) -> Json:
    """*said* as history and deliveries carry it; a root says how many replies it has."""
    out: Json = {"type": "message", "user": said.user, "text": said.text, "ts": said.ts}
    out["team"] = team
    out |= {"blocks": list(said.blocks)} if said.blocks else {}
    out |= {"subtype": "file_share", "files": list(files), "upload": False} if files else {}
    if said.user == bot:
        out |= {"bot_id": bot_id(bot), "app_id": APP_ID}
    if said.client_msg_id:
        out["client_msg_id"] = said.client_msg_id
    if said.edited:
        out["edited"] = {"user": said.user, "ts": said.edited}
    if said.reactions:
        out["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in said.reactions
        ]
    if metadata and said.metadata is not None:
        out["metadata"] = said.metadata
    if said.tombstone:
        out["subtype"] = "tombstone"
    return out | _thread(said, log)


def _thread(said: Message, log: Log) -> Json:
    if said.is_reply:
        marks: Json = {"thread_ts": said.thread_ts}
        return marks | (_broadcast(said, log) if said.broadcast else {})
    stamps = log.reply_stamps(said.ts)
    if not stamps:
        return {}
    users = list(dict.fromkeys(reply.user for reply in log.replies(said.ts)))
    return {
        "thread_ts": said.ts,
        "reply_count": len(stamps),
        "reply_users": users[:5],
        "reply_users_count": len(users),
        "latest_reply": stamps[-1],
    }


def _broadcast(said: Message, log: Log) -> Json:
    """What marks a reply that the channel sees too: its kind, and the thread's first message."""
    root = log.get(said.thread_ts or "")
    short = {"ts": root.ts, "user": root.user, "text": root.text} if root else {}
    return {"subtype": "thread_broadcast", "root": short}


def bot_id(bot: str) -> str:
    return "B" + bot[1:]
