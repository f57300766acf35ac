"""A panel that is asked in waves, and no longer than its decision is open."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from math import ceil, inf
from typing import Generic, TypeVar

from patterns.branches import Branch, Gap, Limits, Said, plan, require_unique, too_few
from patterns.events import BranchDone
from patterns.fanout import Fan, fan_open
from patterns.ports import EventSink
from patterns.rules import Counts, Rule, leader, majority
from patterns.stopping import posterior, settled, waves

B = TypeVar("B")

NOT_ASKED = "not asked: it was decided without this vote"


@dataclass(frozen=True, kw_only=True)
class Tally(Generic[B]):
    """
    Votes counted. *winner* is None where the rule names nobody.

    *counts* is in the order of the first voter of each choice, *ballots* and *gaps* in the order
    of the seats: nothing here depends on who answered first. *spared* are the seats that were not
    needed, and *rounds* is how many waves were asked.
    """

    winner: str | None
    counts: Mapping[str, int]
    ballots: Mapping[str, B]
    gaps: tuple[Gap, ...]
    spared: tuple[str, ...] = ()
    rounds: int = 1

    @property
    def asked(self) -> int:
        return len(self.ballots) + len(self.gaps)


async def canvass(
    seats: Sequence[Branch[B]],
    sink: EventSink,
    *,
    size: int,
    choices: Sequence[str],
    choice: Callable[[B], str],
    describe: Callable[[B], Said],
    rule: Rule = majority,
    weight: Callable[[str, B], float] | None = None,
    most: Callable[[str], float] | None = None,
    sure: float | None = None,
    quorum: int | None = None,
    stage: str = "voters",
    limits: Limits = Limits(),
    slots: asyncio.Semaphore | None = None,
) -> Tally[B]:
    """
    Ask *size* seats until nothing can change the decision; those behind them are reserves.

    A seat that fails is replaced by the next reserve. Who wins does not depend on who answers
    first. *sure* also stops between waves, once the leading choice is the voters' with this
    probability: it wins. *weight* is by seat and ballot, and *most* what a seat's vote can weigh:
    without it weighed votes stop nothing early, and with it the decision may depend on who fails
    first, as a reserve may weigh more than the seat that it takes. Fewer than *quorum* answers
    (three fifths if not given) raise `QuorumMissed`, unless the silent could not have changed the
    decision.
    """
    if not 1 <= size <= len(seats):
        raise ValueError("a panel has at least one seat, and a branch for each")
    require_unique(seats)
    plan(stage, seats[:size], sink)
    votes = _Votes(seats, size, choices, choice, rule, weight, most, sure)
    async with fan_open(sink, describe=describe, limits=limits, slots=slots) as fan:
        await _ask(votes, fan, lambda reserve: plan(stage, [reserve], sink))
    tally = votes.tally(stage, ceil(size * 3 / 5) if quorum is None else quorum)
    for key in tally.spared:
        sink.emit(BranchDone(branch=key, headline=NOT_ASKED))
    return tally


async def _ask(votes: _Votes[B], fan: Fan[B], announce: Callable[[Branch[B]], None]) -> None:
    """The next wave starts as soon as what is out cannot end it."""
    asked = 0
    for goal in waves(votes.size):
        votes.rounds += 1
        for seat in votes.panel[asked:goal]:
            fan.start(seat)
        asked = goal
        while len(fan) and (goal == votes.size or votes.may_end(len(fan))):
            for seat, outcome in await fan.ended():
                votes.take(seat, outcome)
            if votes.settled():
                return
            for reserve in votes.replacements() if not fan.over else ():
                announce(reserve)
                fan.start(reserve)
        if not len(fan) and votes.sure_enough():
            return


@dataclass
class _Votes(Generic[B]):
    """
    What was said so far. *panel* has *size* seats, in which reserves take the place of the failed.

    A failed seat without a replacement counts as open for good: had it voted, anything might have
    come of it. So the decision is the same in whatever order answers and failures come.
    """

    seats: Sequence[Branch[B]]
    size: int
    choices: Sequence[str]
    choice: Callable[[B], str]
    rule: Rule
    weight: Callable[[str, B], float] | None
    most: Callable[[str], float] | None
    sure: float | None
    rounds: int = 0
    certain: bool = False
    ballots: dict[str, B] = field(default_factory=dict[str, B])
    gaps: dict[str, Gap] = field(default_factory=dict[str, Gap])

    def __post_init__(self) -> None:
        self.panel = list(self.seats[: self.size])
        self._reserves = list(self.seats[self.size :])

    def take(self, seat: Branch[B], outcome: B | Gap) -> None:
        if isinstance(outcome, Gap):
            self.gaps[seat.key] = outcome
        else:
            self.ballots[seat.key] = outcome

    def replacements(self) -> list[Branch[B]]:
        """Reserves that have just been seated."""
        seated: list[Branch[B]] = []
        for n, seat in enumerate(self.panel):
            if seat.key in self.gaps and self._reserves:
                self.panel[n] = self._reserves.pop(0)
                seated.append(self.panel[n])
        return seated

    def settled(self) -> bool:
        left = self._open_weights()
        if inf in left:
            return False
        counts = self._weighed()
        return settled(self.rule, counts, left, self.choices, sum(counts.values()) + sum(left))

    def sure_enough(self) -> bool:
        self.certain = self._is_sure(self._weighed())
        return self.certain

    def may_end(self, out: int) -> bool:
        """Can what is out still make it unnecessary to ask anybody else?"""
        if self.weight:
            return self.most is not None or self.sure is not None
        counts = self._weighed()
        open_after = self.size - len(self.ballots)
        for votes in combinations_with_replacement((*self.choices, None), out):
            added = Counter(vote for vote in votes if vote is not None)
            then = {c: counts.get(c, 0) + added[c] for c in dict.fromkeys([*counts, *added])}
            left = [1.0] * (open_after - added.total())
            surer = len(added) <= 1 and self._is_sure(then)  # nothing beats all for one
            if surer or settled(self.rule, then, left, self.choices, self.size):
                return True
        return False

    def tally(self, stage: str, quorum: int) -> Tally[B]:
        if len(self.ballots) < quorum and not (self.certain or self.settled()):
            first = next(
                (self.gaps[seat.key] for seat in self.seats if seat.key in self.gaps), None
            )
            asked = len(self.ballots) + len(self.gaps)
            raise too_few(stage, len(self.ballots), asked, quorum, first)
        cast = {seat.key: self.ballots[seat.key] for seat in self.seats if seat.key in self.ballots}
        heard = {*self.ballots, *self.gaps}
        return Tally(
            winner=self._winner(),
            counts=dict(Counter(self.choice(ballot) for ballot in cast.values())),
            ballots=cast,
            gaps=tuple(self.gaps[seat.key] for seat in self.seats if seat.key in self.gaps),
            spared=tuple(seat.key for seat in self.panel if seat.key not in heard),
            rounds=self.rounds,
        )

    def _winner(self) -> str | None:
        counts = self._weighed()
        if self.certain:
            return leader(counts)
        given = sum(counts.values())
        usual = given / len(self.ballots) if self.ballots else 1.0
        silent = sum(min(usual, most) for most in self._open_weights())
        return self.rule(counts, given + silent)

    def _is_sure(self, counts: Counts) -> bool:
        named = dict.fromkeys([*self.choices, *counts])
        return self.sure is not None and posterior([counts.get(c, 0) for c in named]) >= self.sure

    def _weighed(self) -> dict[str, float]:
        """Summed in the order of the seats: sums of fractions depend on it."""
        counts: dict[str, float] = {}
        for seat in self.seats:
            if (ballot := self.ballots.get(seat.key)) is not None:
                weight = self.weight(seat.key, ballot) if self.weight else 1
                counts[self.choice(ballot)] = counts.get(self.choice(ballot), 0) + weight
        return counts

    def _open_weights(self) -> list[float]:
        """What each seat without a vote may weigh at most."""
        unheard = [seat.key for seat in self.panel if seat.key not in self.ballots]
        if not self.weight:
            return [1.0] * len(unheard)
        return [self.most(key) if self.most else inf for key in unheard]
