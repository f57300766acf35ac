"""Block Kit's rules for what people fill in or choose from: fields, selects, boxes, menus."""

from __future__ import annotations

from collections.abc import Callable

from playground.shape import (
    Problems,
    each,
    is_list,
    is_object,
    items,
    optional,
    problem,
    string,
    text,
)
from playground.values import Json

OPTIONS_MOST, CHOICES_MOST, MENU_MOST = 100, 10, 5
TEXT_MOST = 3_000


def input_block(block: Json, at: str) -> Problems:
    yield from text(block.get("label"), f"{at}/label", most=2_000, plain=True)
    if "hint" in block:
        yield from text(block["hint"], f"{at}/hint", most=2_000, plain=True)
    element = block.get("element")
    check = FIELDS.get(str(element.get("type"))) if is_object(element) else None
    if not is_object(element) or check is None:
        yield problem("unsupported type of element", f"{at}/element/type")
        return
    yield from optional(element, "action_id", f"{at}/element", most=255)
    yield from check(element, f"{at}/element")


def plain_text_input(element: Json, at: str) -> Problems:
    yield from _placeholder(element, at)
    if "initial_value" in element:
        yield from string(element["initial_value"], f"{at}/initial_value", most=TEXT_MOST, least=0)
    for name in ("min_length", "max_length"):
        value = element.get(name, 1)
        if not isinstance(value, int) or not 0 <= value <= TEXT_MOST:
            yield problem(f"must be between 0 and {TEXT_MOST}", f"{at}/{name}")


def number_input(element: Json, at: str) -> Problems:
    yield from _placeholder(element, at)
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield problem("must provide a boolean", f"{at}/is_decimal_allowed")
    for name in ("initial_value", "min_value", "max_value"):
        if name in element:
            yield from string(element[name], f"{at}/{name}")


def static_select(element: Json, at: str) -> Problems:
    yield from _placeholder(element, at)
    yield from _options(element, at, most=OPTIONS_MOST, plain=True)
    yield from _initial(element, at, "initial_option")


def radio_buttons(element: Json, at: str) -> Problems:
    yield from _options(element, at, most=CHOICES_MOST)
    yield from _initial(element, at, "initial_option")


def checkboxes(element: Json, at: str) -> Problems:
    yield from _options(element, at, most=CHOICES_MOST)
    yield from _initial(element, at, "initial_options")


def overflow(element: Json, at: str) -> Problems:
    yield from _options(element, at, most=MENU_MOST, plain=True)


def _placeholder(element: Json, at: str) -> Problems:
    if "placeholder" in element:
        yield from text(element["placeholder"], f"{at}/placeholder", most=150, plain=True)


def _options(element: Json, at: str, *, most: int, plain: bool = False) -> Problems:
    yield from items(element.get("options"), f"{at}/options", most=most)
    for option, where in each(element.get("options"), f"{at}/options"):
        if not is_object(option):
            yield problem("must provide an object", where)
            continue
        yield from text(option.get("text"), f"{where}/text", most=75, plain=plain)
        yield from string(option.get("value"), f"{where}/value", most=150)
        if "description" in option:
            yield from text(option["description"], f"{where}/description", most=75, plain=plain)


def _initial(element: Json, at: str, name: str) -> Problems:
    """What is chosen at the start is one of the options, to the letter."""
    if name not in element:
        return
    chosen = element[name] if is_list(element[name]) else [element[name]]
    offered = element.get("options")
    if not chosen or not is_list(offered) or any(option not in offered for option in chosen):
        yield problem("must be among the options", f"{at}/{name}")


#: What an `input` block may hold.
FIELDS: dict[str, Callable[[Json, str], Problems]] = {
    "plain_text_input": plain_text_input,
    "number_input": number_input,
    "static_select": static_select,
    "radio_buttons": radio_buttons,
    "checkboxes": checkboxes,
}
#: What may stand among buttons, and beside a section's text.
CHOICES: dict[str, Callable[[Json, str], Problems]] = {
    "static_select": static_select,
    "radio_buttons": radio_buttons,
    "checkboxes": checkboxes,
    "overflow": overflow,
}
