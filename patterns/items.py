"""
What a part of a conversation says, in items that lead back to messages.

A model finds them; code checks each against the messages that it cites, and what does not hold
is mended once or left out. What is left is a `Point`, and its words are never taken on trust.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from patterns.numbers import invented
from patterns.packing import Line
from patterns.ports import Answer
from patterns.quotes import folded, found, in_context, words
from patterns.task import Message

K = TypeVar("K", bound=StrEnum)

#: Of an item's text: thirty words are asked for, a few more do no harm.
_WORDS_MOST, _TEXT_MOST = 40, 400
#: Lines of one item, and signs of its quote, at most; a single short word is no quote.
_LINES_MOST, _QUOTE_MOST, _QUOTE_LEAST = 20, 500, 8
CONFIDENCE_MOST = 5
#: What stands between two owners.
_AND = re.compile(r"\s*(?:,|/|&|\+|\band\b)\s*")
#: Who says so of themselves is no name.
_FIRST_PERSON = frozenset({"i", "me", "myself", "we", "us", "you"})


class Item(Answer, Generic[K]):
    """
    What a model takes from numbered lines.

    *lines* are the numbers in front of those that say it; *quote* is word for word from one of
    them, *speaker* who wrote that one. *owner*, who is to do it, and *due*, until when, in the
    words of a line, are None where nobody said. *confidence* is from 0 to 5.
    """

    kind: K
    text: str
    lines: list[int]
    quote: str
    speaker: str
    owner: str | None
    due: str | None
    confidence: int


class Sentence(Answer):
    """Of an overview: *items* are the numbers, from 1, of those that it rests on."""

    text: str
    items: list[int]


class Notes(Answer, Generic[K]):
    """What one chunk holds; no items where nothing in it matters."""

    overview: list[Sentence]
    items: list[Item[K]]


class Point(BaseModel):
    """
    An item that holds. *quote* was found, in code, in the message that *speaker* wrote.

    *sources* are ids of the messages it rests on, the quoted one first, and *links* lead to them
    (ids where there are no links). *owner* and *due* are empty where nobody said; *due* is in the
    words of a message. *at* is when the quoted message was written. *reactions*, *replies* and
    *mentions* count those of its sources. *later* links to what superseded it, *doubt* says what
    a second reading found wrong with it.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    text: str
    quote: str
    speaker: str
    owner: str = ""
    due: str = ""
    at: float | None = None
    confidence: int = 3
    sources: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    reactions: int = 0
    replies: int = 0
    mentions: int = 0
    later: tuple[str, ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class Fault(Generic[K]):
    """*why* is for the model, which may mend *item* once."""

    item: Item[K]
    why: str


@dataclass(frozen=True)
class Checked(Generic[K]):
    """*numbers* are, for each of *points*, that of its item (from 1)."""

    points: tuple[Point, ...]
    numbers: tuple[int, ...]
    faults: tuple[Fault[K], ...]


def verify(items: Sequence[Item[K]], chunk: Sequence[Line]) -> Checked[K]:
    """
    Which of *items* hold: numbers of lines that may be cited, a quote that one of these really
    says, by whom it is said to be, an owner who wrote or is named in one of them, a due date that
    stands there, and no number that stands in none of them.
    """
    said = _said(chunk)
    points: list[Point] = []
    numbers: list[int] = []
    faults: list[Fault[K]] = []
    for number, item in enumerate(items, 1):
        try:
            points.append(_point(item, said))
        except _UnfoundedError as err:
            faults.append(Fault(item, str(err)))
        else:
            numbers.append(number)
    return Checked(tuple(points), tuple(numbers), tuple(faults))


class _UnfoundedError(Exception):
    """Why an item does not hold."""


@dataclass(frozen=True)
class _Said:
    """A message, and what of its text a chunk holds: of a long one, some of its parts."""

    message: Message
    text: str


def _said(chunk: Sequence[Line]) -> Mapping[int, _Said]:
    """By the numbers of lines; all lines of a message give all that the chunk holds of it."""
    cited = [line for line in chunk if line.number > 0]
    texts: dict[str, str] = {}
    for line in cited:
        texts[line.message.id] = texts.get(line.message.id, "") + line.text
    return {line.number: _Said(line.message, texts[line.message.id]) for line in cited}


def _point(item: Item[K], said: Mapping[int, _Said]) -> Point:
    _require_short(item.text)
    cited = _cited(item.lines, said)
    quoted, quote = _quoted(item, cited)
    owner, due = _owner(item.owner or "", cited), _due(item.due or "", cited)
    _require_numbers(item.text, cited)
    first = quoted.message
    sources = [first, *(each.message for each in cited if each.message.id != first.id)]
    return Point(
        kind=item.kind,
        text=item.text.strip(),
        quote=quote,
        speaker=first.author,
        owner=owner,
        due=due,
        at=first.at,
        confidence=min(max(item.confidence, 0), CONFIDENCE_MOST),
        sources=tuple(message.id for message in sources),
        links=tuple(message.permalink or message.id for message in sources),
        reactions=sum(message.reactions for message in sources),
        replies=sum(message.replies for message in sources),
        mentions=sum(len(set(message.mentions)) for message in sources),
    )


def _require_short(text: str) -> None:
    if not text.strip():
        raise _UnfoundedError("it says nothing")
    if len(text.split()) > _WORDS_MOST or len(text) > _TEXT_MOST:
        raise _UnfoundedError("it is too long: 30 words are enough")


def _cited(lines: Sequence[int], said: Mapping[int, _Said]) -> Sequence[_Said]:
    """Each message once."""
    if not lines:
        raise _UnfoundedError("it cites no line")
    if strange := [number for number in lines if number not in said]:
        raise _UnfoundedError(f"line {strange[0]} is none of those that may be cited")
    cited = {said[number].message.id: said[number] for number in lines}
    if len(cited) > _LINES_MOST:
        raise _UnfoundedError("it cites too many lines: only those count that say it")
    return list(cited.values())


def _quoted(item: Item[K], cited: Sequence[_Said]) -> tuple[_Said, str]:
    """The message that says the quote, and its own words there, with what turns them."""
    standing = [(said, span) for said in cited if (span := _place(item.quote, said.text))]
    if not standing:
        where = "that line" if len(cited) == 1 else "any of those lines"
        raise _UnfoundedError(f"the quote does not stand in {where}")
    speaker = _name(item.speaker)
    by_speaker = [(said, span) for said, span in standing if _name(said.message.author) == speaker]
    if not by_speaker:
        author = standing[0][0].message.author
        raise _UnfoundedError(f"what is quoted was written by {author}, who is not the speaker")
    long_enough = [(said, span) for said, span in by_speaker if _tells(span, said.text)]
    if not long_enough:
        raise _UnfoundedError("the quote is too short to be looked up")
    for said, span in long_enough:
        whole = in_context(span, said.text)
        if whole and whole[1] - whole[0] <= _QUOTE_MOST:
            return said, said.text[slice(*whole)]
    raise _UnfoundedError("the quote is too long, or torn out of a long sentence that turns it")


def _place(quote: str, text: str) -> tuple[int, int] | None:
    """Some models put a backslash in front of an underscore."""
    return found(quote, text) or ("\\_" in quote and found(_plain(quote), text)) or None


def _tells(span: tuple[int, int], text: str) -> bool:
    """Is it more than one short word, or all that there is?"""
    quote = text[slice(*span)]
    return (
        len(quote) >= _QUOTE_LEAST
        or sum(1 for _ in words(quote)) > 1
        or sum(1 for _ in words(text)) == 1
    )


def _owner(given: str, cited: Sequence[_Said]) -> str:
    """One name or several, each that of an author or in a message."""
    owner = given.strip().removeprefix("@")
    if not owner:
        return ""
    names = [name for each in _AND.split(owner) if (name := _name(each))]
    if not names or not _FIRST_PERSON.isdisjoint(names):
        raise _UnfoundedError("owner is the name of a person, and nothing that stands for one")
    if not _is_named(_name(owner), cited) and not all(_is_named(name, cited) for name in names):
        raise _UnfoundedError("the owner neither wrote one of those lines nor is named there")
    return _plain(owner)


def _is_named(name: str, cited: Sequence[_Said]) -> bool:
    return any(
        name in map(_name, (said.message.author, *said.message.mentions))
        or _stands(name, folded(said.text))
        for said in cited
    )


def _stands(name: str, text: str) -> bool:
    """As a word; where a script has no small letters, it may have no blanks either."""
    if not name.islower():
        return name in text
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _due(given: str, cited: Sequence[_Said]) -> str:
    """In the words of a message."""
    if not given.strip():
        return ""
    for said in cited:
        if span := found(given, said.text):
            return said.text[slice(*span)]
    raise _UnfoundedError("due does not stand there word for word")


def _require_numbers(text: str, cited: Sequence[_Said]) -> None:
    said = (
        each
        for source in cited
        for each in (source.text, source.message.author, *source.message.mentions)
    )
    if strange := invented(text, said):
        raise _UnfoundedError(f"the number {strange[0]} stands in none of those lines")


def _name(text: str) -> str:
    """As names are compared: "@Ada (bot)" is Ada."""
    return folded(_plain(text)).removeprefix("@").removesuffix("(bot)").strip()


def _plain(text: str) -> str:
    return text.replace("\\_", "_")
