"""People's votes inside one transaction: a poll that is opened, a vote, the end of a poll."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.runs.desk import Did
from bot.runs.model import Opinion, PeoplesVote, Status
from bot.runs.polling import Voted, settled
from bot.store.statements import insert_or_replace, take_turn
from bot.store.tables import OpinionRow, OutcomeRow, PollRow, RunRow
from patterns.recipes.factcheck import ClaimVerdict, FactCheck

log = logging.getLogger(__name__)

#: How long people can vote.
OPEN_FOR = timedelta(days=7)

Counts = Mapping[Opinion, int]
#: A run as far as votes on it go.
_Run = Row[Any]


def open_poll(connection: Connection, run_id: str, claims: int, now: datetime) -> None:
    """With the result that has these claims; nobody votes on what was asked on the console."""
    if connection.scalar(select(RunRow.team).where(RunRow.id == run_id)):
        row = {"run_id": run_id, "claims": claims, "closes_at": now + OPEN_FOR}
        connection.execute(insert(PollRow), row)


def forget_polls(connection: Connection, run_ids: Collection[str]) -> None:
    """What people settled stays."""
    for table in (OpinionRow, PollRow):
        connection.execute(delete(table).where(table.run_id.in_(run_ids)))


async def people_of(session: AsyncSession, run_id: str) -> tuple[PeoplesVote, ...]:
    """Of the claims that somebody has voted on; once it is over, of all."""
    poll = await session.get(PollRow, run_id)
    if poll is None:
        return ()
    counts = _from_json(poll.counts)
    if counts is not None:
        return tuple(
            _vote(claim, poll.closes_at, each, over=True) for claim, each in enumerate(counts)
        )
    every = _tally(poll.claims, await session.execute(_counted(run_id)))
    return tuple(
        _vote(claim, poll.closes_at, each) for claim, each in enumerate(every) if any(each.values())
    )


@dataclass
class Casting:
    """
    One person's vote. Returns whether others see a difference: one more has voted.

    *voted* is None where there is no such claim to vote on.
    """

    run_id: str
    attempt: int
    claim: int
    user: str
    opinion: Opinion
    now: datetime
    voted: Voted | None = None

    def __call__(self, connection: Connection) -> bool:
        self.voted = None
        take_turn(connection)
        found = connection.execute(_standing(self.run_id)).first()
        if found is None:
            return False
        did = _may_vote(found, self.attempt)
        if did is not Did.YES:
            self.voted = Voted(did)
        elif self.claim < found.claims:
            return self._cast(connection, found)
        return False

    def _cast(self, connection: Connection, poll: _Run) -> bool:
        closes_at: datetime = poll.closes_at
        ended = _from_json(poll.counts)
        if ended is not None or closes_at <= self.now:
            counts = ended[self.claim] if ended else self._counts(connection, poll.claims)
            vote = _vote(self.claim, closes_at, counts, over=True)
            self.voted = Voted(Did.TOO_LATE, vote, poll.claims)
            return False
        before = connection.scalar(
            select(OpinionRow.opinion).where(
                OpinionRow.run_id == self.run_id,
                OpinionRow.claim == self.claim,
                OpinionRow.user == self.user,
            )
        )
        statement = insert_or_replace(connection.dialect, OpinionRow, adding=frozenset())
        connection.execute(statement, self._row())
        counts = self._counts(connection, poll.claims)
        self.voted = Voted(Did.YES, _vote(self.claim, closes_at, counts), poll.claims)
        if before is None:
            show_again(connection, self.run_id)
        return before is None

    def _row(self) -> dict[str, object]:
        return {
            "run_id": self.run_id,
            "claim": self.claim,
            "user": self.user,
            "opinion": self.opinion.value,
            "at": self.now,
        }

    def _counts(self, connection: Connection, claims: int) -> Counts:
        return _tally(claims, connection.execute(_counted(self.run_id)).all())[self.claim]


@dataclass
class Ending:
    """
    Of the votes on all claims of a run: they are counted, who voted what is forgotten, and what
    people settled is kept to learn from.

    With an *attempt*, of that one's alone. *did* says why nothing was done.
    """

    run_id: str
    now: datetime
    attempt: int | None = None
    did: Did | None = None

    def __call__(self, connection: Connection) -> bool:
        self.did = None
        take_turn(connection)
        found = connection.execute(_standing(self.run_id)).first()
        if found is None:
            return False
        self.did = _may_vote(found, found.attempt if self.attempt is None else self.attempt)
        if self.did is Did.YES and found.counts is not None:
            self.did = Did.TOO_LATE
        if self.did is not Did.YES:
            return False
        counts = _tally(found.claims, connection.execute(_counted(self.run_id)).all())
        closed = {"counts": _to_json(counts), "closes_at": min(self.now, found.closes_at)}
        connection.execute(update(PollRow).where(PollRow.run_id == self.run_id).values(closed))
        connection.execute(delete(OpinionRow).where(OpinionRow.run_id == self.run_id))
        self._keep(connection, found, counts)
        show_again(connection, self.run_id)
        return True

    def _keep(self, connection: Connection, run: _Run, counts: Sequence[Counts]) -> None:
        rows = [
            {
                "run_id": self.run_id,
                "claim": claim,
                "team": run.team,
                "votes": _votes(verdict),
                "seats": verdict.seats,
                "named": verdict.outcome.value,
                "truth": truth.value,
                "at": self.now,
            }
            for claim, (verdict, each) in enumerate(zip(_claims(run.result), counts, strict=False))
            if verdict.votes and (truth := settled(each))
        ]
        if rows:
            statement = insert_or_replace(connection.dialect, OutcomeRow, adding=frozenset())
            connection.execute(statement, rows)


def _standing(run_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            RunRow.status,
            RunRow.attempt,
            RunRow.team,
            RunRow.result,
            PollRow.claims,
            PollRow.closes_at,
            PollRow.counts,
        )
        .outerjoin(PollRow, PollRow.run_id == RunRow.id)
        .where(RunRow.id == run_id, RunRow.erased_at.is_(None))
    )


def _may_vote(run: _Run, attempt: int) -> Did:
    """ALREADY: what was seen was another attempt."""
    if run.status == Status.OPEN.value:
        return Did.TOO_EARLY
    if run.attempt != attempt:
        return Did.ALREADY
    return Did.NOTHING if run.claims is None else Did.YES


def _counted(run_id: str) -> Select[int, str, int]:
    return (
        select(OpinionRow.claim, OpinionRow.opinion, func.count())
        .where(OpinionRow.run_id == run_id)
        .group_by(OpinionRow.claim, OpinionRow.opinion)
    )


def show_again(connection: Connection, run_id: str) -> None:
    """The card of a run whose counts are others now."""
    connection.execute(update(RunRow).where(RunRow.id == run_id).values(delivered=False))


def _tally(claims: int, found: Iterable[Row[int, str, int]]) -> list[dict[Opinion, int]]:
    """What another version wrote and this one does not know is not counted."""
    every = [dict.fromkeys(Opinion, 0) for _ in range(claims)]
    for claim, opinion, count in found:
        if claim < claims and opinion in set(Opinion):
            every[claim][Opinion(opinion)] = count
        else:
            log.warning("%d votes on claim %d are not counted: %.40r", count, claim, opinion)
    return every


def _vote(claim: int, closes_at: datetime, counts: Counts, *, over: bool = False) -> PeoplesVote:
    return PeoplesVote(
        claim=claim,
        closes_at=closes_at,
        closed=over,
        counts=dict(counts),
        settled=settled(counts) if over else None,
    )


def _to_json(counts: Sequence[Counts]) -> str:
    return json.dumps([{each.value: count[each] for each in Opinion} for count in counts])


def _from_json(counts: str | None) -> list[dict[Opinion, int]] | None:
    if counts is None:
        return None
    return [{each: said.get(each.value, 0) for each in Opinion} for said in json.loads(counts)]


def _claims(result: str | None) -> Sequence[ClaimVerdict]:
    """None of a result that another version wrote."""
    try:
        return FactCheck.model_validate_json(result or "").claims
    except ValidationError:
        return ()


def _votes(verdict: ClaimVerdict) -> str:
    cast = [
        {"seat": vote.seat, "label": vote.label.value, "confidence": vote.confidence}
        for vote in verdict.votes
    ]
    return json.dumps(cast)
