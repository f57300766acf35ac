"""
What a run says and finds, before anybody may see it: names for pseudonyms, and no link that a
model brought.

A link could carry what was read out of the house, and a name could be put into anybody's mouth.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from dataclasses import replace
from enum import Enum
from string import ascii_letters, digits
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from bot.runs.pseudonyms import broken, named
from bot.runs.signs import clean
from patterns.evidence import Origin, Passage
from patterns.task import Document, Message, Messages

V = TypeVar("V", bound=BaseModel)

REMOVED = "[link removed]"
#: Links that are remembered, as hashes; those that stand behind them are no longer known, and
#: so are removed.
LINKS_MOST = 100_000

#: What can hold a link: it ends at a blank, a bracket or a quotation mark.
_WORD = re.compile(r'[^\s<>|"\[\]]+')
_PAGE = re.compile(r'https?://[^\s<>|"\[\]]+', re.IGNORECASE)
_WWW = re.compile(r"www\.", re.IGNORECASE)
_SCHEME = f"{ascii_letters}{digits}+.-"
_CLOSING = ".,;:!?…/)}'’”»*_~`"
#: Marks in pairs are taken out when text is shown, and could hide a link until then.
_NO_MARKS = str.maketrans(dict.fromkeys("*_~`", ""))
#: Addresses of what was read, which code put there.
_OURS = frozenset({"link", "links", "later", "sources"})


class Vetting:
    """Of one run; `asked` and `reading` tell it what stood in front of the model."""

    def __init__(self) -> None:
        self._people: Mapping[str, str] = {}
        self._links: set[int] = set()

    def asked(self, text: str) -> None:
        """Somebody typed *text*, or it was read."""
        if not _may_link(text) or len(self._links) >= LINKS_MOST:
            return
        for word in _WORD.finditer(clean(text)):
            if link := _link(word[0]):
                self._links.add(hash(link))

    def cited(self, address: str) -> None:
        """A search of the web found the page of *address*."""
        if clean(address) == address and _PAGE.fullmatch(address):
            self.asked(address)

    def met(self, people: Mapping[str, str]) -> None:
        """*people* are names by pseudonym: words of theirs, which bring no link of their own."""
        told = {each: broken(self._unlinked(name)) for each, name in people.items()}
        self._people = {**self._people, **told}

    def heard(self, messages: Messages) -> Messages:
        """*messages*; a stream is heard while it passes by."""
        if isinstance(messages, AsyncIterable):
            return self._passing(messages)
        for message in messages:
            self.asked(message.text)
        return messages

    def heard_lines(self, document: Document) -> Document:
        async def lines() -> AsyncGenerator[str]:
            async for line in document.lines():
                self.asked(line)
                yield line

        return replace(document, lines=lines)

    async def _passing(self, messages: AsyncIterable[Message]) -> AsyncGenerator[Message]:
        async for message in messages:
            self.asked(message.text)
            yield message

    def text(self, text: str) -> str:
        """*text* as it may be shown."""
        return named(self._unlinked(text), self._people)

    def value(self, value: V) -> V:
        """*value*, an event or a result, with all of its texts as they may be shown."""
        return cast("V", self._vetted(value))

    def _vetted(self, value: Any) -> Any:
        """*value* itself where nothing of it changes: so it is with nearly all events."""
        if isinstance(value, str):
            return value if isinstance(value, Enum) else self.text(value)
        if isinstance(value, tuple):
            return tuple(map(self._vetted, cast("tuple[Any, ...]", value)))
        if isinstance(value, BaseModel):
            parts = {name: (old, self._vetted(old)) for name, old in value if name not in _OURS}
            changed = {name: new for name, (old, new) in parts.items() if new != old}
            if isinstance(value, Passage) and not self._leads(value):
                changed["link"] = ""
            return value.model_copy(update=changed) if changed else value
        return value

    def _leads(self, passage: Passage) -> bool:
        """Of a page of the web a model says where it is: that must have been found."""
        if passage.origin is not Origin.WEB or not passage.link:
            return True
        return _PAGE.fullmatch(passage.link) is not None and self.text(passage.link) == passage.link

    def _unlinked(self, text: str) -> str:
        shown = clean(text)
        return _WORD.sub(self._judged, shown) if _may_link(shown) else shown

    def _judged(self, found: re.Match[str]) -> str:
        word = found[0]
        link = _link(word)
        if _link(word.translate(_NO_MARKS)) != link.translate(_NO_MARKS):
            return REMOVED  # another one, as soon as the marks are gone
        if not link or hash(link) in self._links:
            return word
        return word.replace(link, REMOVED, 1)


def _may_link(text: str) -> bool:
    """At a glance."""
    return "//" in text or "www" in text.casefold()


def _link(word: str) -> str:
    """From its scheme or www on, without what closes the sentence; empty where there is none."""
    www, colon = _WWW.search(word), word.find("://")
    starts = [www.start()] if www else []
    if colon >= 0 and word[colon:].strip(_CLOSING):
        starts.append(len(word[:colon].rstrip(_SCHEME)))
    return word[min(starts) :].rstrip(_CLOSING) if starts else ""
