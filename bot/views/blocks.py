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
#: Bytes of JSON that one message's paragraphs may take. Slack refuses a message's blocks from
#: about 13,000 characters on; the rest is for headers, notes and the footer.
PAGE_MOST = 6_000


def section(text: str) -> Block:
    """*verbatim*: bare addresses and names stay text."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def header(text: str) -> Block:
    """In the one style that text in a message can't imitate: for our own words."""
    shown = clip(text, HEADER_MOST)
    return {"type": "header", "text": {"type": "plain_text", "text": shown, "emoji": True}}


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


def cancel_button(run_id: str) -> Block:
    """
    The button keeps its *block_id* over all edits of its message: a press that was begun
    before an edit finds it again after.
    """
    button = {
        "type": "button",
        "action_id": "cancel_run",
        "value": run_id,
        "style": "danger",
        "text": {"type": "plain_text", "text": "Cancel"},
        "confirm": {
            "title": {"type": "plain_text", "text": "Cancel this run?"},
            "text": {
                "type": "plain_text",
                "text": "What is finished stays in the thread; there will be no result.",
            },
            "confirm": {"type": "plain_text", "text": "Cancel the run"},
            "deny": {"type": "plain_text", "text": "Let it run"},
        },
    }
    return {"type": "actions", "block_id": "run", "elements": [button]}


def pages(paragraphs: Sequence[str]) -> list[list[str]]:
    """*paragraphs* by message, in order."""
    found: list[list[str]] = []
    left = 0
    for paragraph in paragraphs:
        size = weight(paragraph)
        if not found or size > left:
            left = PAGE_MOST
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
