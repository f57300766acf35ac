"""A form as Slack sends it back: filled in by somebody, else as it was drawn."""

from __future__ import annotations

from typing import Any


def sent(view: dict[str, Any], **filled: str | bool | None) -> dict[str, Any]:
    """*filled* by block: a text, the value of a choice, or whether a box is ticked."""
    blocks = [block for block in view["blocks"] if block["type"] == "input"]
    assert set(filled) <= {block["block_id"] for block in blocks}
    values = {
        block["block_id"]: {
            block["element"]["action_id"]: _value(block["element"], filled, block["block_id"])
        }
        for block in blocks
    }
    return {"id": "V1", "state": {"values": values}} | {
        key: view[key] for key in ("type", "callback_id", "private_metadata")
    }


def _value(element: dict[str, Any], filled: dict[str, Any], name: str) -> dict[str, Any]:
    kind = element["type"]
    match kind:
        case "plain_text_input" | "number_input":
            said = filled.get(name, element.get("initial_value"))
            return {"type": kind, "value": said or None}
        case "radio_buttons":
            value = filled.get(name, element["initial_option"]["value"])
            options = {option["value"]: option for option in element["options"]}
            return {"type": kind, "selected_option": options[value]}
        case "checkboxes":
            ticked = filled.get(name, bool(element.get("initial_options")))
            return {"type": kind, "selected_options": element["options"] if ticked else []}
        case _:
            raise AssertionError(kind)
