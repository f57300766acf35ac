"""From what a person typed to a request, or to one sentence of help. Pure, and never raises."""

from __future__ import annotations

from dataclasses import dataclass

from bot.listeners.links import address, mentions_message, message_link, spoken
from bot.listeners.options import Options, take
from bot.listeners.windows import window
from bot.runs.limits import TEXT_MOST
from bot.runs.model import OneMessage, Place, RunRequest, Source, Thread
from bot.views import notices
from bot.views.reading import visible
from patterns.recipes import RECIPES
from patterns.task import Depth

#: No text that is short enough once it is read back is longer than this with Slack's marks.
_RAW_MOST = 6 * TEXT_MOST
_HELP = frozenset({"help", "-h", "?"})


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A slash command as Slack delivers it; *trigger* names the delivery."""

    command: str
    text: str
    channel: str
    team: str
    user: str
    trigger: str


@dataclass(frozen=True)
class Usage:
    """No request: *sentence*, in mrkdwn, is for the person who typed."""

    sentence: str


@dataclass(frozen=True, kw_only=True)
class _Subject:
    text: str = ""
    source: Source | None = None


def parse(typed: Typed, *, now: float, workspace_url: str) -> RunRequest | Usage:
    """*now* is in seconds since 1970; *workspace_url* is where its messages' links lead."""
    recipe = typed.command.removeprefix("/")
    if recipe not in RECIPES:
        return Usage(notices.unknown_command(typed.command))
    if len(typed.text) > _RAW_MOST:
        return Usage(notices.too_long(recipe, len(typed.text)))
    taken = take(recipe, typed.text)
    if isinstance(taken, str):
        return Usage(taken)
    text, options = taken if visible(taken[0]) else ("", taken[1])
    if options.help or text.casefold() in _HELP:
        return Usage(notices.usage(recipe))
    if recipe == "summarize":
        subject = _conversation(text, typed.channel, now, workspace_url)
    else:
        subject = _claim(recipe, text, workspace_url)
    return subject if isinstance(subject, Usage) else _request(recipe, typed, subject, options)


def _request(recipe: str, typed: Typed, subject: _Subject, options: Options) -> RunRequest:
    return RunRequest(
        recipe=recipe,
        text=subject.text,
        source=subject.source,
        depth=options.depth or Depth.NORMAL,
        voters=options.voters,
        private=options.private,
        fresh=options.fresh,
        asked_by=typed.user,
        place=Place(team=typed.team, channel=typed.channel),
        dedupe=f"{typed.team}:{typed.trigger}",
    )


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
