"""Carrying out one run from its request to its outcome."""

from __future__ import annotations

from typing import Any

from bot.runs.executor import Executor
from bot.runs.model import Run, RunRequest
from bot.runs.preparing import Preparing
from bot.runs.storage import RunStore
from bot.store.runs import SqlRunStore
from patterns.ports import Model
from patterns.recipes.safety import SafetyReport
from tests.runs.fakes import FakeSources, always, request

#: The voters of a run.
PANEL = {f"voter-{number}" for number in range(1, 6)}
PREPARES = {"bookmarks", "learnings", "pages"}


def voters(result: SafetyReport) -> int:
    """How many of them answered."""
    return result.seats - len(result.missing)


async def added(store: SqlRunStore, asked: RunRequest | None = None) -> str:
    run = await store.add(asked or request())
    assert run
    return run.id


def body(store: RunStore, model: Model, sources: FakeSources, **options: Any) -> Executor:
    """*options* are those of the executor, or of what prepares its runs."""
    own = {name: options.pop(name) for name in PREPARES & set(options)}
    model_for = always(model, searches=options.pop("web", False))
    preparing = Preparing(store, sources, **own)
    return Executor(store, sources, model_for, preparing=preparing, **options)


async def carried_out(
    store: SqlRunStore,
    model: Model,
    *,
    run_id: str = "",
    sources: FakeSources | None = None,
    **options: Any,
) -> Run:
    run_id = run_id or await added(store)
    await body(store, model, sources or FakeSources(), **options).execute(run_id)
    return await store.get(run_id)
