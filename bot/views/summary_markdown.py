"""A summary as Markdown: all of it, for terminals and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.views.escaping import escaped, web_link
from bot.views.summary import by_kind, coverage, headline, is_quote, left_out, ordered
from bot.views.words import KINDS, OTHER_KIND
from patterns.recipes.summarize import Point, Summary

#: Characters of what was said and of what is a name: more of either is no honest answer.
_WORDS_MOST, _NAME_MOST = 2_000, 200


def render(summary: Summary) -> Iterator[str]:
    yield from (f"# {escaped(headline(summary, to_all=True))}", "")
    if summary.about:
        yield from (f"> {_words(summary.about)}", "")
    for each in summary.overview:
        where = f" ({_ways(each.links)})" if each.links else ""
        yield f"{_words(each.text)}{where}"
    points = by_kind(ordered(summary.points))
    for heading, group in groupby(points, lambda point: KINDS.get(point.kind, OTHER_KIND)):
        yield from ("", f"## {heading}", "")
        yield from map(_point, group)
    if summary.unread:
        yield from ("", "## Not read", "")
    for part in summary.unread:
        yield f"- {_words(f'{part.part} ({part.link}): {part.reason}')}"
    yield from ("", " ".join(_coverage(summary)))


def _point(point: Point) -> str:
    text = f"~~{_words(point.text)}~~" if point.later else _words(point.text)
    quoted = "" if is_quote(point) else f": “{_words(point.quote)}”"
    told = [
        f"owner: {_name(point.owner)}" if point.owner else "",
        f"due: “{_name(point.due)}”" if point.due else "",
        f"superseded by {_ways(point.later)}" if point.later else "",
        f"doubted: {_words(point.doubt)}" if point.doubt else "",
    ]
    more = "".join(f"; {each}" for each in told if each)
    return f"- {text} ({_name(point.speaker)}{quoted}, {_ways(point.links)}){more}"


def _words(text: str, most: int = _WORDS_MOST) -> str:
    return escaped(f"{text[:most]}…" if len(text) > most else text)


def _name(text: str) -> str:
    return _words(text, _NAME_MOST)


def _ways(links: Sequence[str]) -> str:
    return ", ".join(
        web_link(str(number), link[:_WORDS_MOST]) for number, link in enumerate(links, 1)
    )


def _coverage(summary: Summary) -> Iterator[str]:
    yield f"{coverage(summary)}."
    yield from map(_words, summary.notes)
    if summary.stopped:
        yield f"Reading stopped there: {_words(summary.stopped)}."
    yield from (f"{each}." for each in left_out(summary))
