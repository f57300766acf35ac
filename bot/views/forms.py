"""The forms that people fill in, and what they wished when they sent one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from bot.runs.limits import KEEP_DAYS_MOST, REASON_MOST, VOTERS_MOST
from bot.runs.model import Place, Run
from bot.runs.workspace import Preference, ResultShown
from bot.views import timeline
from bot.views.actions import ASK_FORM, SETTINGS_FORM, WHY_FORM, Ticket, read_ticket
from bot.views.blocks import Block, context, literal
from bot.views.inputs import (
    Choice,
    chosen,
    number,
    number_input,
    one_of,
    text_input,
    tick,
    ticked,
    typed,
)
from bot.views.reading import unescaped
from bot.views.subjects import TEXT, Wrong, inputs, read
from patterns.task import Depth

View = dict[str, Any]

_TITLE_MOST = 24
_METADATA_MOST = 3_000
_OPERATOR = "operator"

#: The blocks of the forms.
DEPTH, VOTERS, PRIVATE = "depth", "voters", "private"
REASON = "reason"
PAUSED, RESULT, KEEP_DAYS = "paused", "result", "keep_days"

_TITLES = {
    "factcheck": "Fact-check",
    "brainstorm": "Brainstorm",
    "summarize": "Summarize",
    "safety": "Safety check",
    "logs": "Look through a log",
    "extract": "Extract fields",
}
_DEPTHS = (
    Choice(Depth.QUICK, "Quick: fewer voices, the least cost"),
    Choice(Depth.NORMAL, "Normal"),
    Choice(Depth.DEEP, "Deep: more voices and more checks"),
)
_RESULTS = (
    Choice(_OPERATOR, "As whoever runs me has set it"),
    Choice(ResultShown.EDIT, "In the card alone: the channel is not notified"),
    Choice(ResultShown.BROADCAST, "As a message to the channel; the card points to it"),
    Choice(ResultShown.BOTH, "In the card, and its conclusion as a message to the channel"),
)


@dataclass(frozen=True)
class FormErrors:
    """What is wrong, by block: one plain sentence each, for Slack's `response_action`."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """
    *text* is what a person would have typed after the command, options and Slack's marks and
    all. *respond* is the response_url of what opened the form; empty where none did.
    """

    recipe: str
    place: Place
    text: str
    respond: str


@dataclass(frozen=True)
class Why:
    ticket: Ticket
    reason: str


def ask(recipe: str, place: Place, *, text: str = "", respond: str = "") -> View:
    """
    The form that starts a run; *text* is what stands in it at first, with Slack's marks.

    Asked for in no channel (*place* names none), or in direct messages, there is no
    conversation here that could be meant.
    """
    voters = [_voters()] if recipe == "factcheck" else []
    return _modal(
        _TITLES[recipe],
        [
            *inputs(recipe, place, unescaped(text)),
            one_of(DEPTH, "How thorough?", _depths(recipe), initial=Depth.NORMAL),
            *voters,
            _seen_by(recipe),
        ],
        callback_id=ASK_FORM,
        metadata=_written(recipe, place, respond),
        submit="Start",
    )


def read_ask(view: Mapping[str, Any]) -> Asked | FormErrors:
    asking = _asking(view)
    if asking is None:
        return FormErrors({TEXT: "This form is from an older version of me: open it anew."})
    recipe, place, respond = asking
    subject = read(view, recipe, place)
    if isinstance(subject, Wrong):
        return FormErrors({subject.block: subject.sentence})
    voters = typed(view, VOTERS)
    if voters and number(voters, VOTERS_MOST) is None:
        return FormErrors({VOTERS: f"A whole number from 1 to {VOTERS_MOST}, or nothing."})
    depth = chosen(view, DEPTH)
    options = [
        f"--{depth}" if depth in {Depth.QUICK, Depth.DEEP} else "",
        f"--voters {int(voters)}" if voters else "",
        "--private" if ticked(view, PRIVATE) else "",
    ]
    said = " ".join([*filter(None, options), "--", subject])
    return Asked(recipe, place, said, respond)


def refused(sentence: str) -> FormErrors:
    """A sentence that a command would have been answered with, at the words that are wrong."""
    return FormErrors({TEXT: unescaped(sentence.replace("`", ""))})


def why(ticket: Ticket) -> View:
    reason = text_input(
        REASON,
        "What was wrong or missing?",
        most=REASON_MOST,
        multiline=True,
        optional=True,
        hint="It is kept with the run, with your name, for whoever runs me.",
    )
    return _modal(
        "Not helpful", [reason], callback_id=WHY_FORM, metadata=str(ticket), submit="Send"
    )


def read_why(view: Mapping[str, Any]) -> Why:
    """The ticket of no run where the form is none of ours."""
    ticket = read_ticket(_metadata(view)) or Ticket("")
    return Why(ticket, typed(view, REASON)[:REASON_MOST])


def details(run: Run) -> View:
    """What happened in *run*, which has its events: no more than its card and thread show."""
    return _modal("Run details", timeline.blocks(run))


def settings(preference: Preference, *, most_days: int) -> View:
    """For the admins of a workspace. *most_days* is what is kept where they do not choose."""
    return _modal(
        "Settings",
        [
            tick(
                PAUSED,
                "Pause",
                Choice(PAUSED, "Start nothing new in this workspace"),
                initial=preference.paused,
            ),
            one_of(RESULT, "Where results go", _RESULTS, initial=preference.result or _OPERATOR),
            number_input(
                KEEP_DAYS,
                "Days that questions and results are kept",
                least=1,
                most=most_days,
                initial=preference.keep_days and min(preference.keep_days, most_days),
                placeholder=str(most_days),
                hint=f"At most {most_days}. What is older is deleted.",
            ),
            context("These settings are for all of the workspace; its admins alone change them."),
        ],
        callback_id=SETTINGS_FORM,
        metadata=str(most_days),
        submit="Save",
    )


def read_settings(view: Mapping[str, Any]) -> Preference | FormErrors:
    most = number(_metadata(view), KEEP_DAYS_MOST) or KEEP_DAYS_MOST
    days = typed(view, KEEP_DAYS)
    if days and number(days, most) is None:
        return FormErrors({KEEP_DAYS: f"A whole number from 1 to {most}, or nothing."})
    result = chosen(view, RESULT)
    return Preference(
        paused=ticked(view, PAUSED),
        result=ResultShown(result) if result in set(ResultShown) else None,
        keep_days=int(days) if days else None,
    )


def _modal(
    title: str,
    blocks: list[Block],
    *,
    callback_id: str = "",
    metadata: str = "",
    submit: str = "",
) -> View:
    view: View = {
        "type": "modal",
        "title": literal(title, _TITLE_MOST),
        "close": literal("Cancel" if submit else "Close", _TITLE_MOST),
        "blocks": blocks,
    }
    if submit:
        view |= {
            "submit": literal(submit, _TITLE_MOST),
            "callback_id": callback_id,
            "private_metadata": metadata,
        }
    return view


def _depths(recipe: str) -> tuple[Choice, ...]:
    """No fewer than three voters look for harm."""
    return _DEPTHS[1:] if recipe == "safety" else _DEPTHS


def _seen_by(recipe: str) -> Block:
    if recipe == "safety":
        return context("Only you see the result; you can share it.")
    return tick(PRIVATE, "Who sees it?", Choice(PRIVATE, "Only I see the result"))


def _voters() -> Block:
    return number_input(
        VOTERS,
        "How many voters?",
        least=1,
        most=VOTERS_MOST,
        hint="Nothing means as many as fit the thoroughness.",
    )


def _written(recipe: str, place: Place, respond: str) -> str:
    """What comes back with the form; an address that is too long to carry is done without."""
    asking = {"recipe": recipe, "place": place.model_dump(mode="json"), "respond": respond}
    written = json.dumps(asking, separators=(",", ":"))
    return written if len(written) <= _METADATA_MOST else _written(recipe, place, "")


def _asking(view: Mapping[str, Any]) -> tuple[str, Place, str] | None:
    try:
        found: object = json.loads(_metadata(view))
        if not isinstance(found, dict):
            return None
        asking = cast("dict[str, Any]", found)
        recipe, respond = asking["recipe"], asking["respond"]
        place = Place.model_validate(asking["place"])
    except (ValueError, KeyError):
        return None
    texts = isinstance(recipe, str) and isinstance(respond, str)
    return (recipe, place, respond) if texts and recipe in _TITLES else None


def _metadata(view: Mapping[str, Any]) -> str:
    found = view.get("private_metadata")
    return found if isinstance(found, str) else ""
