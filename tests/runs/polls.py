"""People's votes in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from bot.runs.desk import Did
from bot.runs.errors import NoSuchRun
from bot.runs.model import Opinion, PeoplesVote, Run, Status
from bot.runs.polling import Voted, settled
from patterns.recipes.factcheck import FactCheck

Counts = dict[Opinion, int]
#: A run and its attempt.
Vote = tuple[str, int]


class MemoryPolls:
    """Implements `bot.runs.polling.Polls` for *runs*."""

    def __init__(
        self, runs: Mapping[str, Run], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._runs = runs
        self._now = now
        self.opinions: dict[Vote, dict[tuple[int, str], Opinion]] = {}
        self.over: dict[Vote, list[Counts]] = {}
        self.ended: dict[Vote, datetime] = {}

    async def cast(
        self, run_id: str, attempt: int, claim: int, user: str, opinion: Opinion, /
    ) -> Voted:
        run, vote = self._run(run_id), (run_id, attempt)
        did, claims = self._did(run, attempt), len(claims_of(run))
        if did not in {Did.YES, Did.TOO_LATE}:
            return Voted(did)
        if claim >= claims:
            raise NoSuchRun("There is no such claim.")
        if did is Did.YES:
            self.opinions.setdefault(vote, {})[claim, user] = opinion
        counts = self.counts(run_id, attempt)[claim]
        return Voted(did, self._told(run, claim, counts, over=did is Did.TOO_LATE), claims)

    async def end(self, run_id: str, attempt: int, /) -> Did:
        run, vote = self._run(run_id), (run_id, attempt)
        did = self._did(run, attempt)
        if did is Did.YES or (did is Did.TOO_LATE and vote not in self.over):
            self.over[vote] = self.counts(run_id, attempt)
            self.ended[vote] = min(self._now(), _due(run))
            return Did.YES
        return did

    def counts(self, run_id: str, attempt: int) -> list[Counts]:
        """By claim."""
        if (run_id, attempt) in self.over:
            return self.over[run_id, attempt]
        cast = self.opinions.get((run_id, attempt), {})
        told = Counter((claim, opinion) for (claim, _), opinion in cast.items())
        claims = range(len(claims_of(self._runs[run_id])))
        return [{each: told[claim, each] for each in Opinion} for claim in claims]

    def people(self, run_id: str) -> tuple[PeoplesVote, ...]:
        """As `Run.people` should have it."""
        run = self._runs[run_id]
        over = (run_id, run.attempt) in self.over
        every = self.counts(run_id, run.attempt) if run.status is Status.DONE else []
        return tuple(
            self._told(run, claim, counts, over=over)
            for claim, counts in enumerate(every)
            if over or any(counts.values())
        )

    def _run(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise NoSuchRun("There is no such run.")
        return self._runs[run_id]

    def _did(self, run: Run, attempt: int) -> Did:
        if run.status is Status.OPEN:
            return Did.TOO_EARLY
        if run.attempt != attempt:
            return Did.ALREADY
        if not claims_of(run):
            return Did.NOTHING
        over = (run.id, attempt) in self.over or self._now() >= _due(run)
        return Did.TOO_LATE if over else Did.YES

    def _told(self, run: Run, claim: int, counts: Counts, *, over: bool) -> PeoplesVote:
        return PeoplesVote(
            claim=claim,
            closes_at=self.ended.get((run.id, run.attempt), _due(run)),
            closed=over,
            counts=counts,
            settled=settled(counts) if over else None,
        )


def claims_of(run: Run) -> tuple[object, ...]:
    return run.result.claims if isinstance(run.result, FactCheck) else ()


def _due(run: Run) -> datetime:
    assert run.ended_at
    return run.ended_at + timedelta(days=7)
