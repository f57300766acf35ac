"""What is to be worked on, by what was said: each returns that, or a sentence on what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.listeners.links import address, led, mentions_message, message_link, spoken
from bot.listeners.windows import window
from bot.runs.limits import TEXT_MOST
from bot.runs.model import OneMessage, Several, Shared, Source, Thread, Window
from bot.views import notices
from bot.views.reading import visible
from patterns.fields import FieldsUnclear, wanted

#: What follows is the question, to its end.
_ABOUT = re.compile(r"(?<!\S)about(?::|(?!\S))", re.IGNORECASE)
_FOR_ME = re.compile(
    r"(?<!\S)for\s+(?:@?me|<@(?P<user>[A-Z0-9]+)(?:\|[^<>]*)?>)[.!?]*(?!\S)", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """*source* is None where none was named; *mine*: only what concerns who asks."""

    text: str = ""
    source: Source | None = None
    mine: bool = False


def claim(recipe: str, text: str, workspace_url: str) -> Subject | str:
    """A text to work on, or the one message that a link leads to."""
    if url := address(text):
        found = message_link(url, workspace_url)
        if found is None:
            return notices.bad_link(recipe)
        return Subject(
            source=OneMessage(channel=found.channel, ts=found.ts, thread_ts=found.thread_ts)
        )
    said = spoken(text)
    if not visible(said):
        return notices.empty(recipe)
    if len(said) > TEXT_MOST:
        return notices.too_long(recipe, len(said))
    if mentions_message(text):
        return notices.link_and_more(recipe)
    return Subject(text=said)


def conversation(text: str, by: str, here: str, *, now: float, workspace_url: str) -> Subject | str:
    """
    The thread that a link leads to, or windows of channels; *here* where bounds name none.

    Behind them comes a question, after `about`. *by* is the id of who asks: `for me`, or their
    own mention, means them.
    """
    said = _ABOUT.search(text)
    head, tail = (text[: said.start()], text[said.end() :]) if said else (text, "")
    head, first = _without_me(head, by)
    tail, last = _without_me(tail, by, at_end=True)
    if isinstance(first, str):
        return first
    about = spoken(tail)
    if len(head) > TEXT_MOST or len(about) > TEXT_MOST:
        return notices.too_long("summarize", max(len(head), len(about)))
    if said and not visible(about):
        return notices.empty_about("summarize")
    if mentions_message(tail):
        return notices.link_and_more("summarize")
    source = _source(head, here, now, workspace_url)
    if isinstance(source, str):
        return source
    return Subject(text=about, source=source, mine=first or last is True)


def shared(recipe: str, text: str, workspace_url: str, *, pointed: bool) -> Subject | str:
    """
    The files of the message that a link leads to, and what is asked of them: a question, or the
    fields that are wanted. With *pointed*, a message is meant without a link.
    """
    url, rest = led(text)
    found = message_link(url, workspace_url) if url else None
    if url and found is None:
        return notices.bad_link(recipe)
    if found is None and not (pointed or mentions_message(rest)):
        return notices.no_file(recipe)
    lead = _ABOUT.match(rest) if recipe == "logs" else None
    said = spoken(rest[lead.end() :] if lead else rest)
    wrong = _wrong(recipe, rest, said, asks=lead is not None)
    source = found and Shared(channel=found.channel, ts=found.ts, thread_ts=found.thread_ts)
    return wrong or Subject(text=said if visible(said) else "", source=source)


def _wrong(recipe: str, rest: str, said: str, *, asks: bool) -> str:
    """What is wrong with *said*, which stands in *rest*: behind `about` where it *asks*."""
    if mentions_message(rest):
        return notices.link_and_more(recipe)
    if len(said) > TEXT_MOST:
        return notices.too_long(recipe, len(said))
    if asks and not visible(said):
        return notices.empty_about(recipe)
    if recipe == "extract":
        try:
            wanted(said)
        except FieldsUnclear as err:
            return notices.bad_fields(str(err))
    return ""


def _source(
    head: str, here: str, now: float, workspace_url: str
) -> Thread | Window | Several | str | None:
    url, rest = led(head)
    if mentions_message(rest) or (url and visible(rest)):
        return notices.link_and_more("summarize")
    if url:
        found = message_link(url, workspace_url)
        if found is None:
            return notices.bad_link("summarize")
        return Thread(channel=found.channel, ts=found.thread_ts or found.ts)
    return window(rest, here, now) if visible(rest) else None


def _without_me(text: str, by: str, *, at_end: bool = False) -> tuple[str, bool | str]:
    """
    *text* without `for me`, and whether it said so; or a sentence, where another one is named.

    In a question it counts *at_end* alone, and others are a part of it.
    """
    for found in _FOR_ME.finditer(text):
        if at_end and visible(text[found.end() :]):
            continue
        if found["user"] and found["user"].upper() != by:
            return text, False if at_end else notices.FOR_ME_ALONE
        return f"{text[: found.start()]} {text[found.end() :]}".strip(), True
    return text, False
