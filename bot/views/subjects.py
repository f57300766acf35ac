"""What a form asks a run to be about: a text, or which conversation is to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.runs.limits import LAST_MOST, TEXT_MOST
from bot.runs.model import Place
from bot.views.blocks import Block
from bot.views.inputs import number, number_input, text_input, typed
from bot.views.reading import visible

TEXT, SINCE, LAST = "text", "since", "last"

#: What is to be read: a link and no more.
_SOURCE_MOST = 1_000
_SINCE_MOST = 20
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
    return _conversation(place, text) if recipe == "summarize" else [_topic(recipe, text)]


def read(view: Mapping[str, Any], recipe: str, place: Place) -> str | Wrong:
    """As it would be typed after a command."""
    text = typed(view, TEXT)
    if recipe == "summarize":
        return _read_conversation(view, text, place)
    return _marked(text) if visible(text) else Wrong(TEXT, _NOTHING)


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
            hint="Of a channel: 90m, 24h, 7d or 2w.",
            optional=True,
        ),
        number_input(LAST, "How many messages at most?", least=1, most=LAST_MOST),
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
    since = _marked(typed(view, SINCE))
    parts = [
        f"<#{channel['id']}>" if channel else _marked(text),
        f"since {since}" if since else "",
        f"last {int(last)}" if last else "",
    ]
    return " ".join(part for part in parts if part)


def _marked(text: str) -> str:
    """As Slack sends what is typed after a command: nothing in it is a mark of Slack's."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_channel(place: Place) -> bool:
    return place.channel[:1] in {"C", "G"}
