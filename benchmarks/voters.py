"""Real claims, and scripted voters for them: how often they are right is given, not measured."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patterns.evidence import Origin, Passage
from patterns.ports import Prompt
from patterns.quotes import found, in_context
from patterns.recipes.factcheck import Label
from patterns.testing import ScriptedModel

CLAIMS = Path(__file__).parents[2] / "shared" / "data" / "claims" / "averitec-dev.jsonl"
#: For evidence of which nobody wrote down where it is from.
NO_LINK = "https://nowhere.invalid/"

_GOLD: dict[str, Label | None] = {
    "Supported": Label.SUPPORTED,
    "Refuted": Label.REFUTED,
    "Not Enough Evidence": Label.NOT_ENOUGH,
    "Conflicting Evidence/Cherrypicking": None,
}
#: What a voter may err to: the labels of the data set.
_LABELS = (Label.SUPPORTED, Label.REFUTED, Label.NOT_ENOUGH)
_SIDES = (Label.SUPPORTED, Label.REFUTED)
_UNKNOWN = "No answer could be found."
_NUMBERED = re.compile(r"^⟦?\[(\d+)\] ?(.*)$", re.MULTILINE)
_SEAT = re.compile(r"voter-(\d+)")
_QUOTED_WORDS = 25
#: Stands in no passage.
_FAKE = "It was found beyond any doubt that the zebras of the ministry had signed it twice."


@dataclass(frozen=True, kw_only=True)
class Claim:
    """*gold* is None where the evidence is in conflict."""

    number: int
    text: str
    gold: Label | None
    passages: tuple[Passage, ...]


def claims(path: Path) -> list[Claim]:
    """Every line of *path*, in its format of AVeriTeC."""
    return [
        Claim(
            number=number,
            text=told["claim"].strip(),
            gold=_GOLD[told["label"]],
            passages=tuple(_passages(told["evidence"])),
        )
        for number, told in enumerate(map(json.loads, path.read_text("utf-8").splitlines()))
    ]


def _passages(evidence: Sequence[dict[str, str]]) -> Iterator[Passage]:
    """An answer says little without its question ("No")."""
    for number, one in enumerate(evidence, start=1):
        if one["answer"] != _UNKNOWN:
            text = f"{one['question']} {one['answer']}"
            link = one["url"] if one["url"].startswith("http") else f"{NO_LINK}{number}"
            yield Passage(origin=Origin.WEB, text=text, link=link)


@dataclass(frozen=True)
class Vote:
    """*fake*: it rests on words that nobody wrote, or on a passage that does not exist."""

    label: Label
    fake: bool = False

    @property
    def counts_as(self) -> Label:
        return Label.NOT_ENOUGH if self.fake and self.label in _SIDES else self.label


@dataclass(frozen=True, kw_only=True)
class Voters:
    """
    Each is right with probability *right*; the wrong ones err to either other label alike.

    *alike* is the correlation of any two of them: so often, in the square, a voter does not judge
    but shares what everybody believes of the claim, which is as often right. *fakes* is the
    share of votes on no true quote. The same *draw* votes the same again.
    """

    right: float
    alike: float = 0.0
    fakes: float = 0.0
    draw: int = 0

    def votes(self, claim: Claim, seat: int) -> Vote:
        own = self._chance(claim, f"seat {seat}")
        follows = own.random() < self.alike**0.5
        fake = own.random() < self.fakes
        believed = self._chance(claim, "everybody")
        return Vote(self._judged(claim, believed if follows else own), fake)

    def _judged(self, claim: Claim, chance: random.Random) -> Label:
        correct, which = chance.random() < self.right, chance.randrange(2)
        if claim.gold is None:
            return _SIDES[which]
        return claim.gold if correct else [o for o in _LABELS if o != claim.gold][which]

    def _chance(self, claim: Claim, who: str) -> random.Random:
        return random.Random(f"{self.draw}, claim {claim.number}, {who}")  # noqa: S311 - a script


@dataclass(frozen=True)
class Script:
    """Answers for the voters of one claim, and for whoever else the recipe asks."""

    voters: Voters
    claim: Claim

    def model(self, *, seconds: float = 0) -> ScriptedModel:
        """Voters take *seconds*, all others no time."""
        return ScriptedModel(self, delay=lambda prompt: seconds * bool(_SEAT.search(prompt.key)))

    def __call__(self, prompt: Prompt[Any]) -> dict[str, Any]:
        fields = prompt.answer.model_fields.keys()
        if "label" in fields:
            return self._ballot(int(_SEAT.findall(prompt.key)[0]), prompt.text)
        if "passages" in fields:
            return {"passages": self._pages(), "enough": True, "next_query": ""}
        return {
            "claims": [{"claim": self.claim.text, "quote": self.claim.text, "kind": "checkable"}]
        }

    def _pages(self) -> list[dict[str, str]]:
        """What people found for the claim, and no more, as the one search of the web."""
        return [
            {"text": one.text, "url": one.link, "title": "", "date": ""}
            for one in self.claim.passages
        ]

    def _ballot(self, seat: int, text: str) -> dict[str, Any]:
        vote = self.voters.votes(self.claim, seat)
        shown = {int(number): words for number, words in _NUMBERED.findall(text)}
        turned = sorted(shown)[seat % (len(shown) or 1) :] + sorted(shown)
        quotes = ((number, _quote(shown[number])) for number in turned)
        number, quote = next((each for each in quotes if each[1]), (None, ""))
        cited = [number] if number else []
        if vote.fake:
            cited, quote = [97] if seat % 2 else cited, _FAKE
        return {
            "evidence": cited,
            "quote": quote,
            "reason": f"Passage {number} says so.",
            "label": vote.label,
            "confidence": 0.8,
        }


def _quote(shown: str) -> str:
    """
    The first words of a passage, as it stands in a prompt behind its title, that can be quoted.

    Empty where there are none: of a very long sentence that denies something nobody may quote a
    part.
    """
    text = shown.partition(": ")[2].partition(" […] ")[0].rstrip("⟧")
    words = text.split()
    for first in range(0, max(1, len(words) - _QUOTED_WORDS), _QUOTED_WORDS):
        quote = " ".join(words[first : first + _QUOTED_WORDS])
        span = found(quote, text)
        if span and in_context(span, text):
            return quote
    return ""
