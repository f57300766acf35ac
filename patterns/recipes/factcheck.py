"""Is a claim true? A panel of voters with different roles, blind to each other, decides."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.errors import NothingToDo
from patterns.estimating import Guess, estimate
from patterns.fanout import Limits, Said
from patterns.fence import DATA, fenced
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.task import Depth, Task, known_topic, topic
from patterns.usage import Estimate
from patterns.voting import Tally, poll

_BALLOT = Guess(10, 150)
_VOTERS = {Depth.QUICK: 3, Depth.NORMAL: 5, Depth.DEEP: 9}
_ROLES = (
    ("Skeptic", "You look for what speaks against the claim."),
    ("Advocate", "You look for what speaks for the claim."),
    ("Neutral reader", "You weigh both sides without a leaning."),
    ("Numbers and dates", "You check every number, date, name and place in the claim."),
    ("Second neutral reader", "You ask what a careful encyclopaedia would say."),
)
_SYSTEM = (
    "You sit on a panel that checks claims; the other voters are unknown to you. Vote with one "
    "label and give your reason in one or two sentences. If you do not know enough to decide, "
    f"the label is not_enough_evidence: guessing is worse than abstaining. {DATA}"
)


class Label(StrEnum):
    """What a voter can say of a claim."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    NOT_ENOUGH = "not_enough_evidence"


class Ballot(Answer):
    """One vote."""

    label: Label
    reason: str


class SeatVote(BaseModel):
    """Who on the panel voted what, and why."""

    model_config = ConfigDict(frozen=True)

    seat: str
    label: Label
    reason: str


class Verdict(BaseModel):
    """
    *label* is what more than half of the votes say; None when no label has that many.

    *missing* says which voters did not answer, and why.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["verdict"] = "verdict"
    claim: str
    label: Label | None
    votes: tuple[SeatVote, ...]
    asked: int
    missing: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Label, int]:
        """Votes by label, every label named."""
        return {label: sum(vote.label == label for vote in self.votes) for label in Label}


async def factcheck(task: Task, model: Model, sink: EventSink, limits: Limits) -> Verdict:
    """The claim is the text, or else the messages that were read for it."""
    claim = await topic(task)
    if not claim:
        raise NothingToDo("There is no claim to check.")
    seats = _panel(claim, task.voters or _VOTERS[task.depth])
    tally = await poll(
        list(seats), model, choice=lambda b: b.label, describe=_said, sink=sink, limits=limits
    )
    return Verdict(
        claim=claim,
        label=_majority(tally),
        votes=tuple(
            SeatVote(seat=seat.title, label=ballot.label, reason=ballot.reason)
            for seat in seats
            if (ballot := tally.ballots.get(seat.key))
        ),
        asked=tally.asked,
        missing=tuple(f"{gap.title}: {gap.reason}" for gap in tally.gaps),
    )


def foresee(task: Task) -> Estimate | None:
    """None where the claim has yet to be read, or there is none."""
    if not (claim := known_topic(task)):
        return None
    return estimate(_panel(claim, task.voters or _VOTERS[task.depth]), _BALLOT)


def _panel(claim: str, voters: int) -> tuple[Prompt[Ballot], ...]:
    """Roles repeat from the sixth voter on; the order of the labels turns from seat to seat."""
    return tuple(_seat(claim, number) for number in range(voters))


def _seat(claim: str, number: int) -> Prompt[Ballot]:
    name, duty = _ROLES[number % len(_ROLES)]
    again = number // len(_ROLES)
    labels = list(Label)
    turned = labels[number % len(labels) :] + labels[: number % len(labels)]
    task = f"Labels: {', '.join(turned)}.\nYour seat: {name}. {duty}"
    return Prompt(
        key=f"voter-{number + 1}",
        title=f"{name} {again + 1}" if again else name,
        system=_SYSTEM,
        text=f"The claim: {fenced(claim)}\n\n{task}",
        answer=Ballot,
    )


def _majority(tally: Tally[Ballot]) -> Label | None:
    """More than half, not just the most: 2-1-1-1 decides nothing."""
    if tally.winner is None or tally.counts[tally.winner] * 2 <= len(tally.ballots):
        return None
    return Label(tally.winner)


def _said(ballot: Ballot) -> Said:
    return Said(ballot.label.replace("_", " "), (ballot.reason,))
