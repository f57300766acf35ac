"""What a voter says, and what of it counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from patterns.evidence import Passage
from patterns.fence import DATA, fenced
from patterns.ports import Answer, Prompt
from patterns.quotes import folded, found, in_context
from patterns.recipes.factcheck.verdict import Label, SeatVote

NO_QUOTE = "it quoted nothing"
NO_PASSAGE = "its quote stands in no passage"
TORN = "its quote is torn out of a long sentence that turns it"
OFF_THE_POINT = "on a second look its quote says nothing of the claim"
OTHER_WAY = "on a second look its quote says the opposite"

#: Fewer characters than these are no quote, unless they are all of a passage.
QUOTE_LEAST = 8
_REMOVED = "[link removed]"
_REASON_MOST = 2_000
#: Of a scheme no more letters than these: looking for one must not take longer, the longer a word.
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{0,30}://|www\.)[^\s<>|\"\[\]]+", re.IGNORECASE)
_CLOSING = ".,;:!?…/)}'’”»*_~`"
_SIDES = (Label.SUPPORTED, Label.REFUTED)


class Ballot(Answer):
    """
    One vote. *evidence* are numbers of passages, *quote* words of one of them.

    A model writes its fields in this order: the label comes after what it rests on.
    """

    evidence: list[int]
    quote: str
    reason: str
    label: Label
    confidence: float = Field(ge=0, le=1)


class Relation(StrEnum):
    """What a quote says of a claim."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    NEITHER = "neither"


class Entailment(Answer):
    """The answer to a second look."""

    relation: Relation


_SECOND_LOOK = (
    "You are shown a claim and a quote. Say what the quote alone, as it is meant, says of the "
    "claim: supports, if a reader who trusts it must accept the claim; refutes, if such a reader "
    "must reject it; neither, if it leaves the claim open or is about something else. Use nothing "
    f"else that you know. {DATA}"
)


def counted(ballot: Ballot, passages: Sequence[Passage], *, seat: str, model: str) -> SeatVote:
    """
    The vote as it counts: for or against by a true quote of a passage, where there are passages.

    Its quote is given in the passage's own words. Where there are none the panel votes by what
    it knows, and nothing is quoted.
    """
    vote = SeatVote(
        seat=seat,
        label=ballot.label,
        reason=without_links(ballot.reason[:_REASON_MOST], passages),
        confidence=ballot.confidence,
        model=model,
    )
    place = _place(ballot, passages)
    if not isinstance(place, str):
        number, quote = place
        return vote.model_copy(update={"quote": quote, "passage": number})
    if not passages or ballot.label not in _SIDES:
        return vote
    return recast(vote, place)


def recast(vote: SeatVote, why: str) -> SeatVote:
    """Not enough evidence, whatever was said, and without the quote."""
    changed = {"label": Label.NOT_ENOUGH, "said": vote.label, "recast": why}
    return vote.model_copy(update={**changed, "quote": "", "passage": None})


def judged(vote: SeatVote, relation: Relation) -> SeatVote:
    """*vote* after a second look at its quote."""
    wanted = Relation.SUPPORTS if vote.label is Label.SUPPORTED else Relation.REFUTES
    if relation is wanted:
        return vote
    return recast(vote, OFF_THE_POINT if relation is Relation.NEITHER else OTHER_WAY)


def decisive(vote: SeatVote) -> bool:
    """Does it take a side, by a quote?"""
    return vote.label in _SIDES and bool(vote.quote)


def second_look(key: str, claim: str, quote: str) -> Prompt[Entailment]:
    """Blind to who quotes, and to what they make of it."""
    return Prompt(
        key=key,
        title="A second look at a quote",
        system=_SECOND_LOOK,
        text=f"The claim: {fenced(claim)}\n\nThe quote: {fenced(quote)}",
        answer=Entailment,
    )


def without_links(text: str, passages: Sequence[Passage]) -> str:
    """*text* with no link but those of *passages*: what a model brings may lead anywhere."""
    known = {passage.link for passage in passages}

    def judged_link(found_link: re.Match[str]) -> str:
        whole, bare = found_link[0], found_link[0].rstrip(_CLOSING)
        return whole if {whole, bare} & known else _REMOVED + whole[len(bare) :]

    return _LINK.sub(judged_link, text)


def _place(ballot: Ballot, passages: Sequence[Passage]) -> tuple[int, str] | str:
    """
    The number of the passage that was quoted, those that were cited first, and its words.

    Or why there is none.
    """
    quote = folded(ballot.quote)
    why = NO_PASSAGE if quote else NO_QUOTE
    cited = [n for n in dict.fromkeys(ballot.evidence) if 1 <= n <= len(passages)]
    others = [n for n in range(1, len(passages) + 1) if n not in cited]
    for number in (*cited, *others):
        text = passages[number - 1].text
        span = found(ballot.quote, text)
        if span and (len(quote) >= QUOTE_LEAST or quote == folded(text)):
            whole = in_context(span, text)
            if whole:
                return number, text[slice(*whole)]
            why = TORN
    return why
