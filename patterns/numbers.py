"""Numbers in digits: is one new in a text, or was it there before?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import decimal

from patterns.quotes import words

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?![\d,])|[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\d.])")
_ZEROS = re.compile(r"^0+(?=\d)")
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip


def invented(text: str, sources: Iterable[str]) -> list[str]:
    """
    Numbers in the digits of *text* that stand in none of *sources*, sorted.

    Marks between thousands, zeros in front and "two" for 2 aside. The parts of a date or a version
    are numbers as well, those of 1.5 are not.
    """
    known = {number for source in sources for number in _known(source)}
    return sorted({_number(each[0]) for each in _DIGITS.finditer(text)} - known)


def _known(source: str) -> Iterator[str]:
    for each in _DIGITS.finditer(source):
        number = _number(each[0])
        yield number
        if number.count(".") > 1:
            yield from map(_number, number.split("."))
    for word in words(source):
        if word.text in _SMALL:
            yield str(_SMALL.index(word.text))


def _number(digits: str) -> str:
    """*digits* and the marks between them, in one way of writing."""
    plain = "".join(str(decimal(sign, sign)) for sign in digits)
    whole = _THOUSANDS.sub(lambda found: re.sub(r"\D", "", found[0]), plain, count=1)
    return _ZEROS.sub("", whole.replace(",", "."))
