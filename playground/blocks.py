"""Block Kit's rules for blocks. One broken rule refuses the whole message or view."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground import rich_text
from playground.block_ids import identified
from playground.elements import actions, context_actions, context_element, control, sources
from playground.inputs import input_block
from playground.parsing import parsed
from playground.shape import (
    Problems,
    each,
    is_list,
    is_object,
    items,
    one_of,
    optional,
    problem,
    string,
    text,
)
from playground.values import Json, SlackError

BLOCKS_MOST, BLOCKS_CHARS_MOST, MARKDOWN_CHARS_MOST = 50, 13_200, 12_000
TASKS_MOST, ROWS_MOST, COLUMNS_MOST = 50, 100, 20
Check = Callable[[Json, str], Problems]
STATUSES = ("pending", "in_progress", "complete", "error")


def checked(value: object, before: Sequence[Json] = ()) -> tuple[Json, ...]:
    """The blocks of a call, parsed and valid. Raises SlackError in Slack's words otherwise.

    *before* are the blocks that they replace, whose ids live on where the app gives none.
    """
    blocks = _parsed(value)
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > BLOCKS_CHARS_MOST:
        raise SlackError("msg_blocks_too_long")
    found = list(problems(blocks))
    if found:
        raise SlackError(
            "invalid_blocks",
            errors=found,
            response_metadata={"messages": [f"[ERROR] {said}" for said in found]},
        )
    return identified(blocks, before)


def _parsed(value: object) -> list[Any]:
    if isinstance(value, str):
        try:
            value = parsed(value) if value else []
        except ValueError as err:
            raise SlackError("invalid_blocks_format") from err
    if value is None:
        return []
    if not is_list(value):
        raise SlackError("invalid_blocks_format")
    return value


def problems(
    blocks: list[Any],
    checks: Mapping[str, Check] | None = None,
    *,
    most: int = BLOCKS_MOST,
    under: str = "",
) -> Problems:
    """Everything that Slack would refuse in *blocks*; *under* is where they stand in the call."""
    if len(blocks) > most:
        yield problem(f"no more than {most} items allowed", f"{under}/blocks")
    seen: set[str] = set()
    for i, block in enumerate(blocks):
        at = f"{under}/blocks/{i}"
        if not is_object(block):
            yield problem("must provide an object", at)
            continue
        check = (checks or CHECKS).get(str(block.get("type")))
        if check is None:
            yield problem(f"unsupported type: {block.get('type')}", f"{at}/type")
            continue
        yield from optional(block, "block_id", at, most=255)
        name = str(block.get("block_id") or f"#{i}")
        if name in seen:
            yield problem(f'"{name}" already exists', f"{at}/block_id")
        seen.add(name)
        yield from check(block, at)
    yield from _across(blocks)


def _across(blocks: list[Any]) -> Problems:
    whole = [block for block in blocks if is_object(block)]
    spoken = sum(len(str(b.get("text"))) for b in whole if b.get("type") == "markdown")
    if spoken > MARKDOWN_CHARS_MOST:
        yield problem(f"markdown must be less than {MARKDOWN_CHARS_MOST + 1} characters", "/blocks")
    if sum(block.get("type") == "table" for block in whole) > 1:
        yield problem("only one table allowed", "/blocks")


def _section(block: Json, at: str) -> Problems:
    if "text" not in block and not block.get("fields"):
        yield problem("must have a text or fields", at)
    if "text" in block:
        yield from text(block["text"], f"{at}/text", most=3_000)
    if "fields" in block:
        yield from items(block["fields"], f"{at}/fields", most=10)
        for part, where in each(block["fields"], f"{at}/fields"):
            yield from text(part, where, most=2_000)
    if "accessory" in block:
        yield from _accessory(block["accessory"], f"{at}/accessory")


def _accessory(element: object, at: str) -> Problems:
    if is_object(element) and element.get("type") == "image":
        yield from _image(element, at)
    else:
        yield from control(element, at)


def _header(block: Json, at: str) -> Problems:
    yield from text(block.get("text"), f"{at}/text", most=150, plain=True)


def _context(block: Json, at: str) -> Problems:
    yield from items(block.get("elements"), f"{at}/elements", most=10)
    for element, where in each(block.get("elements"), f"{at}/elements"):
        yield from context_element(element, where)


def _divider(_: Json, __: str) -> Problems:
    yield from ()


def _image(block: Json, at: str) -> Problems:
    yield from string(block.get("image_url"), f"{at}/image_url", most=3_000)
    yield from string(block.get("alt_text"), f"{at}/alt_text", most=2_000)


def _markdown(block: Json, at: str) -> Problems:
    yield from string(block.get("text"), f"{at}/text", most=MARKDOWN_CHARS_MOST)


def _plan(block: Json, at: str) -> Problems:
    yield from string(block.get("title"), f"{at}/title")
    if "tasks" not in block:
        return
    yield from items(block["tasks"], f"{at}/tasks", most=TASKS_MOST, least=0)
    seen: set[str] = set()
    for task, where in each(block["tasks"], f"{at}/tasks"):
        if not is_object(task):
            yield problem("must provide an object", where)
            continue
        yield from _task(task, where)
        name = str(task.get("task_id"))
        if name in seen:
            yield problem(f'"{name}" already exists', f"{where}/task_id")
        seen.add(name)


def _task(task: Json, at: str) -> Problems:
    if task.get("type", "task_card") != "task_card":
        yield problem(f"unsupported type: {task.get('type')}", f"{at}/type")
    yield from string(task.get("task_id"), f"{at}/task_id", most=255)
    yield from string(task.get("title"), f"{at}/title")
    if "status" in task:
        yield from one_of(task["status"], STATUSES, f"{at}/status")
    for part in ("details", "output"):
        if part in task:
            yield from rich_text.check(task[part], f"{at}/{part}")
    if "sources" in task:
        yield from sources(task["sources"], f"{at}/sources")


def _table(block: Json, at: str) -> Problems:
    yield from items(block.get("rows"), f"{at}/rows", most=ROWS_MOST)
    for row, where in each(block.get("rows"), f"{at}/rows"):
        yield from items(row, where, most=COLUMNS_MOST)
        for cell, spot in each(row, where):
            yield from _cell(cell, spot)
    if "column_settings" in block:
        yield from items(block["column_settings"], f"{at}/column_settings", most=COLUMNS_MOST)


def _cell(cell: object, at: str) -> Problems:
    kind = cell.get("type") if is_object(cell) else None
    if is_object(cell) and kind in ("raw_text", "raw_number"):
        yield from string(cell.get("text"), f"{at}/text")
    elif kind == "rich_text":
        yield from rich_text.check(cell, at)
    else:
        yield problem("unsupported type of cell", f"{at}/type")


#: What a form or a Home tab may hold; a message may hold more.
SCREEN_CHECKS: dict[str, Check] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "divider": _divider,
    "image": _image,
    "actions": actions,
    "input": input_block,
    "rich_text": rich_text.check,
}
CHECKS: dict[str, Check] = {
    **SCREEN_CHECKS,
    "context_actions": context_actions,
    "markdown": _markdown,
    "plan": _plan,
    "task_card": _task,
    "table": _table,
}
