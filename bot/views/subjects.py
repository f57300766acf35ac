"""What a form asks a run to be about: a text, or which conversation is to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.runs.limits import LAST_MOST, TEXT_MOST
from bot.runs.model import Place
from bot.views.blocks import Block
from bot.views.inputs import Choice, number, number_input, text_input, tick, ticked, typed
from bot.views.reading import visible
from patterns.fields import FieldsUnclear, wanted

TEXT, SINCE, LAST, ABOUT, MINE, FIELDS = "text", "since", "last", "about", "mine", "fields"

#: What is to be read: a link and no more.
_SOURCE_MOST = 1_000
_SINCE_MOST = 20
#: With the link and what stands around them they are a text that a command takes.
_ABOUT_MOST, _FIELDS_MOST = 1_000, 2_500
_CHANNEL = re.compile(r"https?://[^\s/<>|]+/archives/(?P<id>[CG][A-Z0-9]{2,30})/?")
_LINK = "⋮ → Copy link"
_NOTHING = "Say what to work on, or give the link to a message."
_NO_SOURCE = f"Say what to read, by its link ({_LINK})."
_BY_LINK = "I can't tell a channel by its name here: give its link (its name → Copy link)."
_LABELS = {
    "factcheck": ("What should be checked?", "The Great Wall is visible from the Moon"),
    "brainstorm": ("What is the problem?", "How do we halve the time a release takes?"),
    "safety": ("Which text should be looked at?", "The draft of a post"),
}


@dataclass(frozen=True)
class Wrong:
    """One plain sentence on what stands in *block*."""

    block: str
    sentence: str


def inputs(recipe: str, place: Place, text: str) -> list[Block]:
    """With *text* in it at first."""
    match recipe:
        case "summarize":
            return _conversation(place, text)
        case "logs":
            return [_message(text), _about()]
        case "extract":
            return [_message(text), _fields()]
        case _:
            return [_topic(recipe, text)]


def read(view: Mapping[str, Any], recipe: str, place: Place) -> str | Wrong:
    """As it would be typed after a command."""
    text = typed(view, TEXT)
    if recipe == "summarize":
        return _read_conversation(view, text, place)
    if not visible(text):
        return Wrong(TEXT, _NOTHING)
    if recipe == "extract":
        return _read_fields(view, text)
    return " ".join(filter(None, [_marked(text), _question(view)]))


def _topic(recipe: str, text: str) -> Block:
    label, placeholder = _LABELS[recipe]
    return text_input(
        TEXT,
        label,
        most=TEXT_MOST,
        initial=text,
        placeholder=placeholder,
        hint=f"Or the link to a message ({_LINK}).",
        multiline=True,
    )


def _message(text: str) -> Block:
    return text_input(
        TEXT,
        "Which message did the file come with?",
        most=_SOURCE_MOST,
        initial=text,
        placeholder="https://…",
        hint=f"Its link ({_LINK}); without files its own text is taken.",
    )


def _about() -> Block:
    return text_input(
        ABOUT,
        "About which question?",
        most=_ABOUT_MOST,
        placeholder="Nothing means all that matters",
        optional=True,
    )


def _fields() -> Block:
    return text_input(
        FIELDS,
        "Which fields?",
        most=_FIELDS_MOST,
        placeholder="name, amount: number, paid: yes/no, due: date, kind: a|b",
        hint="Separated by commas. A field is text where nothing else is said; what it is may "
        "stand behind it in brackets. Or a JSON schema.",
        multiline=True,
    )


def _conversation(place: Place, text: str) -> list[Block]:
    here = _is_channel(place)
    return [
        text_input(
            TEXT,
            "What should be summarized?",
            most=_SOURCE_MOST,
            initial=text,
            placeholder="This channel" if here else "https://…",
            hint=f"The link to a thread, a message or a channel ({_LINK})"
            + ("; nothing means this channel." if here else "."),
            optional=here,
        ),
        text_input(
            SINCE,
            "How far back?",
            most=_SINCE_MOST,
            placeholder="24h",
            hint="Of a channel: 90m, 24h, 7d or 2w; last means since your last summary of it.",
            optional=True,
        ),
        number_input(LAST, "How many messages at most?", least=1, most=LAST_MOST),
        _about(),
        tick(MINE, "For whom?", Choice(MINE, "Only what concerns me; only I see it")),
    ]


def _read_conversation(view: Mapping[str, Any], text: str, place: Place) -> str | Wrong:
    if text.startswith("#"):
        return Wrong(TEXT, _BY_LINK)
    if not visible(text) and not _is_channel(place):
        return Wrong(TEXT, _NO_SOURCE)
    last = typed(view, LAST)
    if last and number(last, LAST_MOST) is None:
        return Wrong(LAST, f"A whole number from 1 to {LAST_MOST:,}, or nothing.")
    channel = _CHANNEL.fullmatch(text)
    since = _marked(typed(view, SINCE)).removeprefix("since ")
    parts = [
        f"<#{channel['id']}>" if channel else _marked(text),
        f"since {since}" if since else "",
        f"last {int(last)}" if last else "",
        "for me" if ticked(view, MINE) else "",
        _question(view),
    ]
    return " ".join(part for part in parts if part)


def _question(view: Mapping[str, Any]) -> str:
    about = typed(view, ABOUT)
    return f"about {_marked(about)}" if visible(about) else ""


def _read_fields(view: Mapping[str, Any], text: str) -> str | Wrong:
    said = typed(view, FIELDS)
    try:
        wanted(said)
    except FieldsUnclear as err:
        return Wrong(FIELDS, str(err))
    return f"{_marked(text)} fields: {_marked(said)}"


def _marked(text: str) -> str:
    """As Slack sends what is typed after a command: nothing in it is a mark of Slack's."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_channel(place: Place) -> bool:
    return place.channel[:1] in {"C", "G"}
