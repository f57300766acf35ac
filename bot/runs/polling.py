"""People's vote on the claims of a finished fact-check: who may, until when, what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.runs.desk import Did, find, may, was_shown
from bot.runs.lookup import NoRights, Rights
from bot.runs.model import Actor, Opinion, PeoplesVote
from bot.runs.storage import RunStore

#: Votes below which people have settled nothing.
LEAST = 3


@dataclass(frozen=True)
class Voted:
    """
    *vote* is how it stands with the new vote, or how it ended; None where neither is known.

    It is on one of so many *claims*.
    """

    did: Did
    vote: PeoplesVote | None = None
    claims: int = 1


class Polls(Protocol):
    """
    Every vote that returns has been committed.

    A vote on the claims of an attempt is open from its result on, for seven days at most; a new
    attempt begins a new one. *attempt* is the one that was seen.
    """

    async def cast(
        self, run_id: str, attempt: int, claim: int, user: str, opinion: Opinion, /
    ) -> Voted:
        """
        One a person and claim: the last one counts. TOO_LATE once it is over, ALREADY where the
        attempt is not its last, NOTHING where there is nothing to vote on.

        Raises `NoSuchRun`, for a claim that there is not, too.
        """
        ...

    async def end(self, run_id: str, attempt: int, /) -> Did:
        """Of all claims at once, with the same answers."""
        ...


class Polling:
    """
    The door to these votes, as the desk is to runs.

    Raises `NoSuchRun`, also for runs of another workspace and claims that there are not.
    """

    def __init__(self, store: RunStore, polls: Polls, *, rights: Rights = NoRights()) -> None:
        self._store = store
        self._polls = polls
        self._rights = rights

    async def vote(
        self, run_id: str, attempt: int, claim: int, opinion: Opinion, *, by: Actor
    ) -> Voted:
        """Whoever was shown a result may say whether its claims are right."""
        run = await find(self._store, run_id, by)
        if not was_shown(run, by):
            return Voted(Did.NOT_YOURS)
        return await self._polls.cast(run_id, attempt, claim, by.user, opinion)

    async def close(self, run_id: str, attempt: int, *, by: Actor, as_admin: bool = False) -> Did:
        run = await find(self._store, run_id, by)
        if not await may(self._rights, run, by, as_admin=as_admin):
            return Did.NOT_YOURS
        return await self._polls.end(run_id, attempt)


def settled(counts: Mapping[Opinion, int]) -> Opinion | None:
    """
    What people said once it is over: CANNOT_TELL where more than half of all did, else what more
    than half of those said who could tell. None below three votes, and for a tie.
    """
    voters, unsure = sum(counts.values()), counts[Opinion.CANNOT_TELL]
    if voters < LEAST:
        return None
    if unsure * 2 > voters:
        return Opinion.CANNOT_TELL
    said = (Opinion.AGREE, Opinion.DISAGREE)
    return next((each for each in said if counts[each] * 2 > voters - unsure), None)
