"""From what a person typed to a request, or to one sentence of help. Pure, and never raises."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from bot.listeners.meaning import Subject, claim, conversation, shared
from bot.listeners.options import Options, take
from bot.listeners.windows import usual
from bot.runs.limits import TEXT_MOST
from bot.runs.model import Actor, Place, RunRequest, Source
from bot.views import notices
from bot.views.reading import visible
from patterns.recipes import RECIPES
from patterns.task import Depth

#: No text that is short enough once it is read back is longer than this with Slack's marks.
_RAW_MOST = 6 * TEXT_MOST
_HELP = frozenset({"help", "-h", "?"})
#: What is asked of these is nobody's business but the asker's, until they share what came of it.
PRIVATE = frozenset({"safety"})
#: What works on the files of a message.
OF_FILES = frozenset({"logs", "extract"})


@dataclass(frozen=True, kw_only=True)
class Typed:
    """
    What *by* said behind the name of a recipe, in *place*.

    *pointed* is what is meant where nothing is said: the thread that it stands in, a message.
    *around*: or else the last day of the place itself. *dedupe* names the delivery.
    """

    recipe: str
    text: str
    by: Actor
    place: Place
    dedupe: str
    pointed: Source | None = None
    around: bool = True


@dataclass(frozen=True)
class Usage:
    """
    No request: *sentence*, in mrkdwn, is for the person who typed.

    *form* is the recipe whose form can be offered instead: nothing was said at all.
    """

    sentence: str
    form: str = ""


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
    if isinstance(subject, str):
        silent = not text and not typed.pointed and options == Options()
        return Usage(subject, form=recipe if silent else "")
    return _request(typed, text, subject, options)


def _subject(typed: Typed, text: str, now: float, workspace_url: str) -> Subject | str:
    """Where no source is named it is what is pointed at, or the place itself."""
    recipe, here, pointed = typed.recipe, typed.place.channel, typed.pointed
    if recipe in OF_FILES:
        found = shared(recipe, text, workspace_url, pointed=pointed is not None)
    elif recipe == "summarize":
        found = conversation(text, typed.by.user, here, now=now, workspace_url=workspace_url)
        if not pointed and typed.around:
            pointed = usual(here, now)
    elif text or not pointed:
        return claim(recipe, text, workspace_url)
    else:
        found = Subject()
    if isinstance(found, str) or found.source:
        return found
    return replace(found, source=pointed) if pointed else notices.usage(recipe)


def _request(typed: Typed, text: str, subject: Subject, options: Options) -> RunRequest:
    return RunRequest(
        recipe=typed.recipe,
        text=subject.text,
        source=subject.source,
        depth=options.depth or Depth.NORMAL,
        voters=options.voters,
        private=options.private or subject.mine or typed.recipe in PRIVATE,
        fresh=options.fresh,
        mine=subject.mine,
        asked_by=typed.by.user,
        place=typed.place,
        dedupe=typed.dedupe,
        question=_question(typed, text, options, subject.source),
    )


def _question(typed: Typed, text: str, options: Options, source: Source | None) -> str:
    """A digest of what was typed, by whom and where: a window is another one every second."""
    pointed = source.model_dump_json() if source and source == typed.pointed else ""
    parts = [
        typed.place.model_dump_json(),
        typed.by.user,
        typed.recipe,
        repr(options),
        " ".join(text.split()),
        pointed,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
