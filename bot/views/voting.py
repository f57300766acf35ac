"""What who votes on a claim is told, alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.runs.desk import Did
from bot.runs.model import Opinion
from bot.runs.polling import Voted
from bot.views.notices import NO_SUCH_RUN, NOT_YOURS
from bot.views.polls import OPINIONS, counts

_NOT_DONE = "This run has no result yet: there is nothing to vote on."
_AGAIN = "This run was tried again since: vote under its new result, please."
_NOTHING = "There is no vote of people on this result."

_NOT_COUNTED: Mapping[Did, str] = {
    Did.TOO_EARLY: _NOT_DONE,
    Did.ALREADY: _AGAIN,
    Did.NOTHING: _NOTHING,
    Did.NOT_YOURS: "Only who was shown this result can vote on it.",
}
#: Empty where the card shows it.
_CLOSED: Mapping[Did, str] = {
    Did.YES: "",
    Did.TOO_LATE: "The vote is over already.",
    Did.TOO_EARLY: _NOT_DONE,
    Did.ALREADY: "This run was tried again since: close the vote under its new result, please.",
    Did.NOTHING: _NOTHING,
    Did.NOT_YOURS: NOT_YOURS,
}


def voted(opinion: Opinion, became: Voted) -> str:
    """Counts are for who has voted, and for all once it is over."""
    vote = became.vote
    if vote is None:
        return _NOT_COUNTED[became.did]
    on = f" on claim {vote.claim + 1}" if became.claims > 1 else ""
    if became.did is not Did.YES:
        return f"The vote{on} is over: {counts(vote, *Opinion)}."
    return (
        f"You voted{on}: {OPINIONS[opinion]}. So far: {counts(vote, *Opinion)}. "
        f"You can change it until {_day(vote.closes_at)}, or until it is closed."
    )


def closed(did: Did | None) -> str:
    return NO_SUCH_RUN if did is None else _CLOSED[did]


def _day(moment: datetime) -> str:
    """It is a few days away: the year goes without saying."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b}"
