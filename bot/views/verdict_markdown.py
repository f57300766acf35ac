"""A fact-check as Markdown: all of it, with every vote, every passage and how it was decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.runs.model import PeoplesVote
from bot.views import decisions, polls, verdict
from bot.views.escaping import escaped, web_link
from patterns.evidence import Passage
from patterns.recipes.factcheck import ClaimVerdict, FactCheck, Label, SeatVote

#: Characters of what was said and of what is a name: more of either is no honest answer.
_WORDS_MOST, _NAME_MOST = 1_000, 200
_PASSAGE_MOST = 300
_SIDES = {Label.SUPPORTED: "Strongest for", Label.REFUTED: "Strongest against"}


def render(result: FactCheck, people: Sequence[PeoplesVote] = ()) -> Iterator[str]:
    over = {vote.claim: said for vote in people if (said := polls.outcome(vote))}
    match result.claims:
        case ():
            yield from (f"# {decisions.nothing(result.others)}", "", f"> {_words(result.text)}")
            yield from ("", decisions.AS_A_FACT)
        case (claim,):
            yield f"# {decisions.decision(claim)}"
            yield from _claim(claim, over.get(0, ""))
        case claims:
            yield f"# {decisions.decisions(claims)}"
            for number, claim in enumerate(claims, 1):
                yield from ("", f"## {number}. {decisions.decision(claim)}")
                yield from _claim(claim, over.get(number - 1, ""))
    yield from _listed("Not voted on", [*_others(result)])
    yield from _listed("Notes", [_words(note) for note in verdict.notes(result)])


def _claim(claim: ClaimVerdict, people: str) -> Iterator[str]:
    yield from ("", f"> {_words(claim.claim)}", "")
    yield f"Votes: {' · '.join(decisions.votes(claim, _words))}."
    told = [
        decisions.why(claim, _words),
        f"People: {people}." if people else "",
        f"**Model knowledge only**: {said}." if (said := decisions.unsourced(claim)) else "",
        *(_strongest(claim, label) for label in _SIDES),
        *(f"Checked before, {decisions.before(each, _name)}." for each in claim.earlier),
        f"Looked in: {looked}." if (looked := decisions.looked(claim, _name)) else "",
        decisions.unsearched(claim),
    ]
    for paragraph in filter(None, told):
        yield from ("", paragraph)
    yield from _listed("The panel", [_vote(vote) for vote in claim.votes])
    yield from _listed("No vote", [_words(each) for each in claim.missing])
    yield from _passages(claim.passages)
    yield from ("", f"**How this was decided.** {' '.join(decisions.how(claim, _name))}")


def _strongest(claim: ClaimVerdict, label: Label) -> str:
    found = decisions.strongest(claim, label)
    if found is None:
        return ""
    resting = f", {found.votes} votes rest on it" if found.votes > 1 else ""
    return f"**{_SIDES[label]}**: “{_words(found.quote)}” ({_source(found.passage)}{resting})"


def _source(passage: Passage) -> str:
    way = web_link("source", passage.link[:_WORDS_MOST])
    parts = [decisions.from_(passage, _name), way]
    return ", ".join(part for part in parts if part) or "no link"


def _vote(vote: SeatVote) -> str:
    recast = decisions.recast(vote, _words)
    label = decisions.words(vote.label) + (f"; {recast}" if recast else "")
    quote = f" “{_words(vote.quote)}” (passage {vote.passage})" if vote.quote else ""
    return f"**{_name(vote.seat)}** ({label}): {_words(vote.reason)}{quote}"


def _passages(passages: Sequence[Passage]) -> Iterator[str]:
    if passages:
        yield from ("", "**Passages**", "")
        for number, each in enumerate(passages, 1):
            yield f"{number}. {_cut(each.text, _PASSAGE_MOST)} ({_source(each)})"


def _name(text: str) -> str:
    return _cut(text, _NAME_MOST)


def _words(text: str) -> str:
    return _cut(text, _WORDS_MOST)


def _cut(text: str, most: int) -> str:
    return escaped(f"{text[:most]}…" if len(text) > most else text)


def _others(result: FactCheck) -> Iterator[str]:
    yield from decisions.not_voted(result.others, _words)
    if told := decisions.left_out(result):
        yield told


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"**{heading}**", "")
        yield from (f"- {line}" for line in lines)
