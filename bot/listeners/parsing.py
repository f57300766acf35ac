"""From what a person typed to a request, or to one sentence of help. Pure, and never raises."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from bot.listeners.links import address, mentions_message, message_link, spoken
from bot.listeners.options import Options, take
from bot.listeners.windows import window
from bot.runs.limits import TEXT_MOST
from bot.runs.model import Actor, OneMessage, Place, RunRequest, Source, Thread
from bot.views import notices
from bot.views.reading import visible
from patterns.recipes import RECIPES
from patterns.task import Depth

#: No text that is short enough once it is read back is longer than this with Slack's marks.
_RAW_MOST = 6 * TEXT_MOST
_HELP = frozenset({"help", "-h", "?"})
#: What is asked of these is nobody's business but the asker's, until they share what came of it.
PRIVATE = frozenset({"safety"})


@dataclass(frozen=True, kw_only=True)
class Typed:
    """
    What *by* said behind the name of a recipe, in *place*.

    *pointed* is what is meant where nothing is said: the thread that it stands in, a message.
    *dedupe* names the delivery.
    """

    recipe: str
    text: str
    by: Actor
    place: Place
    dedupe: str
    pointed: Source | None = None


@dataclass(frozen=True)
class Usage:
    """
    No request: *sentence*, in mrkdwn, is for the person who typed.

    *form* is the recipe whose form can be offered instead: nothing was said at all.
    """

    sentence: str
    form: str = ""


@dataclass(frozen=True, kw_only=True)
class _Subject:
    text: str = ""
    source: Source | None = None


def parse(typed: Typed, *, now: float, workspace_url: str) -> RunRequest | Usage:
    """*now* is in seconds since 1970; *workspace_url* is where its links lead, empty: anywhere."""
    recipe = typed.recipe
    if recipe not in RECIPES:
        return Usage(notices.unknown_command(f"/{recipe}"))
    if len(typed.text) > _RAW_MOST:
        return Usage(notices.too_long(recipe, len(typed.text)))
    taken = take(recipe, typed.text)
    if isinstance(taken, str):
        return Usage(taken)
    text, options = taken if visible(taken[0]) else ("", taken[1])
    if options.help or text.casefold() in _HELP:
        return Usage(notices.usage(recipe))
    subject = _subject(typed, text, now, workspace_url)
    if isinstance(subject, Usage):
        return subject if text or options != Options() else Usage(subject.sentence, form=recipe)
    return _request(typed, text, subject, options)


def _subject(typed: Typed, text: str, now: float, workspace_url: str) -> _Subject | Usage:
    if not text and typed.pointed:
        return _Subject(source=typed.pointed)
    if typed.recipe == "summarize":
        return _conversation(text, typed.place.channel, now, workspace_url)
    return _claim(typed.recipe, text, workspace_url)


def _request(typed: Typed, text: str, subject: _Subject, options: Options) -> RunRequest:
    return RunRequest(
        recipe=typed.recipe,
        text=subject.text,
        source=subject.source,
        depth=options.depth or Depth.NORMAL,
        voters=options.voters,
        private=options.private or typed.recipe in PRIVATE,
        fresh=options.fresh,
        asked_by=typed.by.user,
        place=typed.place,
        dedupe=typed.dedupe,
        question=_question(typed, text, options),
    )


def _question(typed: Typed, text: str, options: Options) -> str:
    """A digest of what was typed, by whom and where: a window is another one every second."""
    pointed = typed.pointed.model_dump_json() if typed.pointed and not text else ""
    parts = [
        typed.place.model_dump_json(),
        typed.by.user,
        typed.recipe,
        repr(options),
        " ".join(text.split()),
        pointed,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _claim(recipe: str, text: str, workspace_url: str) -> _Subject | Usage:
    """A text to work on, or the one message that a link leads to."""
    if url := address(text):
        found = message_link(url, workspace_url)
        if found is None:
            return Usage(notices.bad_link(recipe))
        return _Subject(
            source=OneMessage(channel=found.channel, ts=found.ts, thread_ts=found.thread_ts)
        )
    said = spoken(text)
    if not visible(said):
        return Usage(notices.empty(recipe))
    if len(said) > TEXT_MOST:
        return Usage(notices.too_long(recipe, len(said)))
    if mentions_message(text):
        return Usage(notices.link_and_more(recipe))
    return _Subject(text=said)


def _conversation(text: str, here: str, now: float, workspace_url: str) -> _Subject | Usage:
    """The thread that a link leads to, or a window of a channel."""
    if url := address(text):
        found = message_link(url, workspace_url)
        if found is None:
            return Usage(notices.bad_link("summarize"))
        return _Subject(source=Thread(channel=found.channel, ts=found.thread_ts or found.ts))
    if len(text) > TEXT_MOST:
        return Usage(notices.too_long("summarize", len(text)))
    asked = window(text, here, now)
    return Usage(asked) if isinstance(asked, str) else _Subject(source=asked)
