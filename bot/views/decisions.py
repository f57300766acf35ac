"""What a panel said of a claim, in our own words, before it is dressed for Slack or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.views.words import among, counted
from patterns.evidence import Earlier, Origin, Passage
from patterns.passages import named
from patterns.recipes.factcheck import ClaimVerdict, FactCheck, Label, NotVoted, Outcome, SeatVote
from patterns.stopping import waves

OUTCOMES = MappingProxyType(
    {
        Outcome.SUPPORTED: ("✅", "Supported"),
        Outcome.REFUTED: ("❌", "Refuted"),
        Outcome.CONFLICTING: ("⚖️", "Conflicting"),
        Outcome.NOT_ENOUGH: ("❔", "Not enough evidence"),
        Outcome.NOT_CHECKABLE: ("🚫", "Not checkable"),
        Outcome.CONTESTED: ("🤷", "No majority"),
    }
)
#: From this many seats on a majority alone is not enough.
_LARGE = 6
#: What to do where there was nothing to vote on.
AS_A_FACT = "Say it as a fact that could be wrong."

#: Makes foreign text safe where it is going to be read.
Safe = Callable[[str], str]


@dataclass(frozen=True)
class Citation:
    """A quote, the passage that it stands in, and how many votes for its side rest on that."""

    quote: str
    passage: Passage
    votes: int


def words(label: Label | Outcome) -> str:
    """As they stand inside a sentence."""
    return OUTCOMES[Outcome(label.value)][1].lower()


def mark(label: Label | Outcome) -> str:
    return OUTCOMES[Outcome(label.value)][0]


def decision(claim: ClaimVerdict) -> str:
    """ "Supported: 4 of 5 voters"; without a majority how the votes fell."""
    if claim.outcome in {Outcome.CONFLICTING, Outcome.CONTESTED}:
        told = fallen(claim, ", ") or "too few votes"
    else:
        told = _agreed(claim)
    weighed = ", weighed by their record" if claim.weighed and claim.votes else ""
    return f"{OUTCOMES[claim.outcome][1]}: {told}{weighed}"


def decisions(claims: Sequence[ClaimVerdict]) -> str:
    """ "3 claims: 2 supported, 1 refuted"."""
    of = Counter(claim.outcome for claim in claims)
    said = ", ".join(f"{of[each]} {words(each)}" for each in OUTCOMES if of[each])
    return f"{counted(len(claims), 'claim')}: {said}"


def nothing(others: Sequence[NotVoted]) -> str:
    kinds = Counter(other.kind for other in others)
    said = ", ".join(counted(number, _kind(kind)) for kind, number in kinds.items())
    return "Nothing here can be checked" + (f": {said}" if said else "")


def left_out(result: FactCheck) -> str:
    """Empty where nothing was."""
    if not result.left_out:
        return ""
    return f"{counted(result.left_out, 'more claim')} not voted on: too many for one fact-check"


def fallen(claim: ClaimVerdict, between: str) -> str:
    """The votes by label, the most first; empty where there are none."""
    counts = [(label, count) for label, count in claim.counts.items() if count]
    counts.sort(key=lambda each: -each[1])
    return between.join(f"{count} {words(label)}" for label, count in counts)


def votes(claim: ClaimVerdict, safe: Safe) -> list[str]:
    """How the votes fell, who is missing, and that not everybody had to be asked."""
    early = f"stopped early: it was decided after {len(claim.votes)} of {claim.seats}"
    return [
        _fallen(claim, safe),
        *([_lost(claim)] if claim.missing else []),
        *([early] if claim.stopped_early and claim.votes else []),
    ]


def why(claim: ClaimVerdict, safe: Safe) -> str:
    """What `votes` does not say already."""
    return "" if _explained(claim) else safe(claim.why)


def unsourced(claim: ClaimVerdict) -> str:
    """A warning where nothing backs the votes; empty elsewhere."""
    if not claim.unsourced:
        return ""
    if claim.searches or claim.looked:
        return "no source that bears on the claim was found"
    return "no sources were searched"


def looked(claim: ClaimVerdict, safe: Safe) -> str:
    """ "this thread, 2 searches of the web"."""
    searched = f"{counted(claim.searches, 'search').replace('searchs', 'searches')} of the web"
    places = [safe(place) for place in claim.looked]
    return ", ".join(part for part in [*places, searched if claim.searches else ""] if part)


def unsearched(claim: ClaimVerdict) -> str:
    """Told where it explains a lack of evidence; empty elsewhere."""
    lacks = claim.outcome is Outcome.NOT_ENOUGH and not claim.searches
    return "The web was not searched." if lacks else ""


def before(earlier: Earlier, safe: Safe) -> str:
    """ "3 Nov 2026: Supported, 4 of 5 voters"; where weights won, how many they were says less."""
    known = {each.value: name for each, (_, name) in OUTCOMES.items()}
    outcome = known.get(earlier.outcome) or safe(earlier.outcome)
    most = 2 * earlier.agreed > earlier.voters
    agreed = f", {among(earlier.agreed, earlier.voters, 'voter')}" if most else ""
    return f"{day(earlier.date, safe)}: {outcome}{agreed}".removeprefix(": ")


def strongest(claim: ClaimVerdict, label: Label) -> Citation | None:
    """The quote for *label* from the passage on which most votes for it rest; then the surest."""
    side = [vote for vote in claim.votes if vote.label is label and cited(claim, vote)]
    if not side:
        return None
    resting = Counter(vote.passage for vote in side)
    best = max(side, key=lambda vote: (resting[vote.passage], vote.confidence))
    passage = cited(claim, best)
    return Citation(best.quote, passage, resting[best.passage]) if passage else None


def cited(claim: ClaimVerdict, vote: SeatVote) -> Passage | None:
    """What *vote* rests on; None for none."""
    if not vote.quote or vote.passage is None or not 0 < vote.passage <= len(claim.passages):
        return None
    return claim.passages[vote.passage - 1]


def from_(passage: Passage, safe: Safe) -> str:
    """Where *passage* is from, for people: who or what, the host of a page, the day."""
    title, host = safe(passage.title), _host(passage)
    titled = title if host else named(passage.origin, title)
    parts = [titled, safe(host), day(passage.date, safe)]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def voices(claim: ClaimVerdict) -> list[SeatVote]:
    """
    Whose reasons are told: one speaks for the majority, and who dissents or was recast for
    themselves; all of them where there is no majority.
    """
    won = [vote for vote in claim.votes if vote.label.value == claim.outcome.value]
    if not won:
        return list(claim.votes)
    speaker = max(won, key=lambda vote: (not vote.said, bool(vote.quote), vote.confidence))
    others = [vote for vote in claim.votes if vote not in won or vote.said]
    return [speaker, *(vote for vote in others if vote is not speaker)]


def recast(vote: SeatVote, safe: Safe) -> str:
    """ "said supported: …" where the vote counts as another than was given; else empty."""
    if vote.said is None:
        return ""
    why = safe(vote.recast)
    return f"said {words(vote.said)}" + (f": {why}" if why else "")


def how(claim: ClaimVerdict, safe: Safe) -> Iterator[str]:
    """How it was decided, sentence by sentence."""
    yield _rule(claim)
    if claim.weighed:
        yield "Votes weigh by what people's verdicts on earlier claims said of their seats."
    if _all_but_sure(claim):
        yield (
            "Before that asking may stop, where hardly anything could change it any more: as here, "
            f"with {_agreed(claim)}."
        )
    yield _asked(claim)
    if claim.votes:
        yield f"Votes: {'; '.join(_seat(claim, vote, safe) for vote in claim.votes)}."
    if claim.missing:
        yield f"No answer: {'; '.join(map(safe, claim.missing))}."
    if recasts := sum(vote.said is not None for vote in claim.votes):
        count, quote = ("counts", "its quote") if recasts == 1 else ("count", "their quotes")
        yield f"{counted(recasts, 'vote')} {count} as not enough evidence: {quote} did not hold."
    shown = counted(len(claim.passages), "passage") if claim.passages else "no passages"
    yield f"The panel was shown {shown}."


def day(text: str, safe: Safe) -> str:
    """A day as people say it; what is none as it stands."""
    try:
        known = date.fromisoformat(text)
    except ValueError:
        return safe(text)
    return f"{known.day} {known:%b %Y}"


def not_voted(others: Iterable[NotVoted], safe: Safe) -> Iterator[str]:
    for other in others:
        yield f"“{safe(other.text)}” ({_kind(other.kind)})"


def _fallen(claim: ClaimVerdict, safe: Safe) -> str:
    """Why they decide nothing, where `decision` tells how they fell already."""
    if _explained(claim):
        return safe(claim.why.removesuffix(f": {fallen(claim, ', ')}."))
    return fallen(claim, " · ") or "none"


def _explained(claim: ClaimVerdict) -> bool:
    counts = fallen(claim, ", ")
    return bool(counts) and claim.why.endswith(f": {counts}.")


def _lost(claim: ClaimVerdict) -> str:
    missing = len(claim.missing)
    lost = f"{missing} did not answer"
    if claim.replaced < missing:
        return f"{lost}, {claim.replaced} replaced" if claim.replaced else lost
    return f"{lost} and {'was' if missing == 1 else 'were'} replaced"


def _kind(kind: str) -> str:
    return "ambiguous part" if kind == "ambiguous" else kind


def _host(passage: Passage) -> str:
    try:
        return (passage.origin is Origin.WEB and urlsplit(passage.link).hostname) or ""
    except ValueError:
        return ""


def _agreed(claim: ClaimVerdict) -> str:
    """Of a large panel that stopped early "4 of 9" would read as a minority."""
    if claim.seats < _LARGE or not claim.stopped_early:
        return among(claim.agreed, claim.seats, "voter")
    if claim.agreed == claim.asked:
        return f"all {claim.asked} voters asked, of {claim.seats}"
    return f"{claim.agreed} of the {claim.asked} asked, of {claim.seats}"


def _all_but_sure(claim: ClaimVerdict) -> bool:
    """Did a label win before half of a large panel had given it?"""
    early = claim.seats >= _LARGE and claim.stopped_early
    return early and 0 < 2 * claim.agreed <= claim.seats


def _rule(claim: ClaimVerdict) -> str:
    if claim.seats == 1:
        return "One voter was to decide."
    half = "half of the weight of" if claim.weighed else "half of"
    told = f"A label wins where more than {half} all {claim.seats} seats give it"
    if claim.seats >= _LARGE:
        told += " and chance does not explain the lead"
    match claim.outcome:
        case Outcome.CONFLICTING:
            return f"{told}; none did, and two or more voters stand on each side."
        case Outcome.CONTESTED:
            return f"{told}; none did."
        case _:
            return f"{told}."


def _asked(claim: ClaimVerdict) -> str:
    """The rule for large panels stops a little before nothing could change."""
    steps = ", then ".join(map(str, waves(claim.seats)))
    if not claim.stopped_early:
        return f"Seats were asked in waves up to {steps}; all of them were."
    could = "could hardly" if claim.seats >= _LARGE else "could not"
    return (
        f"Seats were asked in waves up to {steps}, until those still open {could} have changed it."
    )


def _seat(claim: ClaimVerdict, vote: SeatVote, safe: Safe) -> str:
    weight = f"weight {vote.weight:.2f}" if claim.weighed else ""
    small = [weight, safe(vote.model), recast(vote, safe)]
    told = "; ".join(part for part in small if part)
    return f"{safe(vote.seat)} {words(vote.label)}" + (f" ({told})" if told else "")
