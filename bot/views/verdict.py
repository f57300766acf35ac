"""A fact-check in paragraphs of mrkdwn: verdict, quotes, dissent, and where was looked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.runs.model import PeoplesVote
from bot.views import decisions, polls
from bot.views.learned import independent
from bot.views.mrkdwn import bold, line, link
from bot.views.told import Told
from patterns.evidence import Passage
from patterns.recipes.factcheck import ClaimVerdict, FactCheck, Label, Outcome, SeatVote

_TEXT_MOST = 500
#: The sentence that a quote is widened to, as it turns what was quoted, must be shown to its end.
_QUOTE_MOST = 500
_REASON_MOST = 300
_NAME_MOST = 80
_SIDES = {Label.SUPPORTED: "Strongest for", Label.REFUTED: "Strongest against"}
_DEEPER = "Ask again with `--deep` for a panel of nine"
_DEEP = 9


def tell(result: FactCheck, people: Sequence[PeoplesVote] = ()) -> Told:
    """*people* are told of what they said once their vote is over."""
    over = {vote.claim: said for vote in people if (said := polls.outcome(vote))}
    match result.claims:
        case ():
            return _nothing(result)
        case (claim,):
            return _one(result, claim, over.get(0, ""))
        case claims:
            return _several(result, claims, over)


def sources(result: FactCheck) -> dict[str, str]:
    """Where the quotes of voters stand, by the titles of their branches."""
    several = len(result.claims) > 1
    return {
        (f"{number}. {vote.seat}" if several else vote.seat): f"Source: {source}"
        for number, claim in enumerate(result.claims, 1)
        for vote in claim.votes
        if (passage := decisions.cited(claim, vote)) and (source := _named(passage))
    }


def how(result: FactCheck) -> list[str]:
    """ "How this was decided", a paragraph a claim."""
    alone = len(result.claims) == 1
    return [
        ("" if alone else f"*{number}.* ") + " ".join(decisions.how(claim, _name))
        for number, claim in enumerate(result.claims, 1)
    ]


def _one(result: FactCheck, claim: ClaimVerdict, people: str) -> Told:
    said = f"*Claim*: {line(claim.claim, _TEXT_MOST)}"
    word = list(_word(claim, people))
    return Told(
        headline=f"{decisions.mark(claim.outcome)} {decisions.decision(claim)}",
        gist=said,
        short=(said, *word),
        top=(said, *word, *_case(claim), *_others(result)),
        notes=(*_small(claim, bool(people)), *_notes(result)),
    )


def _several(result: FactCheck, claims: Sequence[ClaimVerdict], over: dict[int, str]) -> Told:
    alone = [_in_short(number, claim) for number, claim in enumerate(claims)]
    top = [
        "\n".join(
            [f"\n{short}" if number else short, *_best(claim), *_people(over.get(number, ""))]
        )
        for number, (short, claim) in enumerate(zip(alone, claims, strict=True))
    ]
    more = [
        paragraph
        for number, claim in enumerate(claims)
        for paragraph in _account(number, claim, over)
    ]
    return Told(
        headline=f"🔎 {decisions.decisions(claims)}",
        gist=line(result.text, _TEXT_MOST),
        short=(*alone,),
        top=(*top, *_others(result)),
        more=(*more,),
        rest="The full account of each claim is",
        notes=(*_unsourced_ones(claims), *_notes(result)),
    )


def _nothing(result: FactCheck) -> Told:
    said = f"*Text*: {line(result.text, _TEXT_MOST)}"
    return Told(
        headline=f"🚫 {decisions.nothing(result.others)}",
        gist=said,
        short=(said, decisions.AS_A_FACT),
        top=(said, *_others(result), f"\n{decisions.AS_A_FACT}"),
        notes=(*_notes(result),),
    )


def _word(claim: ClaimVerdict, people: str) -> Iterator[str]:
    """What the panel said, and people; and that nothing backs it, where that is so."""
    yield f"*Votes*: {' · '.join(decisions.votes(claim, _reason))}"
    if why := decisions.why(claim, _reason):
        yield why
    yield from _people(people)
    if warning := decisions.unsourced(claim):
        yield f"⚠️ *Model knowledge only*: {warning}."


def _people(said: str) -> Iterator[str]:
    if said:
        yield f"*People*: {said}"


def _case(claim: ClaimVerdict) -> Iterator[str]:
    """What speaks for and against it, in quotes and in the words of voters; each with air above."""
    quoted = [(name, _quoted(claim, label)) for label, name in _SIDES.items()]
    yield from _apart(f"*{name}*: {quote}" for name, quote in quoted if quote)
    yield from _apart(_voice(vote) for vote in decisions.voices(claim))
    yield from _apart(
        f"*Checked before*, {decisions.before(each, _name)}" for each in claim.earlier
    )


def _apart(paragraphs: Iterable[str]) -> Iterator[str]:
    """With an empty line above the first."""
    for number, paragraph in enumerate(paragraphs):
        yield paragraph if number else f"\n{paragraph}"


def _quoted(claim: ClaimVerdict, label: Label) -> str:
    found = decisions.strongest(claim, label)
    if found is None:
        return ""
    resting = f" · {found.votes} votes rest on it" if found.votes > 1 else ""
    return f"“{line(found.quote, _QUOTE_MOST)}” {_source(found.passage)}{resting}".strip()


def _source(passage: Passage) -> str:
    named = _named(passage)
    return f"({named})" if named else ""


def _named(passage: Passage) -> str:
    parts = [decisions.from_(passage, _name), _way_to(passage)]
    return ", ".join(part for part in parts if part)


def _way_to(passage: Passage) -> str:
    """A place that is no web address is told as it stands."""
    shown = link(passage.link, "source")
    return shown if shown.startswith("<") else _name(passage.link)


def _voice(vote: SeatVote) -> str:
    label, recast = decisions.words(vote.label), decisions.recast(vote, _reason)
    counted_as = f"{label} ({recast})" if recast else label
    seat = f"{decisions.mark(vote.label)} {bold(vote.seat, _NAME_MOST)}"
    return f"{seat}: {counted_as}. {line(vote.reason, _TEXT_MOST)}".strip()


def _in_short(number: int, claim: ClaimVerdict) -> str:
    told = bold(f"{number + 1}. {decisions.decision(claim)}", 2 * _NAME_MOST)
    return f"{decisions.mark(claim.outcome)} {told}\n{line(claim.claim, _TEXT_MOST)}"


def _best(claim: ClaimVerdict) -> Iterator[str]:
    """The quote of the side that won; where none did, of both."""
    sides = [label for label in _SIDES if label.value == claim.outcome.value] or [*_SIDES]
    quotes = [(label, _quoted(claim, label)) for label in sides]
    for label, quoted in quotes:
        if quoted:
            yield f"      _{_SIDES[label]}_: {quoted}"


def _account(number: int, claim: ClaimVerdict, over: dict[int, str]) -> Iterator[str]:
    yield f"\n{_in_short(number, claim)}"
    yield from _word(claim, over.get(number, ""))
    yield from _case(claim)
    yield from _small(claim, bool(over))


def _others(result: FactCheck) -> Iterator[str]:
    yield from _apart(
        f"Not voted on: {told}" for told in decisions.not_voted(result.others, _reason)
    )
    if told := decisions.left_out(result):
        yield told


def _small(claim: ClaimVerdict, closed: bool) -> Iterator[str]:
    """Where was looked, and who is missing; *closed*: people's vote is over."""
    if looked := decisions.looked(claim, _name):
        yield f"Looked in: {looked}"
    if unsearched := decisions.unsearched(claim):
        yield unsearched
    for each in claim.missing:
        yield f"No answer from {line(each, _REASON_MOST)}"
    if claim.outcome in {Outcome.CONTESTED, Outcome.CONFLICTING} and claim.seats < _DEEP:
        yield f"{_DEEPER}." if closed else f"{_DEEPER}, or let people vote."


def _notes(result: FactCheck) -> Iterator[str]:
    yield from filter(None, (line(note, _REASON_MOST) for note in notes(result)))


def notes(result: FactCheck) -> Iterator[str]:
    """What could not be done, and how far voters are to be believed together."""
    yield from result.notes
    if result.effective is not None:
        yield f"By people's verdicts on earlier claims, {independent(result.effective)}."


def _unsourced_ones(claims: Sequence[ClaimVerdict]) -> Iterator[str]:
    numbers = [str(number) for number, claim in enumerate(claims, 1) if claim.unsourced]
    if len(numbers) == len(claims):
        yield "⚠️ Model knowledge only: no source that bears on the claims was found"
    elif numbers:
        which = "claim" if len(numbers) == 1 else "claims"
        yield f"⚠️ Model knowledge only: {which} {', '.join(numbers)}"


def _name(text: str) -> str:
    return line(text, _NAME_MOST)


def _reason(text: str) -> str:
    return line(text, _REASON_MOST)
