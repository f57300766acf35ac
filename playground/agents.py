"""What an app may do that is declared as an agent: say that it works, suggest what to ask it."""

from __future__ import annotations

from playground.arguments import Arguments
from playground.context import Context
from playground.parsing import parsed
from playground.shape import is_list, is_object
from playground.values import Json, SlackError

STATUSES = ("active", "processing", "suspended", "closed")
PROMPTS_MOST, TITLE_MOST = 4, 200


def set_session(context: Context, args: Arguments) -> Json:
    """`agents.sessions.setStatus`."""
    place = context.room(args.need("channel_id", "channel_not_found"))
    status, thread = args.need("status"), args.stamp("thread_ts")
    if status not in STATUSES or len(args.text("title")) > TITLE_MOST:
        raise SlackError("invalid_arguments")
    if thread:
        context.message(place.id, thread, "thread_not_found")
    context.workspace.session(place.id, thread or "", status)
    return {}


def set_status(context: Context, args: Arguments) -> Json:
    """`assistant.threads.setStatus`: free words, shown as work; none ends it."""
    place = context.room(args.need("channel_id", "channel_not_found"))
    thread = args.stamp("thread_ts")
    context.message(place.id, thread, "thread_not_found")
    status = "processing" if args.text("status") else "active"
    context.workspace.session(place.id, thread or "", status)
    return {}


def set_prompts(context: Context, args: Arguments) -> Json:
    """`assistant.threads.setSuggestedPrompts`; an agent's conversation needs no thread."""
    place = context.room(args.need("channel_id", "channel_not_found"))
    value = args.raw("prompts")
    try:
        given = parsed(value) if isinstance(value, str) else value
    except ValueError as err:
        raise SlackError("invalid_arguments") from err
    if not is_list(given) or not 0 < len(given) <= PROMPTS_MOST:
        raise SlackError("invalid_arguments")
    prompts = [one for one in given if is_object(one) and one.get("title") and one.get("message")]
    if len(prompts) != len(given):
        raise SlackError("invalid_arguments")
    context.workspace.suggest(place.id, prompts, args.text("title"))
    return {}
