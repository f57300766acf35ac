"""What varies in the words of a log's line, and what never does: numbers go, alarm stays."""

from __future__ import annotations

import re

#: Where lines of one shape differ; as a word by itself, or in one, it may stand for several.
WILD = "<*>"
#: Words that are remembered, and how long they may be.
WORDS_MOST, WORD_MOST = 20_000, 80

_MASK = re.compile(
    r"""
    \b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b     # UUID
    | \b(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}\b              # IPv6, MAC
    | \b0[xX][0-9a-fA-F]+
    | \b(?=[a-f]{0,12}\d)[0-9a-f]{8,}\b                           # hash
    | (?:^|(?<=[=(:,\[{]))(?:"[^"]+"(?!:)|'[^']+')                 # quoted, and no key
    | (?<![A-Za-z0-9])[-+]?\d+(?:[.,:]\d+)*
    | (?<=[A-Za-z])\d{2,}
    """,
    re.VERBOSE,
)
ALARM = re.compile(
    r"(?:error|fail|fatal|exception|denied|refused|reject|timeout|timed|panic|abort|crash"
    r"|critical|corrupt|unreachable|killed|invalid|unavailable|lost|warn|break-in|overflow|expired"
    r"|\bno\b|\bnot\b|cannot|unable)\w*",
    re.IGNORECASE,
)


class Alarms(dict[str, str]):
    """Of masked words that of alarm which is in them, or nothing; made as they come."""

    def __missing__(self, word: str) -> str:
        found = ALARM.search(word)
        return _kept(self, word, found[0].lower() if found else "")


class Masks(dict[str, str]):
    """Words with what varies in them masked; made as they come."""

    def __missing__(self, word: str) -> str:
        return _kept(self, word, word if word.isalpha() else _MASK.sub(WILD, word))


def _kept(words: dict[str, str], word: str, value: str) -> str:
    if len(words) >= WORDS_MOST:
        words.clear()
    if len(word) <= WORD_MOST:
        words[word] = value
    return value
