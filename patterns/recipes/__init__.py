"""The jobs people can ask for. Each recipe: (task, model, sink, limits) -> result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from patterns.fanout import Limits
from patterns.ports import EventSink, Model
from patterns.recipes.brainstorm import IdeaList, brainstorm
from patterns.recipes.brainstorm import foresee as foresee_ideas
from patterns.recipes.extract import Extraction, extract
from patterns.recipes.extract import foresee as foresee_extraction
from patterns.recipes.factcheck import FactCheck, factcheck
from patterns.recipes.factcheck import foresee as foresee_factcheck
from patterns.recipes.logs import LogReport, logs
from patterns.recipes.logs import foresee as foresee_logs
from patterns.recipes.safety import SafetyReport, safety
from patterns.recipes.safety import foresee as foresee_safety
from patterns.recipes.summarize import Summary, summarize
from patterns.recipes.summarize import foresee as foresee_summary
from patterns.task import Task
from patterns.usage import Estimate

Result = Annotated[
    FactCheck | Summary | IdeaList | SafetyReport | LogReport | Extraction,
    Field(discriminator="kind"),
]
Recipe = Callable[[Task, Model, EventSink, Limits], Awaitable[Result]]

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "factcheck": factcheck,
        "summarize": summarize,
        "brainstorm": brainstorm,
        "safety": safety,
        "logs": logs,
        "extract": extract,
    }
)
_FORESEEN: Mapping[str, Callable[[Task], Estimate | None]] = MappingProxyType(
    {
        "factcheck": foresee_factcheck,
        "summarize": foresee_summary,
        "brainstorm": foresee_ideas,
        "safety": foresee_safety,
        "logs": foresee_logs,
        "extract": foresee_extraction,
    }
)


def estimate(recipe: str, task: Task) -> Estimate | None:
    """
    What the run will use if nothing fails, before its first question.

    None for a stream, whose end nobody knows, and where there is nothing to do.
    """
    return _FORESEEN[recipe](task)
