"""The model that the settings name, as the console opens it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.console.exits import Exit, Stop
from bot.llm.build import NoModel, open_model
from bot.runs.ports import ModelFor
from bot.settings import Settings


@asynccontextmanager
async def chosen_model(settings: Settings) -> AsyncGenerator[ModelFor]:
    """Raises `Stop` with what to set if there is none."""
    key = settings.openai_api_key
    try:
        async with open_model(
            name=settings.quorum_model,
            api_key=key.get_secret_value() if key else None,
            base_url=settings.openai_base_url,
            attempt_seconds=settings.quorum_attempt_seconds,
            simulated_pace=settings.quorum_simulated_pace,
        ) as model_for:
            yield model_for
    except NoModel as err:
        raise Stop(str(err), Exit.NOT_CONFIGURED) from err
