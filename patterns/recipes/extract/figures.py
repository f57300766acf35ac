"""Does a number or a date stand in a row, however it is written there?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from patterns.quotes import folded

_BLANKS = " '_’\u00a0\u202f"
_NUMBER = re.compile(
    rf"(?P<sign>[-−(]\s?[$€£]?\s?)?"
    rf"(?P<body>\d{{1,3}}(?:[{_BLANKS}]\d{{3}})+(?![\d])(?:[.,]\d+)?|[.,]?\d+(?:[.,]\d+)*)"
    rf"(?:\s?(?P<scale>k|thousand|m|mio|million|bn|billion)\b)?",
    re.IGNORECASE,
)
_SCALES = {"k": 3, "thousand": 3, "m": 6, "mio": 6, "million": 6, "bn": 9, "billion": 9}
#: The same mark all along, groups as they are in Europe or in India.
_GROUPS = re.compile(r"\d{1,3}(?:([.,])\d{2,3})(?:\1\d{2,3})*(?<=[.,]\d{3})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_PART = re.compile(r"\d+|[^\W\d_]+")
#: In English, German, French and Spanish.
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner jän janvier janv enero ene",
            "february feb februar février févr fév febrero",
            "march mar märz mär mrz mars marzo",
            "april apr avril avr abril abr",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet juil julio",
            "august aug août aoû agosto ago",
            "september sep sept septembre septiembre",
            "october oct oktober okt octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember dez décembre déc diciembre dic",
        ),
        1,
    )
    for name in names.split()
}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CENTURY, _YEAR_DIGITS = 100, 4


def has_number(value: float, words: str) -> bool:
    """
    Is *value* one of the numbers in *words*?

    "1,200", "1.200", "1 200" and "1.2k" are 1200, and so is "-1200"; "1,234" is 1.234 as well.
    "5 %" is 5. A negative number needs a sign, or a bracket as in accounts.
    """
    size = Decimal(str(abs(value)))
    return any(
        size in (read, read.scaleb(_SCALES.get((found["scale"] or "").casefold(), 0)))
        for found in _NUMBER.finditer(words)
        if value >= 0 or found["sign"]
        for read in _readings(found["body"])
    )


def has_date(iso: str, words: str) -> bool | None:
    """
    Do year, month and day of *iso* stand in *words*, each by itself? None where it is no date.

    In any order, months by number or name, and a year also by its last two digits.
    """
    found = _ISO.fullmatch(iso)
    if not found:
        return None
    year, month, day = map(int, found.groups())
    if not (1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1]):
        return False
    parts = _PART.findall(folded(words))
    if "".join(found.groups()) in parts:
        return True
    named = any(_MONTHS.get(part) == month for part in parts)
    numbers = Counter(int(part) for part in parts if len(part) <= _YEAR_DIGITS and part.isdecimal())
    years = {year, year % _CENTURY} & set(numbers)
    if not years:
        return False
    numbers[max(years)] -= 1
    needed = Counter([day] if named else [day, month])
    return needed <= numbers


def _readings(body: str) -> Iterator[Decimal]:
    """What a number may be: a comma and a point are decimal, or part thousands."""
    bare = re.sub(f"[{_BLANKS}]", "", body)
    if bare != body:  # or several numbers
        for part in re.split(f"[{_BLANKS}]", body):
            yield from _readings(part)
    marks = [sign for sign in bare if sign in ".,"]
    if not marks:
        yield Decimal(bare)
        return
    head, _, tail = bare.rpartition(marks[-1])
    if marks[-1] not in marks[:-1]:
        yield Decimal(f"{re.sub('[.,]', '', head) or 0}.{tail}")
    if _GROUPS.fullmatch(bare):
        yield Decimal(re.sub("[.,]", "", bare))
    elif len(marks) > 1 and len(set(marks)) == 1:  # a date, a version
        yield from map(Decimal, filter(None, re.split("[.,]", bare)))
