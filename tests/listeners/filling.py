"""Filling a form in as a person does, and sending it as Slack does."""

from __future__ import annotations

from typing import Any


def filled(view: dict[str, Any], text: str = "", **more: Any) -> dict[str, Any]:
    """*text* goes into the first text field; *more* are other inputs' values, by block."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        kind, name = block["element"]["type"], block["block_id"]
        value: dict[str, Any] = {"type": kind}
        if kind == "plain_text_input" and text:
            value["value"], text = text, ""
        if kind == "radio_buttons":
            options = {each["value"]: each for each in block["element"]["options"]}
            chosen = more.get(name)
            value["selected_option"] = options[chosen] if chosen else _initial(block)
        if kind == "checkboxes":
            value["selected_options"] = block["element"]["options"] if more.get(name) else []
        if kind == "number_input":
            value["value"] = more.get(name)
        values[name] = {block["element"]["action_id"]: value}
    return {**view, "id": "V1", "state": {"values": values}}


def _initial(block: dict[str, Any]) -> object:
    return block["element"].get("initial_option")
