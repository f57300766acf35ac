"""What the person who asked for a run is told, where a run cannot tell it itself."""

from __future__ import annotations

from collections.abc import Iterable

from bot.runs.model import Run, Status
from bot.slack.errors import NoEntry, SlackError
from bot.views.message import SlackMessage
from bot.views.mrkdwn import plain

INVITE = "I can't post here: invite me by typing /invite @Quorum in the channel, then try again."
ELSEWHERE = "I answer you in our direct messages."

_NOT_IN_CHANNEL = {"not_in_channel", "channel_not_found", "user_not_in_channel"}


def why(err: SlackError) -> str:
    """Why a run ends before it was shown."""
    if err.code in _NOT_IN_CHANNEL:
        return INVITE
    if isinstance(err, NoEntry):
        return f"Slack does not let me in any more ({err.code}): tell your admin."
    return f"Slack does not let me post here ({err.code})."


def outcome(run: Run, messages: Iterable[SlackMessage]) -> str:
    """The end of *run* in a few words: its result, as *messages* show it, or what came instead."""
    if run.status is Status.CANCELLED:
        return "Cancelled."
    shown = next((message.text for message in messages if message.final), "")
    if run.status is Status.DONE and shown:
        return shown
    return plain(run.error or "This run could not be shown.")
