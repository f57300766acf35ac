"""The gate: which parts of a text are claims that somebody could check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from patterns.asking import ask_one
from patterns.branches import Limits, Said
from patterns.fence import DATA, fenced
from patterns.passages import stems
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.quotes import denials, folded, found, numbers, shortened, weights
from patterns.recipes.factcheck.verdict import ClaimKind, NotVoted
from patterns.similar import alike

#: Claims of one text that are voted on, and parts of it that are looked at.
CLAIMS_MOST = 8
_PARTS_MOST = 60
#: Share of common words from which two readings of the same words are one claim.
_SAME = 0.8
UNSPLIT = "The text could not be told apart into claims, so it was checked as one."

_SYSTEM = (
    "You tell apart what a text claims, so that each claim can be checked by somebody who sees "
    "nothing else of it. Take every statement, in the order of the text. For each give: claim, one "
    "plain sentence that can be understood alone (names instead of pronouns, nothing added that "
    "the text does not say); quote, the words of the text that say it, copied without a change; "
    "kind: checkable (a fact that evidence could support or refute), opinion (a judgement, wish or "
    "advice), prediction (of what is yet to come and depends on more than a plan), question, or "
    "ambiguous (nobody can say what would make it true). Do not check anything yourself. "
    f"{DATA}"
)
#: A stop and a blank; of a quoted sentence only where no small letter goes on.
_END = re.compile(
    r"(?:(?<![.!?…])[.!?…]++(?:[\"'”’)\]]+(?=\s+[^a-zà-ÿ\s])|(?=\s))|[。！？])\s*|\n+\s*"
)
#: Where a long sentence may go on to say another thing.
_CLAUSE = re.compile(r";|, (?:and|but|while|whereas|although|though)\b|\bbecause\b", re.IGNORECASE)
_LONG = 25
_OPINION = re.compile(
    r"^\W*(?:in my (?:humble )?opinion|imh?o|if you ask me)\b"
    r"|^\W*(?:i|we) (?:\w+ )?(?:think|feel|believe|love|like|hate|prefer|hope|wish|guess)\b"
    r"|^\W*(?:\w+ ){1,4}(?:should|ought to)\b(?!.*\b(?:or|otherwise|because|since|\d+)\b)",
    re.IGNORECASE,
)


class Statement(Answer):
    """One statement of the text."""

    claim: str
    quote: str
    kind: ClaimKind


class Statements(Answer):
    """All of them."""

    claims: list[Statement]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """*claim* can be read alone; it was said from *start* to *end* of the text."""

    claim: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What to vote on, and what not; see `FactCheck`."""

    claims: tuple[Claim, ...] = ()
    others: tuple[NotVoted, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()


async def gate(text: str, model: Model, sink: EventSink, limits: Limits) -> Gate:
    """
    One sentence is one claim, and nobody is asked: told apart, it is checked worse, not better
    (arXiv 2411.02400). Of more at most `CLAIMS_MOST` are voted on, as they come in the text.
    """
    if not splits(text):
        return plain(text)
    said = await ask_one("steps", question(text), model, sink, describe=_describe, limits=limits)
    told = said.claims if said else ()
    placed = located(told, text)
    if not placed:
        return Gate(claims=(_whole(text),), notes=(UNSPLIT,))
    claims = [claim for claim, kind in placed if kind is ClaimKind.CHECKABLE]
    return Gate(
        claims=tuple(claims[:CLAIMS_MOST]),
        others=tuple(
            _other(c, kind, text) for c, kind in placed if kind is not ClaimKind.CHECKABLE
        ),
        left_out=max(0, len(claims) - CLAIMS_MOST),
        notes=(*_lost(told, text),),
    )


def _lost(told: Sequence[Statement], text: str) -> Iterator[str]:
    """What is neither voted on nor named, and why."""
    unfound = sum(found(each.quote, text) is None for each in told[:_PARTS_MOST])
    if unfound:
        statements, words = ("statement", "its") if unfound == 1 else ("statements", "their")
        yield f"{unfound} {statements} left out: {words} words do not stand in the text."
    if len(told) > _PARTS_MOST:
        yield f"Only the first {_PARTS_MOST} statements of the text were looked at."


def question(text: str) -> Prompt[Statements]:
    return Prompt(
        key="claims",
        title="Telling claims apart",
        system=_SYSTEM,
        text=f"The text: {fenced(text)}",
        answer=Statements,
    )


def splits(text: str) -> bool:
    """Has *text* more than one sentence, or one so long that it may say several things?"""
    if sentences(text) > 1:
        return True
    return len(text.split()) >= _LONG and bool(_CLAUSE.search(text))


def statements(text: str) -> int:
    """About how many things *text* says: its sentences, and the clauses of long ones."""
    return sentences(text) + len(_CLAUSE.findall(text))


def sentences(text: str) -> int:
    """How many *text* has; an abbreviation or an initial ends none."""
    return max(1, sum(any(sign.isalnum() for sign in part) for part in _sentences(text)))


def plain(text: str) -> Gate:
    """
    Of one sentence, without asking.

    No more is told by its looks than what nobody would deny: a question mark at its end, and how
    opinions begin. All else is voted on, and the panel may still say that it cannot be checked.
    """
    kind = kind_of(text)
    if kind is ClaimKind.CHECKABLE:
        return Gate(claims=(_whole(text),))
    return Gate(others=(_other(_whole(text), kind, text),))


def kind_of(sentence: str) -> ClaimKind:
    if sentence.rstrip("\"'”’) ").endswith(("?", "？")):
        return ClaimKind.QUESTION
    return ClaimKind.OPINION if _OPINION.search(sentence) else ClaimKind.CHECKABLE


def located(said: Iterable[Statement], text: str) -> list[tuple[Claim, ClaimKind]]:
    """
    What was *said*, in the order of the text; what does not stand in it or comes twice is dropped.

    Where a claim says more than its quote and the text around it, the quote itself is the claim.
    """
    placed: list[tuple[Claim, ClaimKind]] = []
    for each in list(said)[:_PARTS_MOST]:
        span = found(each.quote, text)
        if span is None:
            continue
        quote = text[slice(*span)]
        words = " ".join((each.claim if _faithful(each.claim, quote, text) else quote).split())
        claim = Claim(claim=words, start=span[0], end=span[1])
        if not any(_doubled(claim, other) for other, _ in placed):
            placed.append((claim, each.kind))
    return sorted(placed, key=lambda each: (each[0].start, each[0].end))


def _faithful(claim: str, quote: str, text: str) -> bool:
    """Its words are the text's, and so are its numbers; it denies what its quote denies."""
    wanted = stems(claim)
    if not claim.strip() or 2 * len(wanted & stems(text)) < len(wanted):
        return False
    counts = set(numbers(claim)) <= set(numbers(text))
    return counts and len(denials(claim)) == len(denials(quote))


def _doubled(one: Claim, other: Claim) -> bool:
    if folded(one.claim) == folded(other.claim):
        return True
    same_place = (one.start, one.end) == (other.start, other.end)
    near = same_place and alike(one.claim, other.claim) >= _SAME
    return near and weights(one.claim) == weights(other.claim)


def _whole(text: str) -> Claim:
    return Claim(claim=text, start=0, end=len(text))


def _other(claim: Claim, kind: ClaimKind, text: str) -> NotVoted:
    said = text[claim.start : claim.end]
    return NotVoted(text=said, start=claim.start, end=claim.end, kind=kind)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for stop in _END.finditer(text):
        if "\n" not in stop[0] and shortened(text, stop):
            continue
        yield text[start : stop.end()]
        start = stop.end()
    yield text[start:]


def _describe(said: Statements) -> Said:
    lines: Sequence[str] = [f"{each.kind}: {each.claim}" for each in said.claims[:_PARTS_MOST]]
    count = len(said.claims)
    return Said(f"{count} statement{'' if count == 1 else 's'}", tuple(lines))
