"""What Slack refuses, and what it would act on, checked on whole messages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block, PlanBlock, TaskCardBlock

from bot.views.message import SlackMessage
from tests.views.samples import ASKER, HERE

_OURS = re.compile(rf"<@{ASKER}>|<#{HERE}>|<https?://[^<>|\s]+\|(?:#\d+|Not read from here on)>")
_ENTITIES = re.compile(r"&(?:amp|lt|gt);")


def accepted(message: SlackMessage) -> None:
    """Within Slack's limits, by its own SDK and by what is known of its servers."""
    assert 0 < len(message.text) <= 4_000
    assert 0 < len(message.blocks) <= 50
    assert len(json.dumps(message.blocks, ensure_ascii=False)) < 12_000
    for block in message.blocks:
        parsed = Block.parse(block)
        assert parsed is not None, block
        assert parsed.to_dict()["type"] == block["type"]
        _strings_filled(block)
        if isinstance(parsed, PlanBlock):
            _plan(block)
        if block["type"] == "context":
            assert 1 <= len(block["elements"]) <= 10


def _plan(block: dict[str, Any]) -> None:
    assert isinstance(block["title"], str)
    assert 1 <= len(block["tasks"]) <= 50
    assert len({task["task_id"] for task in block["tasks"]}) == len(block["tasks"])
    for task in block["tasks"]:
        TaskCardBlock(**task).to_dict()
        assert isinstance(task["title"], str)
        assert len(task["title"]) <= 120


def _strings_filled(block: dict[str, Any]) -> None:
    for text in _strings(block):
        assert text.strip(), block


def harmless(message: SlackMessage) -> None:
    """Only tokens that our own code makes; no broadcast; nothing that hides."""
    for text in [message.text, *_texts(message.blocks)]:
        rest = _OURS.sub("", text)
        assert not set("<>") & set(rest), text
        assert "&" not in _ENTITIES.sub("", rest), text
        _unseen(rest)
    for title in _titles(message.blocks):
        assert not set("<>") & set(title), title
        _unseen(title)


def _unseen(text: str) -> None:
    assert not re.search(r"@(channel|here|everyone)(?![^\W_])", text, re.IGNORECASE)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", text)


def _texts(value: Any) -> Iterator[str]:
    """Strings in which Slack looks for tokens."""
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text"}:
            yield value["text"]
        else:
            for inner in value.values():
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _titles(blocks: tuple[dict[str, Any], ...]) -> Iterator[str]:
    """Strings that Slack reads literally."""
    for block in blocks:
        if block["type"] == "plan":
            yield block["title"]
            yield from (task["title"] for task in block["tasks"])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
