"""A form with every kind of field, for the tests of views."""

from __future__ import annotations

from typing import Any


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def asked(name: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = {"action_id": "it", **element}
    return {"type": "input", "block_id": name, "label": plain(name), "element": whole, **more}


WORDS = asked("words", {"type": "plain_text_input", "max_length": 20, "min_length": 2})
NUMBER = asked(
    "number",
    {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "15"},
    optional=True,
)
DEPTH = asked(
    "depth",
    {
        "type": "radio_buttons",
        "options": [option("quick"), option("deep")],
        "initial_option": option("quick"),
    },
    optional=True,
)
PLACE = asked("place", {"type": "static_select", "options": [option("here")]}, optional=True)
ONLY_ME = asked("private", {"type": "checkboxes", "options": [option("yes")]}, optional=True)


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Ask"),
        "submit": plain("Go"),
        "blocks": list(blocks or (WORDS, NUMBER, DEPTH, PLACE, ONLY_ME)),
        **more,
    }


def home(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks)}


def button(action: str, text: str = "Press") -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": plain(text), "value": "v"}


def row(*elements: dict[str, Any], name: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": name, "elements": list(elements)}
