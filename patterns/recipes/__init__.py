"""The jobs people can ask for. Each recipe: (task, model, sink, limits) -> result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from patterns.fanout import Limits
from patterns.ports import EventSink, Model
from patterns.recipes.brainstorm import IdeaList, brainstorm
from patterns.recipes.factcheck import Verdict, factcheck
from patterns.recipes.summarize import Summary, summarize
from patterns.task import Task

Result = Annotated[Verdict | Summary | IdeaList, Field(discriminator="kind")]
Recipe = Callable[[Task, Model, EventSink, Limits], Awaitable[Verdict | Summary | IdeaList]]

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {"factcheck": factcheck, "summarize": summarize, "brainstorm": brainstorm}
)
