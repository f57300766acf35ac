"""A summary in paragraphs of mrkdwn: what there is to know first, every line with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.views.mrkdwn import is_web, line, link, width
from bot.views.told import Told
from bot.views.words import KINDS, OTHER_KIND, among, counted
from patterns.quotes import words
from patterns.recipes.summarize import Point, Summary, Unread
from patterns.recipes.summarize import Told as Sentence

#: Points that stand on the card, and with the conclusion; the others follow in the thread.
TOP, _SHORT = 12, 5
#: Sentences of the overview that stand with the conclusion.
_SENTENCES = 4
_TEXT_MOST, _QUOTE_MOST, _NOTE_MOST = 500, 300, 300
_NAME_MOST, _ABOUT_MOST = 80, 60
_GIST_MOST = 1_000
#: Characters of the links of a line, and of those to what superseded it: Slack takes 3,000 in all.
_LINKS_MOST, _LATER_MOST = 1_000, 300

_LOOK_ALIKE = str.maketrans({"&": "＆", "<": "‹", ">": "›"})

Numbers = Mapping[str, int]


def tell(summary: Summary, *, to_all: bool = False) -> Told:
    """*to_all*: others than who asked read it, too."""
    points = ordered(summary.points)
    first, rest = by_kind(points[:TOP]), by_kind(points[TOP:])
    cited = [url for part in (*summary.overview, *first, *rest) for url in part.links]
    numbers = {url: number for number, url in enumerate(dict.fromkeys(cited), 1)}
    said = headline(summary, to_all=to_all)
    about = (f"*Question*: {line(summary.about, _TEXT_MOST)}",) if summary.about else ()
    overview = [_sentence(each, numbers) for each in summary.overview]
    nothing = () if points or overview else (f"_{said}._",)
    hidden = len(points) - _SHORT
    above = (f"\n_{counted(hidden, 'more point')} in this thread._",) if hidden > 0 else ()
    short = _bullets(by_kind(points[:_SHORT]), numbers)
    return Told(
        headline=f"📝 {said}",
        gist=_gist(summary, points),
        short=(*about, *overview[:_SENTENCES], *nothing, *short, *above),
        top=(*about, *overview, *nothing, *_bullets(first, numbers)),
        more=tuple(_bullets(rest, numbers)),
        rest=counted(len(rest), "more point") if rest else "",
        notes=tuple(_notes(summary)),
    )


def headline(summary: Summary, *, to_all: bool = False) -> str:
    """
    How many points, from how much, about what and for whom; with no mark and no entity of Slack's,
    so that it can stand anywhere.
    """
    if summary.partial:
        return _partly(summary)
    whom = "who asked" if to_all else "you"
    about = f"“{_literal(summary.about)}”" if summary.about else ""
    read = "" if summary.read == summary.messages else f"{summary.read:,} of "
    read += counted(summary.messages, "message")
    others = f" ({counted(summary.others, 'other')})" if summary.mine and summary.others else ""
    if not summary.points:
        fits = [f"bears on {about}"] if about else []
        fits += [f"concerns {whom}"] if summary.mine else []
        found = f"Nothing in {read} {' and '.join(fits)}" if fits else f"Nothing to note in {read}"
        return f"{found}{others}"
    points = counted(len(summary.points), "point")
    concern = f"that concern{'s' if len(summary.points) == 1 else ''} {whom}{others}"
    told = f"{points} {concern}" if summary.mine else f"{points} from {read}"
    return f"About {about}: {told}" if about else told


def ordered(points: Iterable[Point]) -> list[Point]:
    """As they are weighed, but those that a second reading doubts last."""
    return sorted(points, key=lambda point: bool(point.doubt))


def by_kind(points: Iterable[Point]) -> list[Point]:
    return sorted(points, key=lambda point: _PLACES.get(point.kind, len(_PLACES)))


def is_quote(point: Point) -> bool:
    """Does its text say no more than its quote? Case, spaces and marks aside."""
    if max(len(point.text), len(point.quote)) > _TEXT_MOST:
        return False
    text, quote = ([word.text for word in words(each)] for each in (point.text, point.quote))
    return text == quote


def coverage(summary: Summary) -> str:
    """ "Read 812 of 812 messages, 34 threads, 3 files"."""
    threads = f", {counted(summary.threads, 'thread')}" if summary.threads else ""
    files = f", {counted(summary.files, 'file')}" if summary.files else ""
    return f"Read {among(summary.read, summary.messages, 'message')}{threads}{files}"


def left_out(summary: Summary) -> Iterator[str]:
    """What did not hold, had no room or was not read, by count; without a stop."""
    mended = f"{counted(summary.mended, 'item')} mended" if summary.mended else ""
    dropped = counted(summary.dropped, "item") if not mended else f"{summary.dropped:,}"
    counts = [mended, f"{dropped} dropped" if summary.dropped else ""]
    if any(counts):
        why = "they did not hold against the messages that they cite"
        yield f"{', '.join(filter(None, counts))}: {why}"
    if summary.cut:
        yield f"{counted(summary.cut, 'point')} left out: too many for one summary"
    if summary.unread:
        unread, parts = summary.unread_parts or len(summary.unread), summary.parts
        told = among(unread, parts, "part") if parts else counted(unread, "part")
        yield f"{told} could not be read"


_PLACES: Mapping[str, int] = {kind: place for place, kind in enumerate(KINDS)}


def _partly(summary: Summary) -> str:
    """Of a summary that lacks much."""
    if summary.stopped:
        seen = counted(summary.messages, "message")
        return f"Partial summary: read {summary.read:,} of the first {seen}"
    return f"Partial summary: read {among(summary.read, summary.messages, 'message')}"


def _gist(summary: Summary, points: Sequence[Point]) -> str:
    sentences = [each.text for each in summary.overview] or [each.text for each in points[:1]]
    return line(" ".join(sentences), _GIST_MOST)


def _sentence(sentence: Sentence, numbers: Numbers) -> str:
    return f"{line(sentence.text, _TEXT_MOST)} {_links(sentence.links, numbers)}".strip()


def _bullets(points: Iterable[Point], numbers: Numbers) -> Iterator[str]:
    """*points* in the order of their kinds, each kind under its heading."""
    above = ""
    for point in points:
        heading = KINDS.get(point.kind, OTHER_KIND)
        if heading != above:
            yield f"\n*{heading}*"
        above = heading
        yield _bullet(point, numbers)


def _bullet(point: Point, numbers: Numbers) -> str:
    """Its text with links; below it who said what, who is to do it, and what speaks against it."""
    text, speaker = line(point.text, _TEXT_MOST), line(point.speaker, _NAME_MOST)
    shown = f"~{text.replace('~', '∼')}~" if point.later and text else text
    quote = is_quote(point)
    tasks = [
        f"owner: {line(point.owner, _NAME_MOST)}" if point.owner else "",
        f"due: “{line(point.due, _NAME_MOST)}”" if point.due else "",
    ]
    below = [
        " · ".join(filter(None, tasks)),
        "" if quote else f"_“{line(point.quote, _QUOTE_MOST)}”_ {speaker}",
        f"superseded by {_links(point.later, numbers, _LATER_MOST)}" if point.later else "",
        f"doubted: {line(point.doubt, _NOTE_MOST)}" if point.doubt else "",
    ]
    head = f"• {shown} {_links(point.links, numbers)}{f' · {speaker}' if quote else ''}"
    return "\n      ".join([head, *filter(None, below)])


def _links(urls: Sequence[str], numbers: Numbers, most: int = _LINKS_MOST) -> str:
    """As many as there is room for; at least the first, if need be as a number alone."""
    shown: list[str] = []
    room = most
    for url in urls:
        mark = f"#{numbers[url]}" if url in numbers else "another message"
        found = link(url, mark)
        found = mark if width(found) > most else found
        room -= width(found)
        if shown and room < 0:
            return f"{' '.join(shown)} +{len(urls) - len(shown)}"
        shown.append(found)
    return " ".join(shown)


def _notes(summary: Summary) -> Iterator[str]:
    yield coverage(summary)
    yield from (line(note, _NOTE_MOST) for note in summary.notes)
    if summary.stopped:
        yield f"Reading stopped there: {line(summary.stopped, _NOTE_MOST)}"
    yield from left_out(summary)
    yield from map(_unread, summary.unread)


def _unread(part: Unread) -> str:
    reason = line(part.reason, _NOTE_MOST)
    if not is_web(part.link):
        return f"Not read: {line(part.part, _NAME_MOST)} ({line(part.link, _NAME_MOST)}): {reason}"
    return f"{link(part.link, 'Not read from here on')}: {reason}"


def _literal(text: str) -> str:
    """With look-alikes for what would be an entity."""
    return line(text.translate(_LOOK_ALIKE), _ABOUT_MOST)
