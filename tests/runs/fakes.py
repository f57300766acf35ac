"""Stand-ins for what surrounds the runs, and a request to try them on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.runs.errors import RunError
from bot.runs.model import Audience, Place, Run, RunRequest, Status
from bot.runs.ports import Errand, ModelFor, Reading
from bot.store.runs import SqlRunStore
from patterns.ports import Model, Prompt
from patterns.task import Message, Messages
from patterns.testing import Line, ScriptedModel

SUPPORTED = {"label": "supported", "reason": "as everybody knows"}
#: Nothing worth keeping, for the parts of a summary.
NOTES: Line = {"overview": "shipping", "items": []}
TALK = (
    Message(id="1.1", thread="1.1", author="Ada", text="We ship on Friday."),
    Message(id="1.2", thread="1.1", author="Ben", text="Agreed."),
)


def request(dedupe: str = "d1", **changes: Any) -> RunRequest:
    plain = RunRequest(
        recipe="factcheck",
        text="the moon is cheese",
        asked_by="U1",
        place=Place(team="T1", channel="C1"),
        dedupe=dedupe,
    )
    return plain.model_copy(update=changes)


class FakeSources:
    """Everybody may read *messages*, unless there is an *error*; *calls* tells what was asked."""

    def __init__(
        self,
        *,
        audience: Audience = Audience.CHANNEL,
        messages: Messages = TALK,
        people: Mapping[str, str] | None = None,
        error: RunError | None = None,
    ) -> None:
        self.calls: list[str] = []
        self.audience = audience
        self.error = error
        self._reading = Reading(messages, people or {})

    async def admit(self, request: RunRequest, /) -> Audience:
        self.calls.append("admit")
        if self.error:
            raise self.error
        return self.audience

    async def read(self, request: RunRequest, /) -> Reading:
        self.calls.append("read")
        return self._reading


class FakeEngine:
    """Only takes notes."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.cancelled: list[str] = []

    async def start(self, run_id: str, /) -> None:
        self.started.append(run_id)

    async def cancel(self, run_id: str, /) -> None:
        self.cancelled.append(run_id)


def supporting(delay: float | Callable[[Prompt[Any]], float] = 0) -> ScriptedModel:
    """Every voter agrees."""
    return ScriptedModel(lambda _: SUPPORTED, delay=delay)


def scripted(script: Callable[[Prompt[Any]], Line]) -> ScriptedModel:
    return ScriptedModel(script)


@dataclass(frozen=True)
class _Always:
    model: Model
    name: str = "scripted"

    def __call__(self, errand: Errand, /) -> Model:
        return self.model


def always(model: Model) -> ModelFor:
    """The same model for every run, without rings."""
    return _Always(model)


async def closed(store: SqlRunStore, run: Run | None) -> Run:
    """*run* with its outcome; fails where none comes."""
    assert run is not None

    async def over() -> bool:
        return (await store.get(run.id)).status is not Status.OPEN

    await until(store, over)
    return await store.get(run.id)


async def until(store: SqlRunStore, condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for *condition*, asked again after every commit; fails where it does not come."""
    changed = asyncio.Event()
    store.subscribe(lambda _: changed.set())
    async with asyncio.timeout(20):
        while not await condition():
            await changed.wait()
            changed.clear()
