"""What a fact-check gives."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.evidence import Earlier, Passage


class Label(StrEnum):
    """What a voter can say of a claim."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    NOT_ENOUGH = "not_enough_evidence"
    NOT_CHECKABLE = "not_checkable"


class Outcome(StrEnum):
    """
    What the panel says: a label that more than half of its seats gave, or why there is none.

    CONFLICTING: two votes or more on each side, and no majority. CONTESTED: no majority.
    """

    SUPPORTED = "supported"
    REFUTED = "refuted"
    NOT_ENOUGH = "not_enough_evidence"
    NOT_CHECKABLE = "not_checkable"
    CONFLICTING = "conflicting"
    CONTESTED = "contested"


class ClaimKind(StrEnum):
    """What a part of a text is. Only what is checkable is voted on."""

    CHECKABLE = "checkable"
    OPINION = "opinion"
    PREDICTION = "prediction"
    QUESTION = "question"
    AMBIGUOUS = "ambiguous"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class SeatVote(_Value):
    """
    Who on the panel voted what, and why. *confidence* is the voter's own word, from 0 to 1.

    *quote* stands word for word in passage number *passage* (from 1); both are empty where the
    vote rests on none. *said* is what the voter had voted where *label* is not that: *recast*
    says why in words for people. *weight* is what the vote counted for beside others.
    """

    seat: str
    label: Label
    reason: str
    confidence: float
    quote: str = ""
    passage: int | None = None
    said: Label | None = None
    recast: str = ""
    model: str = ""
    weight: float = 1.0


class ClaimVerdict(_Value):
    """
    *claim* can be read alone; it stands in the text from *start* to *end*, as it was said there.

    Of *seats* on the panel some may not have been asked, as it was decided without them; *missing*
    says which gave no answer, and why, and for *replaced* of these others sat in. *why* is a
    sentence where the outcome needs one (too few votes, a tie). *passages* are numbered from 1;
    *searches* of the web were made for them and *looked* names the other places. *weighed*: votes
    counted by the record of their seats, so that fewer voters may have outweighed more.
    """

    claim: str
    start: int
    end: int
    outcome: Outcome
    why: str = ""
    votes: tuple[SeatVote, ...]
    seats: int
    missing: tuple[str, ...] = ()
    replaced: int = 0
    passages: tuple[Passage, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    searches: int = 0
    looked: tuple[str, ...] = ()
    weighed: bool = False

    @property
    def counts(self) -> dict[Label, int]:
        """Votes by label, every label named."""
        given = Counter(vote.label for vote in self.votes)
        return {label: given[label] for label in Label}

    @property
    def agreed(self) -> int:
        """Votes for the outcome; 0 where it is no label."""
        label = next((label for label in Label if label.value == self.outcome.value), None)
        return self.counts[label] if label else 0

    @property
    def asked(self) -> int:
        """Seats of the panel that were asked; one that a reserve took over is still one."""
        return len(self.votes) + len(self.missing) - self.replaced

    @property
    def stopped_early(self) -> bool:
        """Was it decided before everybody on the panel was asked?"""
        return self.asked < self.seats

    @property
    def unsourced(self) -> bool:
        """Does it rest on what the models know alone?"""
        return not self.passages


class NotVoted(_Value):
    """A part of the text, from *start* to *end*, that is no checkable claim."""

    text: str
    start: int
    end: int
    kind: ClaimKind


class FactCheck(_Value):
    """
    *claims* and *others* are in the order of the text; of more than eight claims *left_out* were
    not voted on. *notes* are sentences on what could not be done, as "This model server has no
    web search." *effective* is how many independent voters five of these are worth, None where
    people have not rated enough claims to tell.
    """

    kind: Literal["factcheck"] = "factcheck"
    text: str
    claims: tuple[ClaimVerdict, ...]
    others: tuple[NotVoted, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()
    effective: float | None = None
