"""The first word that is said to us, and what it may be called otherwise."""

from __future__ import annotations

import re

_FIRST = re.compile(r"\s*/?(?P<word>[^\s:,]*)[:,]?\s*(?P<rest>.*)", re.DOTALL)
#: How people spell the names of recipes.
_OTHERWISE = {
    "fact-check": "factcheck",
    "check": "factcheck",
    "summarise": "summarize",
    "summary": "summarize",
    "ideas": "brainstorm",
    "safety-check": "safety",
    "moderate": "safety",
    "log": "logs",
    "extraction": "extract",
    "?": "help",
    "-h": "help",
    "--help": "help",
    "": "help",
}


def first(said: str) -> tuple[str, str]:
    """The first word of *said*, in small letters and as we call it, and the rest."""
    found = _FIRST.match(said)
    word, rest = (found["word"], found["rest"]) if found else ("", "")
    word = word.casefold()
    return _OTHERWISE.get(word, word), rest.strip()
