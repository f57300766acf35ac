"""Simulated minutes: what lines of a conversation say, by cues, in words that stand in them."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from bot.llm.material import Line, Material, excerpt, roll

Json = dict[str, Any]

_ITEM_WORDS, _QUOTE_WORDS, _TOLD_WORDS = 30, 20, 20
_TOLD_MOST, _BEARING_MOST = 2, 12
_PROMISE = re.compile(r"\b(i'll|i’ll|i will|i can take)\b", re.IGNORECASE)
_DUE = re.compile(
    r"\b(?:by|until|before|on)\s+((?:next\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|tomorrow|tonight|noon|next week|the end of the (?:day|week|month))\b",
    re.IGNORECASE,
)
#: What stands there to be understood; nothing is taken from it.
_CONTEXT = re.compile(r"^[ \t]*\[·\][^\n]*$", re.MULTILINE)
_ENTRY = re.compile(r"^\[(\d{1,9})\] (\w+): (.*)$", re.MULTILINE)
_ASKED = "The question: "


def notes(material: Material, text: str) -> Json:
    """Of the lines that matter most. There is nothing to mend, and nothing was missed."""
    blocks = list(material.blocks)
    about = blocks.pop(0) if text.startswith(_ASKED) and len(blocks) > 1 else ""
    if len(blocks) > 1:
        return {"overview": [], "items": []}
    said = Material(_CONTEXT.sub("", blocks[0]) if blocks else "")
    lines = _bearing(said, Material(about)) if about else said.telling()
    items = [_item(line) for line in lines]
    ranked = sorted(range(len(lines)), key=lambda n: (lines[n].rank, n))[:_TOLD_MOST]
    return {"overview": [_sentence(n, items[n]["text"]) for n in sorted(ranked)], "items": items}


def digest(material: Material) -> Json:
    """What has the same words is the same; nothing is at odds."""
    entries = _ENTRY.findall(material.blocks[-1] if material.blocks else "")
    numbered: dict[tuple[str, str], list[int]] = {}
    for number, kind, said in entries:
        numbered.setdefault((kind, " ".join(said.casefold().split())), []).append(int(number))
    ranked = sorted(entries, key=lambda entry: Line(0, entry[1], "").rank)[: _TOLD_MOST + 1]
    return {
        "overview": [_sentence(int(number) - 1, said) for number, _, said in ranked],
        "same": [group for group in numbered.values() if len(group) > 1],
        "conflicts": [],
    }


def _bearing(said: Material, about: Material) -> tuple[Line, ...]:
    """Lines that share a word with the question."""
    bearing = (line for line in said.lines if about.shared(line.text) and line.sentence)
    return tuple(islice(bearing, _BEARING_MOST))


def _item(line: Line) -> Json:
    sentence = line.sentence
    author = line.label.removesuffix("(bot)").strip()
    due = _DUE.search(sentence)
    promised = line.kind == "action" and _PROMISE.search(sentence)
    return {
        "kind": line.kind,
        "text": excerpt(sentence, _ITEM_WORDS),
        "lines": [line.number],
        "quote": excerpt(sentence, _QUOTE_WORDS),
        "speaker": author,
        "owner": author if promised else None,
        "due": due[1] if due and line.kind in {"action", "decision"} else None,
        "confidence": 3 + roll(line.text, "confidence") % 3,
    }


def _sentence(index: int, text: str) -> Json:
    return {"text": excerpt(text, _TOLD_WORDS) or text, "items": [index + 1]}
