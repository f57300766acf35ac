"""Is a quote really in its source? Models like to mend what they quote."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FOLD = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"'}
    | {"–": "-", "—": "-", "−": "-", "…": "..."}
)
#: Scripts that put no blanks between words: each of their signs stands alone.
_NO_BLANKS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_PART = re.compile(rf"\.{{3,}}|…|[{_NO_BLANKS}]|(?:(?!\.{{3}})[^\s—…{_NO_BLANKS}])+")
_EDGE = "\"'`()[]{}<>*_~|«»‹›’‘“”„"
_END = f"{_EDGE}.,;:!?。，、！？"
_BRACKETS = str.maketrans(dict.fromkeys("[](){}"))
_UNITS = frozenset({"%", "‰", "°", "€", "$", "£"})
#: Words left out where one stands between blanks.
GAP = "..."

_NEGATIONS = frozenset({
    "not", "no", "non", "never", "none", "nor", "neither", "nobody", "nothing", "nowhere",
    "without", "cannot", "hardly", "barely", "scarcely", "rarely", "seldom", "unless", "except",
    "few", "dont", "isnt", "cant", "wont", "didnt", "doesnt", "nicht", "kein", "keine", "nie",
    "niemals", "jamais", "aucun", "nunca",
})  # fmt: skip
_COUNTS = frozenset({
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred",
    "thousand", "million", "billion", "trillion", "half", "double", "dozen", "first", "second",
    "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
})  # fmt: skip
#: Words that may be mended into a quote, or out of it, as if so many letters were.
_LIGHT = frozenset({"the", "an", "that"})
_LIGHTLY = 2

#: Words that turn what their sentence quotes. A claim that has them denies nothing by that.
_TURNS = frozenset({"false", "myth", "untrue", "hoax", "deny", "denied", "denies", "wrong"})
#: What ends a sentence, and where something was left out. A line may end within one.
_STOP = re.compile(r"[.!?…](?=\s)|[。！？]|\n[^\S\n]*\n|\s\[…\](?=\s)")
_SENTENCE_MOST = 400
#: Words that end with a stop, and no sentence does; no longer than so many signs.
_SHORT = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|st|vs|ca|cf|approx|inc|ltd|co|jr|sr|gen|gov|sen|rep|fig|jan|feb"
    r"|mar|apr|aug|sept?|oct|nov|dec)|\b[a-z]|[a-z]\.[a-z])\.$",
    re.IGNORECASE,
)
_SHORT_MOST = 12
#: Share of a quote's letters that may be mended: .92 must be the source's own.
MENDED_MOST = 0.08
#: From how many letters on a slip in a word is a slip, and not another word.
_SLIP_LEAST = 5
#: Words of a quote, and of its source, in which mended ones are looked for.
_QUOTE_MOST, _SOURCE_MOST = 120, 1_500
_NEVER = float("inf")


def folded(text: str) -> str:
    """*text* as quotes are compared: width, case, spaces and kinds of quotation marks aside."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FOLD).casefold().split())


def stands_in(quote: str, source: str) -> bool:
    """True when every word of *quote* stands in *source*, in the same order and unbroken."""
    needle = folded(quote).strip("\"' ").removesuffix("...").strip()
    return bool(needle) and needle in folded(source)


def found(quote: str, source: str) -> tuple[int, int] | None:
    """
    Where *quote* stands in *source*, word by word: "able" is not in "unable", nor "5" in "5.5".

    Marks and case aside. A slip of one letter in a long word and a missing article are forgiven
    while they are less than a twelfth of its letters; a negation, a number or any other word that
    is new, missing or changed never is. None where it does not stand there.
    """
    needle, hay = _whole(quote), list(words(source))
    if not needle:
        return None
    span = _exact([word.text for word in needle], [word.text for word in hay])
    if span is None:
        span = _near([word.text for word in needle], [word.text for word in hay])
    return (hay[span[0]].start, hay[span[1] - 1].end) if span else None


def shortened(source: str, stop: re.Match[str]) -> bool:
    """Is *stop* of *source* that of an abbreviation or an initial?"""
    near = max(0, stop.start() - _SHORT_MOST)
    return bool(_SHORT.search(source[near : stop.end()].rstrip()))


def in_context(span: tuple[int, int], source: str) -> tuple[int, int] | None:
    """
    *span*, or the whole sentence around it where that denies what is quoted of it, or asks it.

    "Visible from space" is a true quote of "It is not visible from space", and a lie. None where
    such a sentence is too long to be shown.
    """
    start, end = span
    behind = next(_stops(source, end, len(source)), None)
    first = max((stop.end() for stop in _stops(source, 0, start)), default=0)
    last = behind.start() + 1 if behind else len(source)
    around = f"{source[first:start]} {source[end:last]}"
    if not source[:last].endswith(("?", "？")) and not any(_turns(w.text) for w in words(around)):
        return span
    if last - first > _SENTENCE_MOST:
        return None
    while source[first].isspace():
        first += 1
    return first, len(source[:last].rstrip())


def weighty(word: str) -> bool:
    """Does *word*, folded, deny or count? A text without it says something else."""
    return _denies(word) or word in _COUNTS or any(sign.isdigit() for sign in word)


def weights(text: str) -> list[str]:
    """The words of *text* that deny or count, sorted."""
    return sorted(word.text for word in words(text) if weighty(word.text))


def denials(text: str) -> list[str]:
    """Those that deny."""
    return [word for word in weights(text) if _denies(word)]


def numbers(text: str) -> list[str]:
    """Those that count, in digits or as words."""
    return [word for word in weights(text) if not _denies(word)]


def _denies(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")


def _turns(word: str) -> bool:
    return word in _TURNS or _denies(word)


def _stops(source: str, start: int, end: int) -> Iterator[re.Match[str]]:
    return (each for each in _STOP.finditer(source, start, end) if not shortened(source, each))


@dataclass(frozen=True, slots=True)
class Word:
    """*text*, folded, stands in its source from *start* to *end*."""

    text: str
    start: int
    end: int


def words(source: str) -> Iterator[Word]:
    """Those of *source*, and a `GAP` where it says that words were left out."""
    held: Word | None = None
    for part in _PART.finditer(source):
        for word in _parted(source, part):
            if word.text in _UNITS and held and held.text[-1].isdigit():
                held = Word(held.text + word.text, held.start, word.end)  # "5 %" is "5%"
                continue
            if held:
                yield held
            held = word
    if held:
        yield held


def _parted(source: str, found: re.Match[str]) -> Iterator[Word]:
    """The words of a part without blanks: more than one where a sign stands for several."""
    part, start = found[0], found.start()
    if part.isascii() and part.isalnum():
        yield Word(part.lower(), start, found.end())
        return
    if part == "…" or part.startswith(GAP):
        if source[max(0, start - 1) : start] in {"", " ", "\t", "\n", "[", "("}:
            yield Word(GAP, start, found.end())
        return
    bare = part.lstrip(_EDGE).rstrip(_END)
    if bare[:1] in _END and not bare[1:2].isdigit():
        bare = bare.lstrip(_END)
    at = start + part.find(bare)
    # Folded first, too: NFKC would put a blank in front of an accent that stands alone.
    plain = unicodedata.normalize("NFKC", bare.translate(_FOLD)).translate(_FOLD)
    signs = plain.translate(_BRACKETS).casefold()
    shown = "".join(sign for sign in signs if unicodedata.category(sign) != "Cf")
    for word in shown.split():
        if word in _UNITS or any(sign.isalnum() for sign in word):
            yield Word(word, at, at + len(bare))


def _whole(quote: str) -> list[Word]:
    """The words of *quote* without the gaps at its ends; empty where that is all."""
    needle = list(words(quote))
    while needle and needle[0].text == GAP:
        del needle[0]
    while needle and needle[-1].text == GAP:
        del needle[-1]
    return needle


def _exact(needle: Sequence[str], hay: Sequence[str]) -> tuple[int, int] | None:
    size = len(needle)
    for start in range(len(hay) - size + 1):
        if hay[start] == needle[0] and hay[start : start + size] == needle:
            return start, start + size
    return None


def _near(needle: Sequence[str], hay: Sequence[str]) -> tuple[int, int] | None:
    """
    The span that takes the least mending, the first of several.

    Words against words, a row for each of *needle*: a cell is what mending took so far, and where
    the span began. What cannot be mended, or costs too much, is out at once.
    """
    most = sum(map(len, needle)) * MENDED_MOST
    known = set(hay)
    strange = sum(len(word) for word in needle if word not in known and len(word) < _SLIP_LEAST)
    if strange > most or len(needle) > _QUOTE_MOST or len(hay) > _SOURCE_MOST:
        return None
    cells = _Row(most)
    cells.update((end, (0.0, end)) for end in range(len(hay)))
    for number, word in enumerate(needle):
        cells = _row(word, hay, cells, most, inside=0 < number < len(needle) - 1)
        if not cells:
            return None
    (_, start), end = min((cell, end) for end, cell in cells.items())
    return (start, end) if start < end else None


class _Row(dict[int, tuple[float, int]]):
    """By where a span ends: what mending took, and where it began; no more than *most*."""

    def __init__(self, most: float) -> None:
        self._most = most

    def reach(self, end: int, cost: float, start: int) -> None:
        if cost <= self._most and (cost, start) < self.get(end, (_NEVER, 0)):
            self[end] = (cost, start)


def _row(word: str, hay: Sequence[str], before: _Row, most: float, *, inside: bool) -> _Row:
    """The cells after *word*, with what of *hay* may be left out in front of it."""
    row = _Row(most)
    for end, (cost, start) in sorted(before.items()):
        if end < len(hay):
            row.reach(end + 1, cost + _mending(word, hay[end]), start)
        if inside and word in _LIGHT:
            row.reach(end, cost + _LIGHTLY, start)
        if end > start and end + 1 < len(hay) and hay[end] in _LIGHT:
            row.reach(end + 2, cost + _LIGHTLY + _mending(word, hay[end + 1]), start)
    return row


def _mending(word: str, into: str) -> float:
    """Letters that make *word* *into* the other, where that is no more than a slip."""
    if word == into:
        return 0
    sure = min(len(word), len(into)) >= _SLIP_LEAST and word[0] == into[0]
    if not sure or GAP in (word, into) or weighty(word) or weighty(into):
        return _NEVER
    return 1 if _slip(word, into) else _NEVER


def _slip(one: str, other: str) -> bool:
    """Are they one letter apart: another, one more, one less, or two that changed places?"""
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), -1)
    if start < 0:
        return abs(len(one) - len(other)) == 1
    one, other = one[start:], other[start:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] in (other, other[1:]) or one == other[1:]
