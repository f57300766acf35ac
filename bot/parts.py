"""What both composition roots open in the same way from the settings."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from bot.llm import build
from bot.runs.executor import Executor
from bot.runs.ports import ModelFor, RunStore, Sources
from bot.settings import Settings, plain
from patterns.fanout import Limits


def open_model(settings: Settings) -> AbstractAsyncContextManager[ModelFor]:
    """The model that the settings name; entering raises `NoModel`."""
    return build.open_model(
        name=settings.quorum_model,
        api_key=plain(settings.openai_api_key),
        base_url=settings.openai_base_url,
        attempt_seconds=settings.quorum_attempt_seconds,
        simulated_pace=settings.quorum_simulated_pace,
    )


def executor(
    settings: Settings, store: RunStore, sources: Sources, model_for: ModelFor
) -> Executor:
    """The body of runs, within the limits that the settings give."""
    return Executor(
        store,
        sources,
        model_for,
        limits=Limits(
            width=settings.quorum_max_concurrency, seconds=settings.quorum_branch_seconds
        ),
        seconds=settings.quorum_run_seconds,
    )
