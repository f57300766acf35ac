"""Who and where, as a payload of Slack's says it; none of it is taken for granted to be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from bot.runs.model import Actor, Place

Body = Mapping[str, Any]


def value(body: Body, *path: str) -> object:
    """What stands there, whatever it is; None where nothing does."""
    found: object = body
    for name in path:
        found = cast("dict[str, object]", found).get(name) if isinstance(found, dict) else None
    return found


def text(body: Body, *path: str) -> str:
    """The text that stands there; else an empty one."""
    found = value(body, *path)
    return found if isinstance(found, str) else ""


def texts(body: Body, *path: str) -> list[str]:
    found = value(body, *path)
    parts = cast("list[object]", found) if isinstance(found, list) else []
    return [each for each in parts if isinstance(each, str)]


def typist(command: Body) -> Actor:
    """Who typed a slash command."""
    return Actor(
        user=text(command, "user_id"),
        team=text(command, "team_id"),
        enterprise=text(command, "enterprise_id"),
    )


def clicker(body: Body) -> Actor:
    """
    Who clicked a button, chose a shortcut or sent a form.

    Where the app is installed for a whole organisation, the person's own team is named alone.
    """
    return Actor(
        user=text(body, "user", "id"),
        team=text(body, "team", "id") or text(body, "user", "team_id"),
        enterprise=text(body, "enterprise", "id") or text(body, "team", "enterprise_id"),
    )


def author(body: Body) -> Actor:
    """
    Who made an event, in the workspace where it was made.

    In a channel that is shared with other companies that is the workspace by which we hear of it.
    """
    shared = body.get("is_ext_shared_channel") is True
    us = heard_by(body)
    here, by_which_we_hear = text(body, "team_id"), text(us, "team_id")
    enterprise, ours = text(body, "enterprise_id"), text(us, "enterprise_id")
    return Actor(
        user=text(body, "event", "user"),
        team=(by_which_we_hear or here) if shared else (here or by_which_we_hear),
        enterprise=ours if shared else (enterprise or ours),
    )


def heard_by(event: Body) -> Body:
    """The installation by which we hear of an event: Slack names one of them."""
    found = value(event, "authorizations")
    first = cast("list[object]", found)[0] if isinstance(found, list) and found else None
    return cast("Body", first) if isinstance(first, dict) else {}


def is_stranger(body: Body, by: Actor) -> bool:
    """Is the author of an event, in a channel that is shared, of another company?"""
    if body.get("is_ext_shared_channel") is not True:
        return False
    home = text(body, "event", "user_team") or text(body, "event", "team")
    return home not in {"", by.team, by.enterprise}


def is_known(actor: Actor) -> bool:
    return bool(actor.user and actor.team)


def place_of(by: Actor, channel: str, thread_ts: str | None = None) -> Place:
    return Place(team=by.team, channel=channel, thread_ts=thread_ts, enterprise=by.enterprise)


def delivery(by: Actor, name: str) -> str:
    """What a delivery is known by: the same twice is one."""
    return f"{by.team}:{name}"
