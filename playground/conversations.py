"""The methods that read channels: `conversations.*`."""

from __future__ import annotations

from playground import wire
from playground.arguments import Arguments, paged
from playground.context import Context
from playground.values import Channel, Json, Message, SlackError

KINDS = {"public_channel": "public", "private_channel": "private", "im": "dm", "mpim": "mpim"}


def info(context: Context, args: Arguments) -> Json:
    place = context.place(args.need("channel", "channel_not_found"))
    return {"channel": wire.channel(place, context.bot)}


def listing(context: Context, args: Arguments) -> Json:
    known = (c for c in context.workspace.channels.values() if visible(context, c))
    return channels_page(context, args, [c for c in known if wanted(args, c)])


def channels_page(context: Context, args: Arguments, found: list[Channel]) -> Json:
    page, cursor = paged(args, found, lambda c: c.id)
    listed = [wire.channel(c, context.bot) for c in page]
    return {"channels": listed, "response_metadata": {"next_cursor": cursor}}


def visible(context: Context, place: Channel) -> bool:
    return place.kind == "public" or context.bot in place.members


def wanted(args: Arguments, place: Channel) -> bool:
    """Whether *types* and *exclude_archived* of the call let this channel through."""
    types = (args.text("types") or "public_channel").split(",")
    if any(kind.strip() not in KINDS for kind in types):
        raise SlackError("invalid_types")
    if place.archived and args.flag("exclude_archived"):
        return False
    return place.kind in {KINDS[kind.strip()] for kind in types}


def history(context: Context, args: Arguments) -> Json:
    place = context.room(args.need("channel", "channel_not_found"))
    log = context.workspace.logs[place.id]
    oldest, latest = args.stamp("oldest"), args.stamp("latest")
    found = log.between(oldest, latest, inclusive=args.flag("inclusive"))
    page, cursor = paged(args, found[::-1], lambda m: m.ts)
    return {**_messages(context, args, place, page, cursor), "pin_count": 0}


def replies(context: Context, args: Arguments) -> Json:
    """The thread of any of its messages; the root comes first, whatever the window is."""
    place = context.room(args.need("channel", "channel_not_found"))
    log = context.workspace.logs[place.id]
    root = log.root_of(args.stamp("ts") or "")
    first = log.get(root or "")
    if first is None:
        raise SlackError("thread_not_found")
    oldest, latest = args.stamp("oldest") or "", args.stamp("latest") or "9"
    edge = args.flag("inclusive")
    inside = [
        said
        for said in log.replies(first.ts)
        if oldest < said.ts < latest or (edge and said.ts in {oldest, latest})
    ]
    page, cursor = paged(args, [first, *inside], lambda m: m.ts)
    return _messages(context, args, place, page, cursor)


def members(context: Context, args: Arguments) -> Json:
    place = context.place(args.need("channel", "channel_not_found"))
    page, cursor = paged(args, place.members, str)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def direct(context: Context, args: Arguments) -> Json:
    if channel := args.text("channel"):
        place = context.room(channel)
    else:
        user = context.person(args.need("users", "users_list_not_supplied"))
        place = context.workspace.direct(context.bot, user.id)
    full = wire.channel(place, context.bot) if args.flag("return_im") else {"id": place.id}
    return {"channel": full}


def join(context: Context, args: Arguments) -> Json:
    place = context.place(args.need("channel", "channel_not_found"))
    if place.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if place.archived:
        raise SlackError("is_archived")
    return {"channel": wire.channel(context.workspace.join(place.id, context.bot), context.bot)}


def _messages(
    context: Context, args: Arguments, place: Channel, page: list[Message], cursor: str
) -> Json:
    full = args.flag("include_all_metadata")
    return {
        "messages": [context.workspace.wire(place.id, said, metadata=full) for said in page],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }
