"""What Slack refuses, and what it would act on, checked on whole messages, forms and homes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, PlanBlock, TaskCardBlock
from slack_sdk.models.views import View

from bot.views.message import SlackMessage
from tests.views.samples import ASKER, HERE

Blocks = Sequence[dict[str, Any]]

_OURS = re.compile(
    rf"<@{ASKER}>|<#(?:{HERE}|COTHER1|C9)>|<https?://[^<>|\s]+\|"
    r"(?:#\d+|Not read from here on|another message|open|open its card|source)>"
)
_ENTITIES = re.compile(r"&(?:amp|lt|gt);")


def accepted(message: SlackMessage) -> None:
    """Within Slack's limits, by its own SDK and by what is known of its servers."""
    assert 0 < len(message.text) <= 4_000
    message_blocks(message.blocks)
    if message.file is not None:
        assert re.fullmatch(r"[\w-]+\.(md|csv)", message.file.name)
        assert 0 < len(message.file.text.encode(errors="replace")) <= 1_000_000


def message_blocks(blocks: Blocks) -> None:
    assert 0 < len(blocks) <= 50
    assert len(json.dumps(blocks, ensure_ascii=False)) < 12_000
    _blocks(blocks, {"section", "context", "header", "actions", "plan"})


def modal(view: dict[str, Any]) -> None:
    """A form, or a window to read in."""
    assert view["type"] == "modal"
    assert 1 <= len(view["title"]["text"]) <= 24
    asks = any(block["type"] == "input" for block in view["blocks"])
    assert asks == ("submit" in view)
    assert len(view.get("private_metadata", "")) <= 3_000
    _blocks(view["blocks"], {"section", "context", "header", "actions", "input"})
    _view(view)


def home(view: dict[str, Any]) -> None:
    assert view["type"] == "home"
    assert not {"title", "submit", "close"} & set(view)
    _blocks(view["blocks"], {"section", "context", "header", "actions"})
    _view(view)


def _view(view: dict[str, Any]) -> None:
    assert 1 <= len(view["blocks"]) <= 100
    assert len(json.dumps(view, ensure_ascii=False).encode()) < 250_000
    View(**view).to_dict()


def _blocks(blocks: Blocks, kinds: set[str]) -> None:
    named = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(named) == len(set(named))
    for block in blocks:
        assert block["type"] in kinds
        parsed = Block.parse(block)
        assert parsed is not None, block
        assert parsed.to_dict()["type"] == block["type"]
        _strings_filled(block)
        if isinstance(parsed, PlanBlock):
            _plan(block)
        if block["type"] == "context":
            assert 1 <= len(block["elements"]) <= 10
        if block["type"] == "input":
            _input(block)
        if block["type"] == "actions":
            _actions(block)


def _actions(block: dict[str, Any]) -> None:
    actions = [element["action_id"] for element in block["elements"]]
    assert 1 <= len(actions) <= 25
    assert len(set(actions)) == len(actions)
    for element in block["elements"]:
        assert re.search("[A-Za-z]", element["text"]["text"]), "a button has words"
        assert len(element["value"]) <= 2_000


def _input(block: dict[str, Any]) -> None:
    element = block["element"]
    assert block["block_id"]
    assert block["label"]["type"] == "plain_text"
    match element["type"]:
        case "plain_text_input":
            assert 1 <= element["max_length"] <= 3_000
            # Slack counts the larger way
            assert (
                len(element.get("initial_value", "").encode("utf-16-le")) // 2
                <= (element["max_length"])
            )
        case "number_input":
            least, most = int(element["min_value"]), int(element["max_value"])
            assert least <= int(element.get("initial_value", least)) <= most
        case "radio_buttons":
            assert element["initial_option"] in element["options"]
            assert 1 <= len(element["options"]) <= 10
        case "checkboxes":
            assert all(each in element["options"] for each in element.get("initial_options", []))
        case other:
            raise AssertionError(other)


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
    harmless_text(message.text)
    harmless_blocks(message.blocks)


def harmless_text(text: str) -> None:
    rest = _OURS.sub("", text)
    assert not set("<>") & set(rest), text
    assert "&" not in _ENTITIES.sub("", rest), text
    _unseen(rest)


def harmless_blocks(blocks: Blocks) -> None:
    for text in _texts(blocks):
        harmless_text(text)
    for title in _titles(blocks):
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


def _titles(blocks: Blocks) -> Iterator[str]:
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
