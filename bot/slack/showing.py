"""What Slack shows of a run against what it should show: the differences, as steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.runs.model import Run, Status
from bot.runs.ports import Posted
from bot.slack.limiter import Call, Priority, posting, updating
from bot.views.message import SlackMessage


@dataclass(frozen=True, kw_only=True)
class Step:
    """One message to post, or to edit where *row* has a ts. *thread_ts* is the card's."""

    message: SlackMessage
    row: Posted | None
    channel: str
    thread_ts: str | None
    priority: Priority

    @property
    def is_card(self) -> bool:
        return not self.message.in_thread

    @property
    def stands(self) -> bool:
        """It is in Slack already, as it was at some time."""
        return self.row is not None and self.row.ts is not None

    @property
    def call(self) -> Call:
        if self.row is not None and self.row.ts is not None:
            return updating(self.channel, self.row.ts, self.priority)
        return posting(self.channel, self.priority)


def steps(
    run: Run,
    messages: Sequence[SlackMessage],
    posted: Mapping[str, Posted],
    channel: str,
) -> list[Step]:
    """
    All differences, in the order of *messages*.

    Nothing but the card before the card stands: what is in its thread needs its ts. What
    stands outside *channel* is from before the audience got narrower, and is not touched.
    """
    posted = {slot: row for slot, row in posted.items() if row.channel == channel}
    card = next((m for m in messages if not m.in_thread), None)
    row = posted.get(card.slot) if card else None
    wanted = messages if row and row.ts else [m for m in messages if m is card]
    return [
        Step(
            message=message,
            row=posted.get(message.slot),
            channel=channel,
            thread_ts=row.ts if row and message.in_thread else None,
            priority=_priority(run, message, is_new_card=row is None or row.ts is None),
        )
        for message in wanted
        if not shows(posted.get(message.slot), message)
    ]


def shows(row: Posted | None, message: SlackMessage) -> bool:
    """Whether *message* stands in Slack as it should be."""
    return row is not None and row.ts is not None and row.digest == message.digest


def _priority(run: Run, message: SlackMessage, *, is_new_card: bool) -> Priority:
    if message.final:
        return Priority.FINAL if run.status is Status.DONE else Priority.OUTCOME
    return Priority.OUTCOME if is_new_card else Priority.PROGRESS
