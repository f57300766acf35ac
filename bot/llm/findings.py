"""Simulated findings in a log: shapes whose words anybody would stop at."""

from __future__ import annotations

import re
from typing import Any

from bot.llm.material import Material

Json = dict[str, Any]

_ENTRY = re.compile(
    r"^\[(\d{1,9})\] [\d,]+ in all, lines [^:\n]*(?::\d\d[^\n]*?)?: (.*)$", re.MULTILINE
)
_GRAVE = (
    ("critical", re.compile(r"\b(fatal|panic|corrupt\w*|data loss|killed)\b", re.IGNORECASE)),
    ("error", re.compile(r"\b(error|exception|failed|failure|refused|crash\w*)\b", re.IGNORECASE)),
    ("warning", re.compile(r"\b(warn\w*|invalid|denied|timed? ?out|attempt)\b", re.IGNORECASE)),
)
_MOST, _TITLE_WORDS = 8, 7
_OVERVIEW = "Simulated overview: no model was asked; shapes are named by their words."


def observations(material: Material) -> Json:
    """Without a number: what is counted is put in by who asks."""
    entries = _ENTRY.findall(material.blocks[-1]) if material.blocks else []
    found = [_finding(int(number), said) for number, said in entries]
    return {"overview": _OVERVIEW, "findings": [each for each in found if each][:_MOST]}


def combined() -> Json:
    return {"overview": _OVERVIEW, "same": []}


def _finding(number: int, said: str) -> Json | None:
    severity = next((name for name, cue in _GRAVE if cue.search(said)), None)
    if severity is None:
        return None
    words = [word for word in re.split(r"[^\w'-]+", said.replace("<*>", " ")) if word.isalpha()]
    return {
        "severity": severity,
        "title": " ".join(words[:_TITLE_WORDS]) or "Lines that stand out",
        "text": "Simulated finding: the words of this shape are those of trouble.",
        "templates": [number],
    }
