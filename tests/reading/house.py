"""What somebody asks to have read, and how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.reading.sources import SlackSources
from bot.runs.model import Place, RunRequest, Source
from bot.runs.ports import Reading, Trip
from bot.runs.pseudonyms import named
from patterns.task import Message
from tests.fakes.slack_api import TEAM

KEY = b"a secret of this installation"


def asking(source: Source | None, **more: Any) -> RunRequest:
    values: dict[str, Any] = {
        "recipe": "summarize",
        "source": source,
        "asked_by": "U1",
        "place": Place(team=TEAM, channel="C1"),
        "dedupe": "1",
    }
    return RunRequest(**{**values, **more})


async def read(
    sources: SlackSources, request: RunRequest, trip: Trip = Trip()
) -> tuple[Message, ...]:
    """As a model is told it."""
    found = (await sources.read(request, trip)).messages
    assert isinstance(found, tuple)
    return found


async def people_see(sources: SlackSources, request: RunRequest) -> tuple[Message, ...]:
    """With the names put back in."""
    return seen(await sources.read(request))


def seen(reading: Reading) -> tuple[Message, ...]:
    """The messages of *reading*, with the names put back in."""
    assert isinstance(reading.messages, tuple)
    return tuple(
        message.model_copy(
            update={
                "author": reading.people[message.author],
                "text": named(message.text, reading.people),
            }
        )
        for message in reading.messages
    )


def texts(messages: Sequence[Message]) -> list[str]:
    return [message.text for message in messages]
