"""
Ask several voters the same question; believe the majority.

`vote` is the chapter's voting: a question in words, answers in words. `poll` is the general
form: any prompts, any ballots. `canvass` asks no more voters than it takes, by any rule.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from patterns.asking import ask_all
from patterns.canvassing import NOT_ASKED as NOT_ASKED
from patterns.canvassing import Tally
from patterns.canvassing import canvass as canvass
from patterns.fanout import Limits, Said
from patterns.fence import DATA, fenced
from patterns.ports import SILENT, Answer, EventSink, Model, Prompt
from patterns.rules import leader

B = TypeVar("B", bound=BaseModel)

_SYSTEM = (
    "You are one of several voters who do not know of each other. Answer the question as "
    f"shortly as it allows, say how sure you are from 0 to 1, and give your reasoning. {DATA}"
)
_FRONT = "\"'`’‘“”„«»()[]"
_END = _FRONT + " .,;:!?…"


class VoteResult(Answer):
    """What one voter says; *confidence* is its own word for it, from 0 to 1."""

    answer: str
    confidence: float = Field(ge=0, le=1)
    reasoning: str


class VotingOutcome(BaseModel):
    """*winning_answer* is None when the vote is tied; *vote_count* is the largest count."""

    model_config = ConfigDict(frozen=True)

    winning_answer: str | None
    vote_count: int
    total_votes: int
    all_answers: tuple[str, ...]
    missing: tuple[str, ...] = ()


async def vote(
    question: str,
    model: Model,
    *,
    voters: int = 3,
    quorum: int | None = None,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> VotingOutcome:
    """
    Ask *voters* independent voters and count equal answers ("Yes." is "yes").

    *quorum* is how many must answer, three fifths if not given. Raises `QuorumMissed`.
    """
    if voters < 1:
        raise ValueError("a vote needs at least one voter")
    prompts = [_seat(question, number) for number in range(1, voters + 1)]
    tally = await poll(
        prompts,
        model,
        choice=lambda ballot: normal(ballot.answer),
        describe=lambda ballot: Said(ballot.answer, (ballot.reasoning,)),
        quorum=quorum,
        sink=sink,
        limits=limits,
    )
    answers = tuple(ballot.answer for ballot in tally.ballots.values())
    return VotingOutcome(
        winning_answer=next((a for a in answers if normal(a) == tally.winner), None),
        vote_count=max(tally.counts.values(), default=0),
        total_votes=len(answers),
        all_answers=answers,
        missing=tuple(f"{gap.title}: {gap.reason}" for gap in tally.gaps),
    )


def _seat(question: str, number: int) -> Prompt[VoteResult]:
    return Prompt(
        key=f"voter-{number}",
        title=f"Voter {number}",
        system=_SYSTEM,
        text=f"The question: {fenced(question)}\n\nYou are voter {number}.",
        answer=VoteResult,
    )


async def poll(
    prompts: Sequence[Prompt[B]],
    model: Model,
    *,
    choice: Callable[[B], str],
    describe: Callable[[B], Said],
    quorum: int | None = None,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> Tally[B]:
    """
    Ask every prompt; *choice* names what a ballot votes for.

    *quorum* defaults to three fifths of the prompts: with one voter in ten failing, five
    voters still give a result 99 times in 100.
    """
    needed = ceil(len(prompts) * 3 / 5) if quorum is None else quorum
    fanned = await ask_all(
        "voters", prompts, model, sink, describe=describe, quorum=needed, limits=limits
    )
    counts = Counter(choice(ballot) for ballot in fanned.answers.values())
    return Tally(
        winner=leader(counts),
        counts=dict(counts),
        ballots=fanned.answers,
        gaps=fanned.gaps,
    )


def normal(answer: str) -> str:
    """
    *answer* without what does not make it another answer: case, width, spaces, end marks.

    Signs inside and in front stay: "-5" and ".5" are not "5", "C++" is not "C".
    """
    folded = " ".join(unicodedata.normalize("NFKC", answer).casefold().split())
    return folded.lstrip(_FRONT + " ").rstrip(_END) or folded
