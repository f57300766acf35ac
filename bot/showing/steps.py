"""What Slack shows of a run against what it should show: the differences, as steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.runs.model import Run, Status
from bot.runs.storage import Posted
from bot.slack.limiter import Call, Priority, posting, updating
from bot.views.message import SlackMessage

_OUTCOMES = {
    Status.DONE: Priority.FINAL,
    Status.CANCELLED: Priority.CANCELLED,
    Status.FAILED: Priority.FAILED,
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """
    One message to post, or to edit where *row* has a ts.

    *thread_ts* is the root that it goes under: the card, or the message that the run was asked
    for under.
    """

    message: SlackMessage
    row: Posted | None
    channel: str
    thread_ts: str | None
    priority: Priority

    @property
    def is_card(self) -> bool:
        return self.message.home and not self.message.in_thread

    @property
    def stands(self) -> bool:
        """It is in Slack already, as it was at some time."""
        return self.row is not None and self.row.ts is not None

    @property
    def call(self) -> Call:
        if self.message.file is not None:
            return Call(method="files", priority=self.priority)  # its own calls take their turns
        if self.row is not None and self.row.ts is not None:
            return updating(self.channel, self.row.ts, self.priority)
        return posting(self.channel, self.priority)


@dataclass(frozen=True)
class Plan:
    """What should be shown of *run*, what was, and what is to be done about it."""

    run: Run
    messages: Sequence[SlackMessage]
    posted: Mapping[str, Posted]
    steps: Sequence[Step]

    @property
    def outcome_shown(self) -> bool:
        """All that makes up the outcome stands; what was shared is no part of it."""
        finals = [message for message in self.messages if message.final and message.home]
        return bool(finals) and all(shows(self.posted.get(m.slot), m) for m in finals)


def steps(
    run: Run,
    messages: Sequence[SlackMessage],
    posted: Mapping[str, Posted],
    channel: str | None,
) -> list[Step]:
    """
    All differences, in the order of *messages*; *channel* is where the run lives.

    None of it but what was shared, where it can live nowhere.
    """
    lives: Iterable[Step] = ()
    if channel is not None:
        lives = _at_home(run, messages, posted, channel)
    return [*lives, *_shared(run, messages, posted, channel)]


def _at_home(
    run: Run, messages: Sequence[SlackMessage], posted: Mapping[str, Posted], channel: str
) -> Iterable[Step]:
    """
    Nothing but the card before the card stands: what is in its thread needs its ts. What
    stands outside *channel* is from before the audience got narrower, and is not touched.
    """
    posted = {slot: row for slot, row in posted.items() if row.channel == channel}
    messages = [message for message in messages if message.home]
    card = next((m for m in messages if not m.in_thread), None)
    row = posted.get(card.slot) if card else None
    place = run.request.place
    root = place.thread_ts if place.channel == channel else None
    wanted = messages if row and row.ts else [m for m in messages if m is card]
    for message in wanted:
        if not shows(posted.get(message.slot), message):
            yield Step(
                # in a thread of others, nothing is shown outside of it
                message=replace(message, broadcast=message.broadcast and root is None),
                row=posted.get(message.slot),
                channel=channel,
                thread_ts=root or (row.ts if row and message.in_thread else None),
                priority=_priority(run, message, is_new_card=row is None or row.ts is None),
            )


def _shared(
    run: Run, messages: Sequence[SlackMessage], posted: Mapping[str, Posted], channel: str | None
) -> Iterable[Step]:
    """Where the run was asked for, unless it lives there."""
    place = run.request.place
    if place.channel == channel:
        return
    for message in messages:
        row = posted.get(message.slot)
        if not message.home and not shows(row, message):
            yield Step(
                message=message,
                row=row,
                channel=place.channel,
                thread_ts=place.thread_ts,
                priority=_priority(run, message, is_new_card=True),
            )


def shows(row: Posted | None, message: SlackMessage) -> bool:
    """Whether *message* stands in Slack as it should be."""
    return row is not None and row.ts is not None and row.digest == message.digest


def tells_result(message: SlackMessage) -> bool:
    """Or what its branches found: to be shown only to who may see it now."""
    return message.final or message.in_thread or not message.home


def _priority(run: Run, message: SlackMessage, *, is_new_card: bool) -> Priority:
    otherwise = Priority.START if is_new_card else Priority.PROGRESS
    return _OUTCOMES.get(run.status, otherwise) if message.final else otherwise
