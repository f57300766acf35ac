"""What people fill in: the inputs of a form, and what Slack tells of them when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.views.blocks import Block, literal
from bot.views.mrkdwn import clean, clip
from bot.views.reading import visible

#: Every input has this one action: its block names it.
_VALUE = "value"
_DIGITS_MOST = 9
_LABEL_MOST, _HINT_MOST, _OPTION_MOST, _PLACEHOLDER_MOST = 2_000, 2_000, 75, 150


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


def text_input(
    block_id: str,
    label: str,
    *,
    most: int,
    initial: str = "",
    placeholder: str = "",
    hint: str = "",
    multiline: bool = False,
    optional: bool = False,
) -> Block:
    element = {"type": "plain_text_input", "multiline": multiline, "max_length": most}
    if visible(initial):
        element["initial_value"] = clip(clean(initial).strip(), most)
    return _input(block_id, label, element, placeholder=placeholder, hint=hint, optional=optional)


def number_input(
    block_id: str,
    label: str,
    *,
    least: int,
    most: int,
    initial: int | None = None,
    placeholder: str = "",
    hint: str = "",
) -> Block:
    """A whole number, or nothing."""
    element = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": str(least),
        "max_value": str(most),
    }
    if initial is not None:
        element["initial_value"] = str(initial)
    return _input(block_id, label, element, placeholder=placeholder, hint=hint, optional=True)


def one_of(block_id: str, label: str, choices: Sequence[Choice], *, initial: str) -> Block:
    options = {choice.value: _option(choice) for choice in choices}
    element = {
        "type": "radio_buttons",
        "options": list(options.values()),
        "initial_option": options[initial],
    }
    return _input(block_id, label, element)


def tick(block_id: str, label: str, choice: Choice, *, initial: bool = False) -> Block:
    option = _option(choice)
    element: Block = {"type": "checkboxes", "options": [option]}
    if initial:
        element["initial_options"] = [option]
    return _input(block_id, label, element, optional=True)


def typed(view: Mapping[str, Any], block_id: str) -> str:
    """What was typed into a text or a number; empty where nothing was."""
    found = _value(view, block_id).get("value")
    return found.strip() if isinstance(found, str) else ""


def chosen(view: Mapping[str, Any], block_id: str) -> str:
    """The value of the one that was chosen."""
    return _option_value(_value(view, block_id).get("selected_option"))


def ticked(view: Mapping[str, Any], block_id: str) -> bool:
    return bool(_value(view, block_id).get("selected_options"))


def number(text: str, most: int) -> int | None:
    """The whole number from 1 to *most* that *text* is; None for anything else."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MOST else 0
    return found if 1 <= found <= most else None


def _input(
    block_id: str,
    label: str,
    element: Block,
    *,
    placeholder: str = "",
    hint: str = "",
    optional: bool = False,
) -> Block:
    element["action_id"] = _VALUE
    if placeholder:
        element["placeholder"] = literal(placeholder, _PLACEHOLDER_MOST)
    found: Block = {
        "type": "input",
        "block_id": block_id,
        "label": literal(label, _LABEL_MOST),
        "element": element,
        "optional": optional,
    }
    if hint:
        found["hint"] = literal(hint, _HINT_MOST)
    return found


def _option(choice: Choice) -> Block:
    return {"text": literal(choice.label, _OPTION_MOST), "value": choice.value}


def _value(view: Mapping[str, Any], block_id: str) -> dict[str, object]:
    """Whatever it is that was sent, an object: another release may have drawn the form."""
    found: object = view
    for name in ("state", "values", block_id, _VALUE):
        found = cast("dict[str, object]", found).get(name) if isinstance(found, dict) else None
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def _option_value(option: object) -> str:
    found = cast("dict[str, object]", option).get("value") if isinstance(option, dict) else None
    return found if isinstance(found, str) else ""
