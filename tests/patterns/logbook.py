"""What the tests of logs look for in shapes and templates, without asking who made them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from patterns.log_headers import Header
from patterns.masks import WILD
from patterns.templates import MESSAGE_MOST, Drain

DATA = Path(__file__).parents[3] / "shared" / "data" / "logs"


def counted(lines: Sequence[str], header: Header) -> Drain:
    drain = Drain()
    drain.read(lines, header)
    return drain


def fits(text: str, message: str) -> bool:
    """Has *message* the shape of the template *text*? A word that varies may stand for several."""
    return _pattern(text).fullmatch(message[:MESSAGE_MOST].strip()) is not None


def _pattern(text: str) -> re.Pattern[str]:
    words: list[str] = []
    for token in text.split(" "):
        word = re.escape(token).replace(re.escape(WILD), r"\S*")
        words.append(rf"{word}(?:\s+{word})*" if WILD in token else word)
    return re.compile(r"\s+".join(words), re.DOTALL)


def most_exact(texts: Iterable[str], message: str) -> str | None:
    """Of the templates that *message* fits that with the most words of its own."""
    fitting = [text for text in texts if fits(text, message)]
    return max(fitting, key=lambda text: len(text.replace(WILD, "")), default=None)


def gold(name: str) -> tuple[list[str], list[str]]:
    """Lines of a real log, and of each the name of the template that people gave it."""
    log, csv_file = DATA / f"{name}_2k.log", DATA / f"{name}_2k.templates.csv"
    if not log.exists():
        pytest.skip(f"{log.name} is not here")
    rows = list(csv.DictReader(csv_file.read_text(encoding="utf-8").splitlines()))
    rows.sort(key=lambda row: -len(row["EventTemplate"].replace(WILD, "")))
    patterns = [(row["EventId"], _gold_pattern(row["EventTemplate"])) for row in rows]
    lines = log.read_text(encoding="utf-8").splitlines()
    return lines, [next(key for key, found in patterns if found.search(line)) for line in lines]


def _gold_pattern(template: str) -> re.Pattern[str]:
    words = (re.escape(word).replace(re.escape(WILD), ".*?") for word in template.split())
    return re.compile(r"\s+".join(words) + r"\s*$")
