"""The ids that Slack gives to blocks and buttons that come without; an edit keeps those it can."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from playground.shape import is_list, is_object
from playground.values import Json


def identified(blocks: Sequence[Json], before: Sequence[Json] = ()) -> tuple[Json, ...]:
    """*blocks* with an id each: the app's own, else that of its place in *before*, else a new one.

    Somebody may be about to press a button of *before* while the message is edited.
    """
    given = {block["block_id"] for block in blocks if block.get("block_id")}
    out: list[Json] = []
    for place, block in enumerate(blocks):
        old = _same(block, before, place)
        kept = old.get("block_id")
        own = block.get("block_id") or (kept if kept not in given else None) or _minted()
        out.append(_with_buttons({**block, "block_id": own}, old))
    return tuple(out)


def _with_buttons(block: Json, old: Json) -> Json:
    if block["type"] in ("actions", "context_actions"):
        return {**block, "elements": _named(block["elements"], old.get("elements"))}
    for part in ("accessory", "element"):
        if part in block:
            (named,) = _named([block[part]], [old.get(part)])
            return {**block, part: named}
    return block


def _named(buttons: Sequence[Json], before: object) -> list[Json]:
    held: list[Any] = before if is_list(before) else []
    given = {button["action_id"] for button in buttons if button.get("action_id")}
    out: list[Json] = []
    for place, button in enumerate(buttons):
        kept = _same(button, held, place).get("action_id")
        own = button.get("action_id") or (kept if kept not in given else None) or _minted()
        out.append({**button, "action_id": own})
    return out


def _same(item: Json, before: Sequence[object], place: int) -> Json:
    """What stood at *place* and is of the same type; nothing if something else did."""
    old = before[place] if place < len(before) else None
    return old if is_object(old) and old.get("type") == item.get("type") else {}


def _minted() -> str:
    return secrets.token_urlsafe(4)
