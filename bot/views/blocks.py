"""Block Kit's blocks, and how text is divided over them. All text given here is escaped already."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bot.views.mrkdwn import clip, width

Block = dict[str, Any]

SECTION_MOST = 2_900
HEADER_MOST = 150
CONTEXT_ELEMENTS_MOST = 10
BUTTON_MOST = 75
CONFIRM_TITLE_MOST, CONFIRM_TEXT_MOST, CONFIRM_BUTTON_MOST = 100, 300, 30
#: Bytes of JSON that one message's paragraphs may take. Slack refuses a message's blocks from
#: about 13,000 characters on; the rest is for headers, notes and the footer.
PAGE_MOST = 6_000


def section(text: str) -> Block:
    """*verbatim*: bare addresses and names stay text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def header(text: str) -> Block:
    """In the one style that text in a message can't imitate: for our own words."""
    return {"type": "header", "text": literal(text, HEADER_MOST)}


def literal(text: str, limit: int) -> Block:
    """Our own words where Slack takes no formatting: buttons, labels, titles of forms."""
    return {"type": "plain_text", "text": clip(text, limit), "emoji": True}


def context(*texts: str) -> Block:
    """Small print, one element a text."""
    elements = [
        {"type": "mrkdwn", "text": text, "verbatim": True} for text in texts[:CONTEXT_ELEMENTS_MOST]
    ]
    return {"type": "context", "elements": elements}


def plan(title: str, tasks: Sequence[Block]) -> Block:
    return {"type": "plan", "title": title, "tasks": list(tasks)}


def task(task_id: str, title: str, status: str) -> Block:
    """*status*: pending, in_progress, complete or error."""
    return {"type": "task_card", "task_id": task_id, "title": title, "status": status}


def actions(*elements: Block, block_id: str) -> Block:
    """*block_id* stays over all edits: a press begun before an edit finds its button after."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(
    action_id: str,
    text: str,
    value: str,
    *,
    style: str = "",
    confirm: Block | None = None,
) -> Block:
    """*style*: primary, danger, or nothing."""
    found: Block = {
        "type": "button",
        "action_id": action_id,
        "value": value,
        "text": literal(text, BUTTON_MOST),
    }
    if style:
        found["style"] = style
    if confirm:
        found["confirm"] = confirm
    return found


def confirmation(title: str, text: str, *, yes: str, no: str) -> Block:
    """The question that comes before a button does what it says."""
    return {
        "title": literal(title, CONFIRM_TITLE_MOST),
        "text": literal(text, CONFIRM_TEXT_MOST),
        "confirm": literal(yes, CONFIRM_BUTTON_MOST),
        "deny": literal(no, CONFIRM_BUTTON_MOST),
    }


def pages(paragraphs: Sequence[str], first: int = PAGE_MOST) -> list[list[str]]:
    """*paragraphs* by message, in order; *first*: bytes that the first one has room for."""
    found: list[list[str]] = []
    left = 0
    for paragraph in paragraphs:
        size = weight(paragraph)
        if not found or size > left:
            left = PAGE_MOST if found else first
            found.append([])
        found[-1].append(paragraph)
        left -= size
    return found


def sections(paragraphs: Sequence[str]) -> list[Block]:
    """As few section blocks as can hold the *paragraphs* of a page, each on its own line."""
    texts: list[str] = []
    for paragraph in paragraphs:
        if texts and width(texts[-1]) + 1 + width(paragraph) <= SECTION_MOST:
            texts[-1] += f"\n{paragraph}"
        else:
            texts.append(paragraph.lstrip("\n"))
    return [section(text) for text in texts]


def weight(value: object) -> int:
    """Bytes of *value* as the JSON that is sent."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
