"""Results in paragraphs of mrkdwn, before they are laid out in messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from bot.runs.model import PeoplesVote
from bot.views import safety, verdict
from bot.views.mrkdwn import bold, is_web, line, link
from bot.views.told import Told
from bot.views.words import KINDS, among, counted, partly
from patterns.recipes import Result
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.factcheck import FactCheck
from patterns.recipes.safety import SafetyReport
from patterns.recipes.summarize import Kind, Point, Summary, Unread

#: Points and ideas that stand on the card; the others follow in the thread.
TOP = 12
_SHORT_TOP = 5
_TEXT_MOST = 500
_QUOTE_MOST = 300
_NAME_MOST = 80
_LINKS_MOST = 1_000


def tell(result: Result, people: Sequence[PeoplesVote] = ()) -> Told:
    """*people* have voted on the claims of a fact-check."""
    match result:
        case FactCheck():
            return verdict.tell(result, people)
        case Summary():
            return _summary(result)
        case IdeaList():
            return _ideas(result)
        case SafetyReport():
            return safety.tell(result)
    assert_never(result)


def _summary(summary: Summary) -> Told:
    first, rest = _by_kind(summary.points[:TOP]), _by_kind(summary.points[TOP:])
    numbers = _numbered(url for point in (*first, *rest) for url in point.links)
    overview = line(summary.overview, 2 * _TEXT_MOST) or "_There is no overview._"
    short = summary.points[:_SHORT_TOP]
    hidden = len(summary.points) - len(short)
    above = (f"\n_{counted(hidden, 'more point')} in this thread._",) if hidden else ()
    return Told(
        headline=f"📝 {_headline(summary)}",
        gist=overview,
        short=(overview, *_bullets(_by_kind(short), numbers), *above),
        top=(overview, *_bullets(first, numbers)),
        more=tuple(_bullets(rest, numbers)),
        rest=counted(len(rest), "more point") if rest else "",
        notes=tuple(_coverage(summary)),
    )


def _headline(summary: Summary) -> str:
    if summary.partial:
        return partly(summary)
    read = "" if summary.read == summary.messages else f"{summary.read:,} of "
    points = counted(len(summary.points), "point")
    return f"{points} from {read}{counted(summary.messages, 'message')}"


def _by_kind(points: Sequence[Point]) -> list[Point]:
    return [point for kind in KINDS for point in points if point.kind is kind]


def _numbered(urls: Iterable[str]) -> dict[str, int]:
    return {url: number for number, url in enumerate(dict.fromkeys(urls), 1)}


def _bullets(points: Iterable[Point], numbers: dict[str, int]) -> Iterable[str]:
    """*points* in the order of their kinds, each kind under its heading."""
    above: Kind | None = None
    for point in points:
        if point.kind is not above:
            yield f"\n*{KINDS[point.kind]}*"
        above = point.kind
        speaker = line(point.speaker, _NAME_MOST)
        quoted = f"\n      _“{line(point.quote, _QUOTE_MOST)}”_ {speaker}"
        said = f" · {speaker}" if point.is_quote else quoted
        yield f"• {line(point.text, _TEXT_MOST)} {_links(point.links, numbers)}{said}"


def _links(urls: Sequence[str], numbers: dict[str, int]) -> str:
    """As many as there is room for; at least the message that was quoted."""
    shown: list[str] = []
    room = _LINKS_MOST
    for url in urls:
        shown_link = link(url, f"#{numbers[url]}")
        room -= len(shown_link)
        if shown and room < 0:
            return f"{' '.join(shown)} +{len(urls) - len(shown)}"
        shown.append(shown_link)
    return " ".join(shown)


def _coverage(summary: Summary) -> Iterable[str]:
    threads = f", {counted(summary.threads, 'thread')}" if summary.threads else ""
    yield f"Read {among(summary.read, summary.messages, 'message')}{threads}"
    if summary.dropped:
        items = counted(summary.dropped, "item")
        yield f"{items} left out: the quote was not found in the messages"
    if summary.cut:
        yield f"{counted(summary.cut, 'point')} left out: too many for one summary"
    if summary.stopped:
        yield f"Reading stopped there: {line(summary.stopped, _QUOTE_MOST)}"
    if summary.unread:
        unread, parts = summary.unread_parts or len(summary.unread), summary.parts
        told = among(unread, parts, "part") if parts else counted(unread, "part")
        yield f"{told} could not be read"
    yield from map(_unread, summary.unread)


def _unread(part: Unread) -> str:
    reason = line(part.reason, _QUOTE_MOST)
    if not is_web(part.link):
        return f"Not read: {line(part.part, _NAME_MOST)} ({line(part.link, _NAME_MOST)}): {reason}"
    return f"{link(part.link, 'Not read from here on')}: {reason}"


def _ideas(found: IdeaList) -> Told:
    problem = f"*Problem*: {line(found.problem, _TEXT_MOST)}"
    by_number = {idea.number: idea for idea in found.ideas}
    picks = [
        f"*{line(name.capitalize(), _NAME_MOST)}*: {_titled(by_number[number])}"
        for name, number in found.picks.items()
        if number in by_number
    ]
    common = [f"*In common*: {line(found.common, _TEXT_MOST)}"] if found.common else []
    lenses = len({lens for idea in found.ideas for lens in idea.lenses})
    rest = found.ideas[TOP:]
    return Told(
        headline=f"💡 {counted(len(found.ideas), 'idea')} from {counted(lenses, 'point')} of view",
        gist=problem,
        short=(problem, *picks, *common),
        top=(problem, *picks, *common, *map(_idea, found.ideas[:TOP])),
        more=tuple(map(_idea, rest)),
        rest=counted(len(rest), "more idea") if rest else "",
        notes=tuple(f"No answer from {line(each, _QUOTE_MOST)}" for each in found.missing),
    )


def _titled(idea: Idea) -> str:
    return f"{idea.number}. {line(idea.title, _NAME_MOST)}"


def _idea(idea: Idea) -> str:
    credit = line(", ".join(idea.lenses), 2 * _NAME_MOST)
    title = bold(f"{idea.number}. {idea.title}", 2 * _NAME_MOST)
    return f"{title}: {line(idea.pitch, _TEXT_MOST)} ({credit})"
