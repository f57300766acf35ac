"""Evidence for a claim, once for the whole panel."""

from __future__ import annotations

from dataclasses import dataclass, field

from patterns.asking import ask_all
from patterns.branches import Limits, Said
from patterns.evidence import Found, Passage
from patterns.fence import DATA, fenced, one_line
from patterns.passages import about, chosen, listed, merged, page, rotated
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.similar import alike

#: Searches of the web for one claim. FIRE (arXiv 2411.00784) asks for more only while it must.
SEARCHES_MOST = 3
#: Share of common words from which a query is the last one again.
_AGAIN = 0.9
#: Passages of one answer, and characters of each, that are looked at.
_PAGES_MOST, _TEXT_MOST = 12, 6_000

_SYSTEM = (
    "You search the web for evidence on a claim, whatever it says: for it or against it. Search "
    "for the query and give the passages that bear on the claim: text, copied word for word from "
    "the page; url and title of the page; date, the day it is from as YYYY-MM-DD, or empty. Prefer "
    "first-hand and well-known sources. enough: true, if somebody who reads all passages can "
    "decide. next_query: what to search for next if not, worded otherwise than before; else empty. "
    f"Never give a page that you did not find, and do not judge the claim. {DATA}"
)


class Page(Answer):
    """A passage of a page."""

    text: str
    url: str
    title: str
    date: str


class Pages(Answer):
    """What one search found."""

    passages: list[Page]
    enough: bool
    next_query: str


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What the panel is shown, *searches* of the web that were made for it, and what failed."""

    passages: tuple[Passage, ...] = ()
    searches: int = 0
    looked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class _Searches:
    """Those for one claim, one after the other: each may know better than the last."""

    claim: str
    prefix: str
    title: str
    pages: list[Passage] = field(default_factory=list[Passage])
    made: int = 0
    note: str = ""

    async def run(self, model: Model, sink: EventSink, limits: Limits) -> None:
        query = self.claim
        for number in range(1, SEARCHES_MOST + 1):
            prompt = self._prompt(number, query)
            fanned = await ask_all(
                "searches", [prompt], model, sink, describe=_said, quorum=0, limits=limits
            )
            if fanned.gaps:
                self.note = f"A search of the web failed: {fanned.gaps[0].reason}."
                return
            answer = fanned.answers[prompt.key]
            self._take(answer)
            if answer.enough or not answer.next_query.strip():
                return
            if alike(query, answer.next_query) > _AGAIN:
                return
            query = answer.next_query

    def _take(self, answer: Pages) -> None:
        self.made += 1
        found = [
            page(each.text[:_TEXT_MOST], each.url, each.title, each.date)
            for each in answer.passages[:_PAGES_MOST]
        ]
        self.pages = merged([*self.pages, *(each for each in found if each)])

    def _prompt(self, number: int, query: str) -> Prompt[Pages]:
        """Who may open addresses is shown nothing that was read in the workspace."""
        return search(
            key=f"{self.prefix}search-{number}",
            title=f"{self.title}Search {number}",
            claim=self.claim,
            query=query,
            known=chosen(self.claim, (), self.pages),
        )


def search(
    *, key: str, title: str, claim: str, query: str, known: tuple[Passage, ...] = ()
) -> Prompt[Pages]:
    """One search; *known* is not to be found again."""
    parts = [f"The claim: {fenced(claim)}"]
    if known:
        parts.append(f"Passages that are known:\n{listed(rotated(known, 0))}")
    parts.append(f"The query: {fenced(one_line(query))}")
    return Prompt(
        key=key,
        title=title,
        system=_SYSTEM,
        text="\n\n".join(parts),
        answer=Pages,
        search=True,
    )


async def gathered(
    claim: str,
    nearby: Found,
    model: Model,
    sink: EventSink,
    limits: Limits,
    *,
    web: bool,
    prefix: str = "",
    title: str = "",
) -> Gathered:
    """
    Of what is *nearby* only what is about the claim is evidence.

    A search that fails is a note, and the panel votes on what there is.
    """
    relevant = [passage for passage in nearby.passages if about(claim, passage.text)]
    searches = _Searches(claim=claim, prefix=prefix, title=title)
    if web:
        await searches.run(model, sink, limits)
    return Gathered(
        passages=chosen(claim, relevant, searches.pages),
        searches=searches.made,
        looked=nearby.looked,
        notes=(searches.note,) if searches.note else (),
    )


def _said(answer: Pages) -> Said:
    count = len(answer.passages)
    return Said(
        f"{count} passage{'' if count == 1 else 's'}",
        tuple(one_line(each.title) for each in answer.passages[:_PAGES_MOST]),
    )
