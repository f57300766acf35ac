"""What a person presses or chooses in blocks, and what they fill into a form, as Slack tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from playground.arguments import DIGITS_MOST
from playground.shape import is_list, is_object
from playground.values import Json, SlackError

KEPT = ("type", "text", "value", "style")
REQUIRED = "Please complete this required field."


def pressed(blocks: Sequence[Json], where: Json) -> Json:
    """
    The action *where* (block_id, action_id, for a choice its value) as the blocks now stand.

    An edit may have moved it while the person made up their mind: in another block it counts
    only if no second element has its action_id. Raises SlackError if it is gone.
    """
    block_id, action_id = str(where.get("block_id")), str(where.get("action_id"))
    named = [found for found in _controls(blocks) if found[1].get("action_id") == action_id]
    here = [found for found in named if found[0] == block_id] or named
    if len(here) != 1:
        raise SlackError("action_not_found")
    block, element = here[0]
    return {**_action(element, where.get("value")), "block_id": block, "action_id": action_id}


def _action(element: Json, value: object) -> Json:
    match element["type"]:
        case "button" | "icon_button":
            return {k: v for k, v in element.items() if k in KEPT}
        case "feedback_buttons":
            offered = [element["positive_button"], element["negative_button"]]
            chosen = next((one for one in offered if one["value"] == value), None)
            if chosen is None:
                raise SlackError("action_not_found")
            return {"type": "feedback_buttons", "text": chosen["text"], "value": chosen["value"]}
        case kind:
            return {"type": kind, **_chosen(element, value)}


def _controls(blocks: Iterable[Json]) -> Iterator[tuple[str, Json]]:
    for block in blocks:
        in_row = block.get("type") in ("actions", "context_actions")
        held = block.get("elements") if in_row else [block.get("accessory")]
        for element in held if is_list(held) else []:
            if is_object(element):
                yield str(block.get("block_id", "")), element


def filled(view: Json, given: Json) -> tuple[Json, dict[str, str]]:
    """
    `state.values` of a form filled with *given* (block_id → action_id → text, value or values),
    and by block what Slack itself does not let a person send.
    """
    values: Json = {}
    errors: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"]
        row = given.get(name)
        value = row.get(element["action_id"]) if is_object(row) else None
        state = {"type": element["type"], **_chosen(element, value)}
        values[name] = {element["action_id"]: state}
        missing = not any(part for key, part in state.items() if key != "type")
        complaint = _complaint(element, state)
        if missing and not block.get("optional"):
            errors[name] = REQUIRED
        elif complaint and not missing:
            errors[name] = complaint
    return values, errors


def _chosen(element: Json, value: object) -> Json:
    """The part of an action, or of the state of a form, that says what was chosen or typed."""
    if element["type"] in ("plain_text_input", "number_input"):
        return {"value": str(value) if value not in (None, "") else None}
    options: list[Any] = element["options"]
    if element["type"] == "checkboxes":
        wanted = value if is_list(value) else []
        return {"selected_options": [one for one in options if one["value"] in wanted]}
    found = next((one for one in options if one["value"] == value), None)
    return {"selected_option": found}


def _complaint(element: Json, state: Json) -> str:
    text = state.get("value") or ""
    if element["type"] == "plain_text_input":
        if len(text) > element.get("max_length", 3_000):
            return f"Please use at most {element.get('max_length', 3_000)} characters."
        if len(text) < element.get("min_length", 0):
            return f"Please use at least {element['min_length']} characters."
    if element["type"] == "number_input":
        return _no_number(element, text)
    return ""


def _no_number(element: Json, text: str) -> str:
    try:
        number = float(text) if len(text) <= DIGITS_MOST else float("nan")
    except ValueError:
        return "Please enter a number."
    if not (element["is_decimal_allowed"] or number.is_integer()):
        return "Please enter a whole number."
    if not float(element.get("min_value", "-inf")) <= number:
        return f"Please enter {element['min_value']} or more."
    if not number <= float(element.get("max_value", "inf")):
        return f"Please enter {element['max_value']} or less."
    return ""
