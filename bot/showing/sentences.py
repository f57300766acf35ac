"""What the person who asked for a run is told, where a run cannot tell it itself."""

from __future__ import annotations

from collections.abc import Iterable

from bot.runs.model import Run, Status
from bot.slack.errors import NoEntry, SlackError
from bot.views.message import SlackMessage
from bot.views.mrkdwn import plain

INVITE = "I can't post here: invite me by typing /invite @Quorum in the channel, then try again."
ELSEWHERE = "I answer you in our direct messages."
UNSURE = "Slack does not tell me whether you may still see this: ask me again."

_ARCHIVED = "This channel is archived: ask me in another one."
_THREAD_GONE = "The message that I was to answer in its thread is gone: ask me in another place."
_NOT_IN_CHANNEL = {"not_in_channel", "channel_not_found", "user_not_in_channel"}
_WHY = {
    **dict.fromkeys(_NOT_IN_CHANNEL, INVITE),
    "is_archived": _ARCHIVED,
    "thread_not_found": _THREAD_GONE,
    "message_not_found": _THREAD_GONE,
    "cannot_reply_to_message": "Slack allows no replies to this message: ask me in the channel.",
}


def why(err: SlackError) -> str:
    """Why a run ends before it was shown."""
    if isinstance(err, NoEntry):
        return f"Slack does not let me in any more ({err.code}): tell your admin."
    return _WHY.get(err.code, f"Slack does not let me post here ({err.code}).")


def not_shared(err: SlackError) -> str:
    """Why a result could not be shown in the channel, too."""
    return f"I could not share it: {why(err)}"


def outcome(run: Run, messages: Iterable[SlackMessage]) -> str:
    """The end of *run* in a few words: its result, as *messages* show it, or what came instead."""
    if run.status is Status.CANCELLED:
        return "Cancelled."
    shown = front(messages)
    if run.status is Status.DONE and shown is not None:
        return shown.text
    return plain(run.error or "This run could not be shown.")


def front(messages: Iterable[SlackMessage]) -> SlackMessage | None:
    """The one that tells the outcome best: where the card points to another, that other."""
    finals = [message for message in messages if message.final and message.home]
    return next((m for m in finals if m.broadcast), next(iter(finals), None))
