"""Passages for a panel: which are about a claim, which say the same, how many a prompt holds."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, repeat, zip_longest
from math import ceil
from types import MappingProxyType

from patterns.evidence import Origin, Passage
from patterns.fence import fenced, one_line
from patterns.quotes import folded, weights
from patterns.similar import words as bare_words

#: Passages that a panel is shown, and characters of each: some 2,500 tokens of them all.
PASSAGES_MOST = 8
CHARACTERS_MOST = 1_200
_TITLE_MOST = 120
#: Share of common words from which two passages are one.
_SAME = 0.8
#: Letters that two forms of a word have in common: "visible" and "visibility".
_STEM = 5
#: Words that half of a claim, and a quarter of it, must come to.
_HALF_LEAST, _SHARED_LEAST = 2, 3
#: What has a title that anybody may give it; the marks in it do not end it.
_KINDS = MappingProxyType({Origin.FILE: "file", Origin.WEB: "page"})
_INNER = str.maketrans("“”", "''")
#: Stands between two parts of one page; no quote reaches across it.
_BETWEEN = " […] "

#: Marks around a passage that may be other ones in its source.
_MARKS = " \"'.,;:!?"
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+|(?<=[。！？])")
_NO_BLANKS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PAGE = re.compile(r"https?://[^\s<>|\"]+", re.IGNORECASE)


def stems(text: str) -> frozenset[str]:
    """The words that carry meaning, cut where their endings begin."""
    return frozenset(chain.from_iterable(map(_stems, bare_words(text))))


def about(claim: str, text: str) -> bool:
    """
    Has *text* half of the words of *claim* that carry meaning, or a quarter and three of them?

    Where people talk, most of what they say is about something else; a panel that is shown it
    says that there is not enough evidence. Of what fact-checkers found for 250 claims this keeps
    64 of 100 passages, and of 3,000 messages of people who talk of other things one.
    """
    wanted = stems(claim)
    shared = len(wanted & stems(text))
    least = min(max(_HALF_LEAST, ceil(len(wanted) / 2)), max(_SHARED_LEAST, ceil(len(wanted) / 4)))
    return shared >= min(len(wanted), least)


def page(text: str, url: str, title: str, date: str) -> Passage | None:
    """What a search of the web found; None where nobody could look it up."""
    if not text.strip() or not _PAGE.fullmatch(url):
        return None
    known = date if _DATE.fullmatch(date) else ""
    return Passage(origin=Origin.WEB, text=text, title=one_line(title), link=url, date=known)


def merged(passages: Sequence[Passage]) -> list[Passage]:
    """
    Each once: what says the same as one before is left out, and pages found twice become one.

    Two that differ in a number or a negation do not say the same, however alike they are.
    """
    kept: list[Passage] = []
    bags: list[frozenset[str]] = []
    for passage in passages:
        bag = bare_words(passage.text)
        if not passage.text.strip() or any(map(_same, kept, bags, repeat(passage), repeat(bag))):
            continue
        place = next((n for n, other in enumerate(kept) if _one_page(passage, other)), None)
        if place is None:
            kept.append(passage)
            bags.append(bag)
        else:
            text = f"{kept[place].text}{_BETWEEN}{passage.text}"
            kept[place] = kept[place].model_copy(update={"text": text})
            bags[place] |= bag
    return kept


def chosen(claim: str, near: Sequence[Passage], pages: Sequence[Passage]) -> tuple[Passage, ...]:
    """At most `PASSAGES_MOST`, by turns from near the place and from the web, cut to size."""
    turns = chain.from_iterable(zip_longest(near[: 2 * PASSAGES_MOST], pages))
    picked = merged([passage for passage in turns if passage])
    return tuple(
        passage.model_copy(update={"text": excerpt(passage.text, claim)})
        for passage in picked[:PASSAGES_MOST]
    )


def excerpt(text: str, claim: str, most: int = CHARACTERS_MOST) -> str:
    """The sentences of *text* in a row that have most of the words of *claim*, as they stand."""
    if len(text) <= most:
        return text
    wanted = stems(claim)
    cuts = [0, *(stop.end() for stop in _SENTENCE.finditer(text)), len(text)]
    shared = [wanted & stems(text[start:end]) for start, end in pairwise(cuts)]
    windows = ((start, _within(cuts, first, start + most)) for first, start in enumerate(cuts[:-1]))
    best, _ = max(
        windows, key=lambda window: len(frozenset[str]().union(*shared[slice(*window[1])]))
    )
    return text[best : best + most].strip() or text[:most]


def _within(cuts: Sequence[int], first: int, end: int) -> tuple[int, int]:
    """The sentences from *first* on that end before *end*; one that is longer alone."""
    return first, max(first + 1, bisect_right(cuts, end) - 1)


def rotated(passages: Sequence[Passage], by: int) -> list[tuple[int, Passage]]:
    """With their numbers, from 1, which they keep wherever they stand; *by* many go to the end."""
    numbered = list(enumerate(passages, start=1))
    turn = by % len(numbered) if numbered else 0
    return numbered[turn:] + numbered[:turn]


def listed(numbered: Sequence[tuple[int, Passage]]) -> str:
    """Fenced, a line each: "[3] file “title”, date: text"."""
    return fenced("\n".join(_line(number, passage) for number, passage in numbered))


def named(origin: Origin, title: str) -> str:
    """*title*, in which it cannot be taken for who is speaking: `file “notes.txt”`."""
    kind = _KINDS.get(origin)
    if not kind or not title:
        return title
    inner = title.translate(_INNER)
    return f"{kind} “{inner}”"


def without(passages: Sequence[Passage], links: frozenset[str], text: str) -> list[Passage]:
    """*passages* but those with one of *links*, and those that stand in *text* word by word."""
    source = folded(text)
    return [
        passage
        for passage in passages
        if passage.link not in links and not _part(passage.text, source)
    ]


def _part(text: str, source: str) -> bool:
    bare = folded(text).strip(_MARKS)
    return bool(bare) and bare in source


def _line(number: int, passage: Passage) -> str:
    title = one_line(passage.title)[:_TITLE_MOST].replace(": ", ", ")
    titled = named(passage.origin, title)
    head = ", ".join(part for part in (titled or passage.origin.value, passage.date) if part)
    return f"[{number}] {one_line(head)}: {one_line(passage.text)}"


def _same(one: Passage, its: frozenset[str], other: Passage, others: frozenset[str]) -> bool:
    near = len(its & others) >= _SAME * len(its | others)
    return near and weights(one.text) == weights(other.text)


def _one_page(one: Passage, other: Passage) -> bool:
    """Of a file many passages have the same link; of a conversation each has its own."""
    return one.origin is other.origin is Origin.WEB and one.link == other.link


def _stems(word: str) -> Iterator[str]:
    if _NO_BLANKS.search(word):
        yield from word
    else:
        yield word if any(sign.isdigit() for sign in word) else word[:_STEM]
