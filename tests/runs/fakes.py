"""Stand-ins for what surrounds the runs, and a request to try them on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.runs.errors import RunError
from bot.runs.model import Audience, Place, Run, RunRequest, Status
from bot.runs.ports import Errand, ModelFor, Reading, Trip
from bot.store.runs import SqlRunStore
from patterns.evidence import Evidence, Found
from patterns.ports import Model, Prompt
from patterns.task import Message, Messages
from patterns.testing import Line, ScriptedModel

#: A voter has looked, and found nothing.
CLEAR: Line = {"findings": []}
#: Nothing worth keeping, for the parts of a summary.
NOTES: Line = {"overview": [], "items": []}
#: Nothing that merges would have to say.
MERGED: Line = {"overview": [], "same": [], "conflicts": []}
TALK = (
    Message(id="1.1", thread="1.1", author="Ada", text="We ship on Friday."),
    Message(id="1.2", thread="1.1", author="Ben", text="Agreed."),
)


def request(dedupe: str = "d1", **changes: Any) -> RunRequest:
    """Of the recipe that asks all five of its voters, whatever the first of them say."""
    plain = RunRequest(
        recipe="safety",
        text="the moon is cheese",
        voters=5,
        asked_by="U1",
        place=Place(team="T1", channel="C1"),
        dedupe=dedupe,
    )
    return plain.model_copy(update=changes)


class FakeSources:
    """
    Everybody may read *messages*, unless there is an *error*; *calls* tells what was asked.

    *found* is what is near every claim, said by the same *people*.
    """

    def __init__(
        self,
        *,
        audience: Audience = Audience.CHANNEL,
        messages: Messages = TALK,
        people: Mapping[str, str] | None = None,
        error: RunError | None = None,
        found: Found = Found(),
    ) -> None:
        self.calls: list[str] = []
        self.audience = audience
        self.error = error
        self._reading = Reading(messages, people or {})
        self._found = found

    async def admit(self, request: RunRequest, /) -> Audience:
        self.calls.append("admit")
        if self.error:
            raise self.error
        return self.audience

    async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
        self.calls.append("read")
        return self._reading

    def evidence(
        self, request: RunRequest, met: Callable[[Mapping[str, str]], None], until: datetime, /
    ) -> Evidence:
        return _Near(self, met)

    async def near(
        self, claims: Sequence[str], met: Callable[[Mapping[str, str]], None]
    ) -> Sequence[Found]:
        self.calls.append("evidence")
        met(self._reading.people)
        return [self._found for _ in claims]


@dataclass(frozen=True)
class _Near:
    sources: FakeSources
    met: Callable[[Mapping[str, str]], None]

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        return await self.sources.near(claims, self.met)


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
    return ScriptedModel(lambda _: CLEAR, delay=delay)


def scripted(script: Callable[[Prompt[Any]], Line]) -> ScriptedModel:
    return ScriptedModel(script)


@dataclass(frozen=True)
class _Always:
    model: Model
    name: str = "scripted"
    searches: bool = False

    def __call__(self, errand: Errand, /) -> Model:
        return self.model


def always(model: Model, *, searches: bool = False) -> ModelFor:
    """The same model for every run, without rings."""
    return _Always(model, searches=searches)


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
