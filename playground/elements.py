"""Block Kit's rules for what stands inside blocks: buttons, confirmations, context, sources."""

from __future__ import annotations

from playground import inputs
from playground.shape import (
    Problems,
    each,
    is_object,
    items,
    one_of,
    optional,
    problem,
    string,
    text,
)
from playground.values import Json

ACTIONS_MOST, CONTEXT_ACTIONS_MOST, SOURCES_MOST = 25, 5, 50


def actions(block: Json, at: str) -> Problems:
    yield from items(block.get("elements"), f"{at}/elements", most=ACTIONS_MOST)
    seen: set[str] = set()
    for element, where in each(block.get("elements"), f"{at}/elements"):
        yield from control(element, where)
        name = element.get("action_id") if is_object(element) else None
        if isinstance(name, str) and name in seen:
            yield problem(f'"{name}" already exists', f"{where}/action_id")
        seen.add(str(name))


def control(element: object, at: str) -> Problems:
    """A button, or something to choose from, as the page can draw it."""
    check = inputs.CHOICES.get(str(element.get("type"))) if is_object(element) else None
    if not is_object(element) or check is None:
        yield from button(element, at)
        return
    yield from optional(element, "action_id", at, most=255)
    yield from check(element, at)
    if "confirm" in element:
        yield from confirmation(element["confirm"], f"{at}/confirm")


def button(element: object, at: str) -> Problems:
    if not is_object(element) or element.get("type") != "button":
        yield problem("unsupported type of element", f"{at}/type")
        return
    yield from text(element.get("text"), f"{at}/text", most=75, plain=True)
    yield from optional(element, "action_id", at, most=255)
    yield from optional(element, "value", at, most=2_000)
    yield from optional(element, "url", at, most=3_000)
    if "style" in element:
        yield from one_of(element["style"], ("primary", "danger"), f"{at}/style")
    if "confirm" in element:
        yield from confirmation(element["confirm"], f"{at}/confirm")


def context_actions(block: Json, at: str) -> Problems:
    yield from items(block.get("elements"), f"{at}/elements", most=CONTEXT_ACTIONS_MOST)
    for element, where in each(block.get("elements"), f"{at}/elements"):
        kind = element.get("type") if is_object(element) else None
        if not is_object(element) or kind not in ("feedback_buttons", "icon_button"):
            yield problem("unsupported type of element", f"{where}/type")
            continue
        yield from optional(element, "action_id", where, most=255)
        if kind == "icon_button":
            yield from string(element.get("icon"), f"{where}/icon")
            yield from text(element.get("text"), f"{where}/text", most=75, plain=True)
            continue
        for part in ("positive_button", "negative_button"):
            yield from _opinion(element.get(part), f"{where}/{part}")


def _opinion(value: object, at: str) -> Problems:
    if not is_object(value):
        yield problem("must provide an object", at)
        return
    yield from text(value.get("text"), f"{at}/text", most=75, plain=True)
    yield from string(value.get("value"), f"{at}/value", most=2_000)


def confirmation(value: object, at: str) -> Problems:
    if not is_object(value):
        yield problem("must provide an object", at)
        return
    yield from text(value.get("title"), f"{at}/title", most=100, plain=True)
    yield from text(value.get("text"), f"{at}/text", most=300)
    for part in ("confirm", "deny"):
        if part in value:
            yield from text(value[part], f"{at}/{part}", most=30, plain=True)


def context_element(element: object, at: str) -> Problems:
    if is_object(element) and element.get("type") == "image":
        yield from string(element.get("image_url"), f"{at}/image_url", most=3_000)
        yield from string(element.get("alt_text"), f"{at}/alt_text", most=2_000)
    else:
        yield from text(element, at, most=2_000)


def sources(value: object, at: str) -> Problems:
    yield from items(value, at, most=SOURCES_MOST, least=0)
    for source, where in each(value, at):
        if not is_object(source):
            yield problem("must provide an object", where)
            continue
        yield from string(source.get("url"), f"{where}/url")
        yield from string(source.get("text"), f"{where}/text")
