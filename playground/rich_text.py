"""Block Kit's rules for rich text."""

from __future__ import annotations

from playground.shape import Problems, each, is_object, items, problem, string
from playground.values import Json

LEAVES = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "channel": "channel_id",
    "emoji": "name",
    "broadcast": "range",
    "usergroup": "usergroup_id",
    "team": "team_id",
    "color": "value",
    "date": "fallback",
}
SECTIONS = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
ELEMENTS_MOST = 500


def check(block: object, at: str) -> Problems:
    """A whole `rich_text` object, as a block or inside a task card or a table's cell."""
    if not is_object(block) or block.get("type") != "rich_text":
        yield problem("must be a rich_text object", at)
        return
    yield from items(block.get("elements"), f"{at}/elements", most=ELEMENTS_MOST, least=0)
    for element, where in each(block.get("elements"), f"{at}/elements"):
        if is_object(element) and element.get("type") == "rich_text_list":
            yield from _list(element, where)
        else:
            yield from _section(element, where)


def _list(element: Json, at: str) -> Problems:
    if element.get("style") not in ("bullet", "ordered"):
        yield problem("must be one of: bullet, ordered", f"{at}/style")
    yield from items(element.get("elements"), f"{at}/elements", most=ELEMENTS_MOST)
    for item, where in each(element.get("elements"), f"{at}/elements"):
        yield from _section(item, where)


def _section(element: object, at: str) -> Problems:
    if not is_object(element) or element.get("type") not in SECTIONS:
        yield problem("unsupported type of element", f"{at}/type")
        return
    yield from items(element.get("elements"), f"{at}/elements", most=ELEMENTS_MOST, least=0)
    for leaf, where in each(element.get("elements"), f"{at}/elements"):
        yield from _leaf(leaf, where)


def _leaf(leaf: object, at: str) -> Problems:
    kind = leaf.get("type") if is_object(leaf) else None
    if not is_object(leaf) or not isinstance(kind, str) or kind not in LEAVES:
        yield problem("unsupported type of element", f"{at}/type")
    elif kind != "date":
        yield from string(leaf.get(LEAVES[kind]), f"{at}/{LEAVES[kind]}")
