"""What both composition roots open in the same way from the settings."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.calls import prices
from bot.llm import build
from bot.llm.build import Bounds, OpenModel
from bot.runs.executor import Executor
from bot.runs.meter import Meter, NoMeter
from bot.runs.money import Caps
from bot.runs.ports import Sources
from bot.runs.preparing import Preparing
from bot.runs.purse import Budget
from bot.runs.sharing import Sharing
from bot.runs.storage import RunStore
from bot.settings import Settings, plain
from bot.store.bookmarks import SqlBookmarks, SqlPages
from bot.store.checks import SqlChecks
from bot.store.database import Database
from bot.store.ledger import SqlLedger
from bot.store.panel import SqlLearnings
from bot.store.shelf import SqlShelf
from patterns.fanout import Limits


@asynccontextmanager
async def open_model(settings: Settings, meter: Meter = NoMeter()) -> AsyncGenerator[OpenModel]:
    """The model that the settings name; entering raises `NoModel` or `BadPrices`."""
    async with build.open_model(
        name=settings.quorum_model,
        api_key=plain(settings.openai_api_key),
        base_url=settings.openai_base_url,
        attempt_seconds=settings.quorum_attempt_seconds,
        simulated_pace=settings.quorum_simulated_pace,
        web_search=settings.quorum_web_search,
        bounds=Bounds(
            rpm=settings.quorum_rpm,
            tpm=settings.quorum_tpm,
            slots=settings.quorum_max_calls,
            most_output=settings.quorum_most_output,
            hedge=settings.quorum_hedge,
        ),
        prices=prices.load(settings.quorum_prices),
        meter=meter,
    ) as model:
        for name, price in model.prices.items():
            prices.check(caps(settings), name, price)
        yield model


def caps(settings: Settings) -> Caps:
    """What may be spent at most."""
    return Caps(
        run=settings.quorum_cap_run,
        person_day=settings.quorum_cap_person_day,
        workspace_month=settings.quorum_cap_workspace_month,
    )


def executor(
    settings: Settings,
    database: Database,
    sources: Sources,
    model: OpenModel,
    *,
    store: RunStore,
    meter: Meter = NoMeter(),
) -> Executor:
    """The body of runs, within the limits that the settings give; *store* is of *database*."""
    seconds = settings.quorum_run_seconds
    ledger = SqlLedger(database, caps(settings))
    days = settings.quorum_keep_answers_days
    shelf = SqlShelf(database, days=days) if days else None
    return Executor(
        store,
        sources,
        model,
        budget=Budget(ledger, caps(settings), cost=model.price.cost),
        sharing=Sharing(shelf, meter),
        meter=meter,
        checks=SqlChecks(database),
        preparing=Preparing(
            store,
            sources,
            bookmarks=SqlBookmarks(database),
            pages=SqlPages(database),
            learnings=SqlLearnings(database),
            seconds=settings.quorum_reading_seconds,
        ),
        limits=Limits(
            width=settings.quorum_max_concurrency, seconds=settings.quorum_branch_seconds
        ),
        seconds=seconds,
    )
