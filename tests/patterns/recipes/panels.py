"""Panels, claims and evidence that tests of the fact-check share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from patterns.errors import ModelUnavailable
from patterns.evidence import Found, Origin, Passage
from patterns.fanout import Limits
from patterns.ports import SILENT, EventSink, Prompt
from patterns.recipes.factcheck import FactCheck, Label, factcheck
from patterns.task import Task
from patterns.testing import Line, ScriptedModel
from tests.patterns.samples import seat

WALL = "The Great Wall is visible from the Moon"
CLAIM = Task(text=WALL)
YES, NO, UNSURE, NEVER = (
    Label.SUPPORTED,
    Label.REFUTED,
    Label.NOT_ENOUGH,
    Label.NOT_CHECKABLE,
)
AGAINST = "No crew saw the Great Wall from the Moon: it is far too narrow to be visible."
FOR = "A schoolbook says that the Great Wall is visible from the Moon on a clear night."


def ballot(label: Label, quote: str = "", *evidence: int, confidence: float = 0.8) -> Line:
    return {
        "label": label,
        "evidence": list(evidence),
        "quote": quote,
        "reason": "So.",
        "confidence": confidence,
    }


def statement(quote: str, kind: str = "checkable", claim: str | None = None) -> Mapping[str, Any]:
    return {"claim": claim or quote, "quote": quote, "kind": kind}


def pages(*passages: Mapping[str, Any], enough: bool = True, then: str = "") -> Line:
    return {"passages": list(passages), "enough": enough, "next_query": then}


def found(text: str, url: str = "https://a.test/1", title: str = "A", date: str = "") -> Any:
    return {"text": text, "url": url, "title": title, "date": date}


def passage(text: str, number: int = 1, **fields: Any) -> Passage:
    link = f"https://acme.test/m{number}"
    return Passage(
        **{"origin": Origin.CONVERSATION, "text": text, "title": "Ada", "link": link} | fields
    )


def voting(*labels: Label | None, quote: str = "", evidence: Sequence[int] = ()) -> ScriptedModel:
    """A seat votes its label; None is a seat that does not answer. Reserves vote the last ones."""

    def script(prompt: Prompt[Any]) -> Line:
        label = labels[seat(prompt)]
        return ballot(label, quote, *evidence) if label else ModelUnavailable("no line")

    return ScriptedModel(script)


Answers = Mapping[type[Any], Callable[[Prompt[Any]], Line]]


def scripted(answers: Answers, *, delay: Any = 0) -> ScriptedModel:
    """By the shape that is asked for: `Ballot`, `Statements`, `Pages` or `Entailment`."""
    return ScriptedModel(lambda prompt: answers[prompt.answer](prompt), delay=delay)


class Nearby:
    """Evidence that is the same for every claim, and who asked for it."""

    def __init__(self, *passages: Passage, **found: Any) -> None:
        self.claims: list[str] = []
        self._found = Found(passages=passages, **found)

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        self.claims += claims
        return [self._found for _ in claims]


async def check(
    model: ScriptedModel, task: Task = CLAIM, sink: EventSink = SILENT, **limits: Any
) -> FactCheck:
    return await factcheck(task, model, sink, Limits(**limits))
