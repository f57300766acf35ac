"""The methods about people: `users.*`, and `auth.test` for the bot itself."""

from __future__ import annotations

from playground import wire
from playground.arguments import Arguments, paged
from playground.context import Context
from playground.conversations import channels_page, visible, wanted
from playground.values import Json


def auth_test(context: Context, _: Arguments) -> Json:
    workspace = context.workspace
    return {
        "url": context.base,
        "team": workspace.name,
        "team_id": workspace.team,
        "user": workspace.people[context.bot].handle,
        "user_id": context.bot,
        "bot_id": wire.bot_id(context.bot),
        "is_enterprise_install": False,
    }


def info(context: Context, args: Arguments) -> Json:
    who = context.person(args.need("user", "user_not_found"))
    return {"user": wire.person(who, context.workspace.team)}


def listing(context: Context, args: Arguments) -> Json:
    page, cursor = paged(args, list(context.workspace.people.values()), lambda p: p.id)
    people = [wire.person(who, context.workspace.team) for who in page]
    return {"members": people, "response_metadata": {"next_cursor": cursor}}


def conversations(context: Context, args: Arguments) -> Json:
    """The channels of a person, of those that the bot may know of."""
    user = context.person(args.text("user") or context.bot)
    known = (c for c in context.workspace.channels.values() if visible(context, c))
    found = [c for c in known if user.id in c.members and wanted(args, c)]
    return channels_page(context, args, found)
