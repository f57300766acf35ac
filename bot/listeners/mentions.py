"""What is said to us: behind our name in a channel or a thread, or in direct messages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.listeners import lookups, words
from bot.listeners.afterwards import Afterwards
from bot.listeners.bodies import (
    Body,
    author,
    delivery,
    heard_by,
    is_known,
    is_stranger,
    place_of,
    text,
    value,
)
from bot.listeners.lookups import Lookups
from bot.listeners.parsing import OF_FILES, Typed, Usage
from bot.listeners.shortcuts import meant
from bot.listeners.starting import Starting
from bot.runs.model import Actor, Place, RunRequest, Shared, Source
from bot.views import notices
from bot.views.reading import visible
from patterns.recipes import RECIPES

_MENTION = re.compile(r"<@(?P<user>[A-Z0-9]+)(?:\|[^<>]*)?>")
#: Of all kinds of messages, those that people write.
_OF_PEOPLE = ("", "file_share", "thread_broadcast")
_NOT_OF_PEOPLE = ("bot_id", "bot_profile", "edited", "hidden")
#: "summarize this thread", "factcheck that!": what it stands under is meant.
_THIS = (
    r"(?:please|it|here|(?:this|that|the)(?:\s+(?:thread|channel|message|conversation|file|log))?"
    r"|thread|channel)\s*[.!?]*\s*"
)
_ALONE = re.compile(rf"{_THIS}(?=$|--|—|–)", re.IGNORECASE)
#: What is worked on with a question, too.
_ASKED = re.compile(rf"{_THIS}(?=$|--|—|–|about\b|for\s|fields\b)", re.IGNORECASE)
_WITH_A_QUESTION = frozenset({"summarize", *OF_FILES})


@dataclass(frozen=True, kw_only=True)
class Said:
    """
    *thread* is the root of the thread in which it was said; *answer* is where we answer. *files*:
    some came with it.
    """

    by: Actor
    channel: str
    ts: str
    words: str
    thread: str | None
    files: bool
    answer: Place
    dedupe: str
    stranger: bool

    @property
    def direct(self) -> bool:
        """In direct messages with us."""
        return self.channel.startswith("D")


class Mentions:
    def __init__(self, starting: Starting, lookups: Lookups, afterwards: Afterwards) -> None:
        self._starting = starting
        self._lookups = lookups
        self._afterwards = afterwards

    async def on_message(self, body: Body) -> None:
        said = heard(body)
        if said is None:
            return
        word, rest = words.first(said.words)
        if said.stranger:
            sentence = notices.STRANGER
        elif word in RECIPES:
            sentence = await self._start(said, word, rest)
        else:
            sentence = await self._look_up(said, word, rest)
        self._afterwards.tell(said.by, said.answer, sentence)

    async def _start(self, said: Said, recipe: str, rest: str) -> str:
        request = self._starting.read(asked_for(said, recipe, rest))
        if isinstance(request, Usage):
            unsaid = request.form and not said.direct
            return notices.mention_usage() if unsaid else request.sentence
        return await self._starting.start(answered_in(request, said.answer))

    async def _look_up(self, said: Said, word: str, rest: str) -> str:
        if word not in lookups.WORDS:
            return notices.welcome() if said.direct else notices.mention_usage()
        if sentence := await self._lookups.at_once(said.by, word, rest):
            return sentence
        self._afterwards.do(self._later(said, word, rest))
        return ""

    async def _later(self, said: Said, word: str, rest: str) -> None:
        sentence = await self._lookups.later(said.by, word, rest)
        self._afterwards.tell(said.by, said.answer, sentence)


def heard(body: Body) -> Said | None:
    """
    None for what is not said to us by a person.

    Slack tells of a mention in direct messages as of any other message there, so that is the
    one of the two that counts. Bots are not answered: two that answer each other never end.
    """
    channel = text(body, "event", "channel")
    kind = text(body, "event", "type")
    direct = channel.startswith("D")
    by = author(body)
    ts = text(body, "event", "ts")
    if kind != ("message" if direct else "app_mention") or not (is_known(by) and channel and ts):
        return None
    if not _is_of_a_person(body):
        return None
    thread = text(body, "event", "thread_ts") or None
    # in direct messages with an agent every question begins a thread
    answer = place_of(by, channel, thread or (ts if direct else None))
    return Said(
        by=by,
        channel=channel,
        ts=ts,
        words=_behind_our_name(text(body, "event", "text"), _we(body), direct=direct),
        thread=thread,
        files=bool(value(body, "event", "files")),
        answer=answer,
        dedupe=delivery(by, text(body, "event_id") or f"{channel}:{ts}"),
        stranger=is_stranger(body, by),
    )


def asked_for(said: Said, recipe: str, rest: str) -> Typed:
    """
    Where the answer goes is no part of what is asked: two messages, but one question.

    Of our own conversation in direct messages nobody wants a summary.
    """
    this = (_ASKED if recipe in _WITH_A_QUESTION else _ALONE).match(rest)
    return Typed(
        recipe=recipe,
        text=rest[this.end() :] if this else rest,
        by=said.by,
        place=place_of(said.by, said.channel, said.thread),
        dedupe=said.dedupe,
        pointed=_pointed(said, recipe),
        around=not said.direct,
    )


def _pointed(said: Said, recipe: str) -> Source | None:
    """The thread, or its first message; files that came with the words are meant first."""
    if said.files and recipe in OF_FILES:
        return Shared(channel=said.channel, ts=said.ts, thread_ts=said.thread)
    root = said.thread or (said.ts if said.files and recipe == "summarize" else None)
    return meant(recipe, said.channel, root, root) if root else None


def answered_in(request: RunRequest, place: Place) -> RunRequest:
    return request.model_copy(update={"place": place})


def _is_of_a_person(body: Body) -> bool:
    if any(value(body, "event", sign) for sign in _NOT_OF_PEOPLE):
        return False
    kind, user = value(body, "event", "subtype") or "", text(body, "event", "user")
    return kind in _OF_PEOPLE and user not in {"USLACKBOT", _we(body)}


def _we(body: Body) -> str:
    """Our own user's id, where the delivery names it."""
    us = heard_by(body)
    return text(us, "user_id") if us.get("is_bot") is True else ""


def _behind_our_name(said: str, we: str, *, direct: bool) -> str:
    """What follows our name; where nothing does, what stands before it."""
    names = list(_MENTION.finditer(said))
    ours = next((name for name in names if name["user"] == we), None)
    if direct:
        ours = ours if ours and not said[: ours.start()].strip() else None
    else:
        ours = ours or next(iter(names), None)
    if ours is None:
        return said
    behind = said[ours.end() :].lstrip(" ,:\n")
    return behind if visible(behind) else said[: ours.start()]
