"""The methods that write: `chat.*` and `reactions.add`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground import blocks
from playground.arguments import Arguments
from playground.context import Context
from playground.parsing import parsed
from playground.shape import is_object
from playground.values import Json, Message, SlackError

POST_CHARS_MOST, UPDATE_CHARS_MOST = 40_000, 4_000


def post_message(context: Context, args: Arguments) -> Json:
    place = context.writable(args.need("channel", "channel_not_found"))
    said = context.workspace.post(
        place.id,
        Message(
            ts="",
            user=context.bot,
            text=_text(args, most=POST_CHARS_MOST),
            blocks=_blocks(args),
            thread_ts=args.stamp("thread_ts"),
            broadcast=args.flag("reply_broadcast") and bool(args.text("thread_ts")),
            metadata=_metadata(args),
            client_msg_id=args.text("client_msg_id") or None,
        ),
    )
    wire = context.workspace.wire(place.id, said, metadata=True)
    return {"channel": place.id, "ts": said.ts, "message": wire}


def post_ephemeral(context: Context, args: Arguments) -> Json:
    place = context.room(args.need("channel", "channel_not_found"))
    user = args.need("user", "user_not_found")
    if user not in place.members:
        raise SlackError("user_not_in_channel")
    said = context.workspace.whisper(
        place.id,
        Message(
            ts="",
            user=context.bot,
            text=_text(args, most=POST_CHARS_MOST),
            blocks=_blocks(args),
            thread_ts=args.stamp("thread_ts"),
            only_for=user,
        ),
    )
    return {"message_ts": said.ts}


def update(context: Context, args: Arguments) -> Json:
    place = context.room(args.need("channel", "channel_not_found"))
    before = _own(context, place.id, args, "cant_update_message")
    text = _text(args, most=UPDATE_CHARS_MOST)
    drawn = _blocks(args, before.blocks)
    after = replace(
        before,
        text=text if args.raw("text") is not None else before.text,
        blocks=before.blocks if args.raw("blocks") is None else drawn,
        broadcast=before.broadcast or (args.flag("reply_broadcast") and before.is_reply),
        metadata=_metadata(args) or before.metadata,
        edited=context.workspace.stamp(),
    )
    said = context.workspace.change(place.id, after)
    wire = context.workspace.wire(place.id, said, metadata=True)
    return {"channel": place.id, "ts": said.ts, "text": said.text, "message": wire}


def delete(context: Context, args: Arguments) -> Json:
    place = context.room(args.need("channel", "channel_not_found"))
    said = _own(context, place.id, args, "cant_delete_message")
    context.workspace.delete(place.id, said.ts)
    return {"channel": place.id, "ts": said.ts}


def get_permalink(context: Context, args: Arguments) -> Json:
    place = context.place(args.need("channel", "channel_not_found"))
    said = context.message(place.id, args.stamp("message_ts"))
    return {"channel": place.id, "permalink": context.permalink(place.id, said)}


def react(context: Context, args: Arguments) -> Json:
    place = context.room(args.need("channel", "channel_not_found"))
    said = context.message(place.id, args.stamp("timestamp"))
    name = args.need("name", "invalid_name").strip(":")
    marks = dict(said.reactions)
    if context.bot in marks.get(name, ()):
        raise SlackError("already_reacted")
    marks[name] = (*marks.get(name, ()), context.bot)
    context.workspace.change(place.id, replace(said, reactions=tuple(marks.items())))
    return {}


def _own(context: Context, channel: str, args: Arguments, error: str) -> Message:
    said = context.message(channel, args.stamp("ts"))
    if said.user != context.bot:
        raise SlackError(error)
    return said


def _text(args: Arguments, *, most: int) -> str:
    text = args.text("text")
    if len(text) > most:
        raise SlackError("msg_too_long")
    return text


def _blocks(args: Arguments, before: Sequence[Json] = ()) -> tuple[Json, ...]:
    drawn = blocks.checked(args.raw("blocks"), before)
    if not drawn and not args.text("text").strip():
        raise SlackError("no_text")
    return drawn


def _metadata(args: Arguments) -> Json | None:
    value = args.raw("metadata")
    if value is None or value == "":
        return None
    try:
        given = parsed(value) if isinstance(value, str) else value
    except ValueError as err:
        raise SlackError("invalid_metadata_format") from err
    if not is_object(given) or not {"event_type", "event_payload"} <= given.keys():
        raise SlackError("invalid_metadata_schema")
    return given
