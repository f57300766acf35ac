"""What people's verdicts have taught of the seats of a panel, and how much of it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import exp, log

from patterns.stopping import waves

#: From so many rated claims on weights are used, and confidence may be.
ENOUGH = 50
#: From so many on shares are calibrated, and only those that came up as often as this.
ENOUGH_TO_CALIBRATE, ENOUGH_OF_A_SHARE = 200, 20
_RIGHT, _WRONG = 8, 2  # what a seat without history is taken for: Beta(8, 2)
_LIGHTEST, _HEAVIEST = 0.3, 3.0
_ON, _OFF = 0.65, 0.6
_SHARPNESS = 0.2
_STRENGTH = 20
_PANEL = 5


@dataclass(frozen=True, kw_only=True)
class Learned:
    """
    *weights* of votes by seat (empty: each counts one), given from as many *rated* claims on as
    it takes. *by_confidence*: voters' own confidence may weigh, too; it was measured to tell right
    votes from wrong ones. *effective* is how many independent voters a panel of five is worth,
    None where that is not known. *calibrated* is, by the share of seats that agreed (in tenths,
    0 to 10), how often people agreed, in percent; empty before two hundred claims were rated.

    To look at: *accuracy* is how often a seat was right, of so many *votes* of its own in first
    waves; *rho* is how much the errors of two voters have in common, *auroc* how well confidence
    tells a right vote from a wrong one on the same claim (½: not at all).
    """

    rated: int = 0
    weights: Mapping[str, float] = field(default_factory=dict[str, float])
    by_confidence: bool = False
    effective: float | None = None
    calibrated: Mapping[int, int] = field(default_factory=dict[int, int])
    accuracy: Mapping[str, float] = field(default_factory=dict[str, float])
    votes: Mapping[str, int] = field(default_factory=dict[str, int])
    rho: float | None = None
    auroc: float | None = None

    def weight(self, seat: str, confidence: float) -> float:
        """What the vote of a *seat* counts. Only how weights compare means anything."""
        return self.most(seat) * (sharpened(confidence) if self.by_confidence else 1)

    def most(self, seat: str) -> float:
        """
        What it counts with full confidence.

        Without a history of its own "Skeptic 2" is taken for the skeptic, others for a usual seat.
        """
        if not self.weights:
            return 1
        role = seat.rstrip("0123456789").rstrip()
        return self.weights.get(seat, self.weights.get(role, reliability(0, 0)))


UNLEARNED = Learned()


@dataclass(frozen=True)
class Cast:
    """One vote; *confidence* is the voter's own, from 0 to 1."""

    seat: str
    choice: str
    confidence: float


@dataclass(frozen=True)
class RatedClaim:
    """
    *votes* in the order of the seats; *truth* is the choice that people settled on and *named*
    what the panel said. *seats* is the size of the panel, where not all of it was asked.
    """

    votes: tuple[Cast, ...]
    truth: str
    named: str
    seats: int = _PANEL


def learn(claims: Sequence[RatedClaim]) -> Learned:
    """
    *claims* from the oldest to the newest: whether confidence counts depends on the way here.

    Seats are measured by first waves alone: who is asked later is asked of what is disputed, and
    would look worse than who is not.
    """
    first = [_first_wave(claim) for claim in claims]
    right, cast = _records(first)
    enough = len(claims) >= ENOUGH
    rho = correlation(claims) if enough else None
    auroc, gate = _discrimination(first)
    return Learned(
        rated=len(claims),
        weights={s: reliability(right[s], cast[s] - right[s]) for s in cast} if enough else {},
        by_confidence=gate,
        effective=None if rho is None else independent(_PANEL, rho),
        calibrated=_calibrated(claims) if len(claims) >= ENOUGH_TO_CALIBRATE else {},
        accuracy={seat: right[seat] / cast[seat] for seat in cast},
        votes=cast,
        rho=rho,
        auroc=auroc,
    )


def reliability(right: int, wrong: int) -> float:
    """The weight of a seat with this record: log(a / (1 - a)), within bounds."""
    return min(_HEAVIEST, max(_LIGHTEST, log((_RIGHT + right) / (_WRONG + wrong))))


def sharpened(confidence: float) -> float:
    """Softmax of confidences, but for the sum: exp(c / T), T = .2, so that full confidence is 1."""
    return exp((confidence - 1) / _SHARPNESS)


def independent(voters: int, rho: float) -> float:
    """How many independent voters are worth as much as these."""
    return voters / (1 + (voters - 1) * rho)


def correlation(claims: Iterable[RatedClaim]) -> float | None:
    """
    How much two voters are right and wrong together: 0 not at all, 1 always. None: unknown.

    The variance of the share of right votes beyond what chance makes of it, as a part of what it
    could be at most. Only those count who were asked whatever the others said: the first wave.
    """
    shares = [
        (sum(vote.choice == claim.truth for vote in first) / len(first), len(first))
        for claim in map(_first_wave, claims)
        if len(first := claim.votes) > 1
    ]
    if not shares:
        return None
    votes = sum(n for _, n in shares)
    mean = sum(share * n for share, n in shares) / votes
    spread = mean * (1 - mean)
    beyond = sum((share - mean) ** 2 - spread / n for share, n in shares)
    most = sum(spread * (1 - 1 / n) for _, n in shares)
    return min(1.0, max(0.0, beyond / most)) if spread else None


def _first_wave(claim: RatedClaim) -> RatedClaim:
    return replace(claim, votes=claim.votes[: waves(claim.seats)[0]])


def _records(claims: Iterable[RatedClaim]) -> tuple[Mapping[str, int], dict[str, int]]:
    right: dict[str, int] = defaultdict(int)
    cast: dict[str, int] = defaultdict(int)
    for claim in claims:
        for vote in claim.votes:
            cast[vote.seat] += 1
            right[vote.seat] += vote.choice == claim.truth
    return right, dict(cast)


def _discrimination(claims: Iterable[RatedClaim]) -> tuple[float | None, bool]:
    """
    The AUROC of pairs of a right and a wrong vote on one claim, and the gate at the end.

    A claim without such a pair says nothing of it, and does not count as rated here.
    """
    won, pairs, split, gate = 0.0, 0, 0, False
    for claim in claims:
        sure = [vote.confidence for vote in claim.votes if vote.choice == claim.truth]
        unsure = [vote.confidence for vote in claim.votes if vote.choice != claim.truth]
        won += sum((a > b) + (a == b) / 2 for a, b in product(sure, unsure))
        pairs += len(sure) * len(unsure)
        split += bool(sure and unsure)
        if split >= ENOUGH:
            gate = won / pairs >= (_OFF if gate else _ON)
    return (won / pairs if pairs else None), gate


def _calibrated(claims: Iterable[RatedClaim]) -> dict[int, int]:
    """
    By the share of the seats that agreed, asked or not: what a card shows as "3 of 5".

    The share itself counts as twenty claims, so that a few cannot say 0 or 100 percent.
    """
    agreed: dict[int, list[bool]] = defaultdict(list)
    for claim in claims:
        votes = sum(vote.choice == claim.named for vote in claim.votes)
        if votes:
            agreed[round(votes / claim.seats * 10)].append(claim.named == claim.truth)
    return {
        tenths: round(100 * (_STRENGTH * tenths / 10 + sum(said)) / (_STRENGTH + len(said)))
        for tenths, said in sorted(agreed.items())
        if len(said) >= ENOUGH_OF_A_SHARE
    }
