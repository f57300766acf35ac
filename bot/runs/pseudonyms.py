"""What a model is told instead of people's names, so that a name can't speak to it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from itertools import count

#: Without vowels no word comes out, and none that would offend.
_LETTERS = "bcdfghjklmnpqrstvwxz"
_LENGTH = 6
#: Some models put a backslash in front of an underscore.
_PSEUDONYM = re.compile(rf"(Person)\\?_([{_LETTERS}]{{{_LENGTH}}})", re.IGNORECASE)
#: For whoever is not among the people of a reading: a model may invent one.
_NOBODY = "someone"


class Pseudonyms:
    """The same person in the same team has the same one as long as *key* is the same secret."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, team: str, people: Iterable[str]) -> Mapping[str, str]:
        """
        By the ids of *people*, one for each.

        Two who would share one are told apart by the order of their ids.
        """
        found: dict[str, str] = {}
        taken: set[str] = set()
        for person in sorted(set(people)):
            tries = (self._made(f"{team}/{person}/{number}") for number in count())
            found[person] = next(each for each in tries if each not in taken)
            taken.add(found[person])
        return found

    def _made(self, of: str) -> str:
        digest = hmac.digest(self._key, of.encode(errors="replace"), hashlib.sha256)
        number = int.from_bytes(digest[:8])
        signs: list[str] = []
        for _ in range(_LENGTH):
            number, sign = divmod(number, len(_LETTERS))
            signs.append(_LETTERS[sign])
        return f"Person_{''.join(signs)}"


def broken(text: str) -> str:
    """*text* without anything that could be taken for a pseudonym: somebody typed it."""
    return _PSEUDONYM.sub(r"\1-\2", text) if "erson" in text.casefold() else text


def named(text: str, people: Mapping[str, str]) -> str:
    """*text* with names for pseudonyms; without *people* none can stand in it."""
    if not people or "erson" not in text.casefold():
        return text
    return _PSEUDONYM.sub(lambda found: people.get(f"Person_{found[2].lower()}", _NOBODY), text)
