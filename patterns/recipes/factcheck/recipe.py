"""Is it true? Told apart, looked up and voted on, claim by claim."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from patterns.branches import Limits
from patterns.errors import NothingToDo
from patterns.evidence import Found, Passage
from patterns.fanout import side_by_side
from patterns.passages import without
from patterns.ports import EventSink, Model
from patterns.recipes.factcheck.claims import Claim, gate
from patterns.recipes.factcheck.gathering import Gathered, gathered
from patterns.recipes.factcheck.panel import SMALL, Case, Decision, decide, size_of
from patterns.recipes.factcheck.verdict import (
    ClaimVerdict,
    FactCheck,
    Label,
    Outcome,
    SeatVote,
)
from patterns.task import TOPIC_MOST, Task, topic

_CUT = f"Only the first {TOPIC_MOST:,} characters were checked."


async def factcheck(task: Task, model: Model, sink: EventSink, limits: Limits) -> FactCheck:
    """
    The claims are those of the text, or else of the messages that were read for it.

    They are checked side by side; what one of them lacks is said of it alone. Raises
    `QuorumMissed` where too few voters answered on every one.
    """
    text = await topic(task)
    if not text:
        raise NothingToDo("There is no claim to check.")
    gated = await gate(text, model, sink, limits)
    nearby = await _nearby(task, gated.claims)
    several = len(gated.claims) > 1
    check = _Check(text, task, model, sink, limits, asyncio.Semaphore(limits.width), several)
    checked = await side_by_side(
        [
            partial(check.claim, number, claim, found)
            for number, (claim, found) in enumerate(zip(gated.claims, nearby, strict=True), start=1)
        ]
    )
    missed = [each.decision.missed for each in checked if each.decision.missed]
    if missed and len(missed) == len(checked):
        raise missed[0]
    of_each = (note for each in checked for note in (*each.seen.notes, *each.decision.notes))
    cut = [_CUT] if len(text) > TOPIC_MOST else []
    notes = [*cut, *gated.notes, *of_each]
    return FactCheck(
        text=text,
        claims=tuple(each.verdict for each in checked),
        others=gated.others,
        left_out=gated.left_out,
        notes=tuple(dict.fromkeys(notes)),
        effective=task.learned.effective,
    )


async def _nearby(task: Task, claims: Sequence[Claim]) -> list[Found]:
    if not claims:
        return []
    found = list(await task.evidence.nearby([claim.claim for claim in claims]))
    return found[: len(claims)] + [Found()] * (len(claims) - len(found))


@dataclass(frozen=True)
class _Checked:
    verdict: ClaimVerdict
    decision: Decision
    seen: Gathered


@dataclass(frozen=True)
class _Check:
    """What the claims of one task have in common; voters of all of them share *slots*."""

    text: str
    task: Task
    model: Model
    sink: EventSink
    limits: Limits
    slots: asyncio.Semaphore
    several: bool

    async def claim(self, number: int, claim: Claim, nearby: Found) -> _Checked:
        prefix, title = (f"claim-{number}-", f"{number}. ") if self.several else ("", "")
        seen = await gathered(
            claim.claim,
            nearby.model_copy(update={"passages": self._evidence(nearby)}),
            self.model,
            self.sink,
            self.limits,
            web=self.task.web,
            prefix=prefix,
            title=title,
        )
        case = Case(
            claim=claim.claim,
            passages=seen.passages,
            prefix=prefix,
            title=title,
        )
        decision = await decide(
            case, self.task, self.model, self.sink, self.limits, slots=self.slots
        )
        return _Checked(self._verdict(claim, title, seen, decision), decision, seen)

    def _evidence(self, nearby: Found) -> tuple[Passage, ...]:
        """What was read as the source of the claims proves none of them."""
        messages = self.task.messages if isinstance(self.task.messages, Sequence) else ()
        links = frozenset(each.permalink for each in messages if each.permalink)
        source = "" if self.task.text.strip() else self.text
        return tuple(without(nearby.passages, links, source))

    def _verdict(
        self, claim: Claim, title: str, seen: Gathered, decision: Decision
    ) -> ClaimVerdict:
        learned, size = self.task.learned, size_of(self.task)
        weighed = bool(learned.weights) or learned.by_confidence
        votes = tuple(
            vote.model_copy(update={"weight": learned.weight(vote.seat, vote.confidence)})
            for vote in decision.votes
        )
        return ClaimVerdict(
            claim=claim.claim,
            start=claim.start,
            end=claim.end,
            outcome=decision.outcome,
            why=why(decision, size, votes if weighed else ()),
            votes=votes,
            seats=size,
            missing=tuple(
                f"{gap.title.removeprefix(title)}: {gap.reason}" for gap in decision.gaps
            ),
            replaced=decision.replaced,
            passages=seen.passages,
            searches=seen.searches,
            looked=seen.looked,
            weighed=weighed,
        )


def why(decision: Decision, seats: int, weighed: Sequence[SeatVote] = ()) -> str:
    """A sentence where no label won; *weighed* are its votes, where they did not count the same."""
    if decision.missed:
        return str(decision.missed)
    if decision.outcome not in {Outcome.CONFLICTING, Outcome.CONTESTED}:
        return ""
    counts = [(sum(vote.label is label for vote in decision.votes), label) for label in Label]
    counts.sort(key=lambda each: -each[0])
    fallen = ", ".join(f"{count} {label.replace('_', ' ')}" for count, label in counts if count)
    if seats > SMALL and 2 * _lead(weighed or decision.votes) > seats:
        return f"A majority that chance may explain: {fallen}."
    half = f"the weight of all {seats} seats" if weighed else f"the {seats} seats"
    return f"No label has more than half of {half}: {fallen}."


def _lead(votes: Sequence[SeatVote]) -> float:
    """Of the label that leads, in votes of the usual weight."""
    weights = [sum(vote.weight for vote in votes if vote.label is label) for label in Label]
    return max(weights) * len(votes) / sum(weights) if votes else 0
