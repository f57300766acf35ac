"""Simulated panels: what they cite, what they tell apart, what they find. By cues, and at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.llm.material import Line, Material, excerpt, roll, sentences

#: What a voter can say of a claim, in the order in which it is asked.
LABELS = ("supported", "refuted", "not_enough_evidence", "not_checkable")

_QUOTE_WORDS = 20
#: Of a hundred votes, how many rest on the passage that fits best; the others on the next one.
_BEST = 80
#: Sentences of a passage that may be quoted, and parts of a text that are told apart.
_LOOKED_AT, _MOST = 40, 8
#: What a part of a text is, asked in this order; what fits none can be checked.
_CUES = {
    "question": r"\?\W*$",
    "opinion": r"\b(i think|i believe|in my opinion|should|ought to|the best|the worst|beautiful"
    r"|boring|i (?:like|love|hate))\b",
    "prediction": r"\b(will|going to|by (?:20|21)\d\d|next (?:week|month|year))\b",
}
#: Words that any reader would stop at, by what stands in the name of a category.
_HAZARDS = {
    "harassment": r"\b(idiots?|stupid|loser|shut up)\b",
    "hate": r"\b(vermin|subhuman|go back to)\b",
    "self": r"\b(kill myself|hurt myself|suicide)\b",
    "sexual": r"\b(nude|naked|porn\w*)\b",
    "violence": r"\b(kill|stab|shoot|beat (?:him|her|them|you) up)\b",
    "illegal": r"\b(bomb|explosives?|cocaine|pick the lock)\b",
    "private": r"\b(password|passport number|social security|credit card)\b",
    "fraud": r"\b(wire the money|lottery|click here|gift cards?)\b",
}
_KINDS = {kind: re.compile(cue, re.IGNORECASE) for kind, cue in _CUES.items()}
_SEEN = {hazard: re.compile(cue, re.IGNORECASE) for hazard, cue in _HAZARDS.items()}


@dataclass(frozen=True)
class Part:
    """A sentence as it stands in a text, and what a list says that it is."""

    text: str
    kind: str


def cited(material: Material, seat: str) -> tuple[int, str] | None:
    """A passage, and words that stand in it; None where there is none."""
    lines = material.passages
    if not lines:
        return None
    best = roll(material.claim, seat, "passage") % 100 < _BEST
    line: Line = lines[0] if best or len(lines) == 1 else lines[1]
    said = max(list(sentences(line.text))[:_LOOKED_AT], key=material.shared)
    return line.number, excerpt(said, _QUOTE_WORDS)


def claimed(material: Material, kinds: Sequence[str]) -> tuple[Part, ...]:
    """What the sentences of a text are, of *kinds*; the first of them where no cue is there."""
    return tuple(Part(text, _kind(text, kinds)) for text in material.parts[:_MOST])


def hazards(material: Material, categories: Sequence[str]) -> tuple[Part, ...]:
    """What a text has too plain words of, each category once."""
    found: dict[str, Part] = {}
    for text in material.parts:
        for hazard, cue in _SEEN.items():
            name = next((each for each in categories if hazard in each), "")
            if name and cue.search(text):
                found.setdefault(name, Part(text, name))
    return tuple(found.values())


def likely(labels: Sequence[str], material: Material) -> Sequence[str]:
    """Without the one that says that nobody can check the claim, nine times out of ten."""
    if roll(material.claim, "checkable") % 10 == 0:
        return labels
    return [label for label in labels if label != LABELS[-1]] or labels


def relation(label: str, relations: Sequence[str]) -> str:
    """How a passage stands to a claim, where the panel says *label* of it."""
    beginning = {"supported": "support", "refuted": "refut"}.get(label, "neither")
    return next((each for each in relations if each.startswith(beginning)), relations[-1])


def _kind(text: str, kinds: Sequence[str]) -> str:
    named = (kind for kind, cue in _KINDS.items() if kind in kinds and cue.search(text))
    return next(named, kinds[0])
