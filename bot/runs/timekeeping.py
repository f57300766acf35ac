"""
The deadline of a run: when it comes, questions and reading end, and the recipe goes on with what
it has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable
from dataclasses import dataclass, replace
from typing import TypeVar

from patterns.errors import TimeUp
from patterns.ports import A, Model, Prompt, Reply
from patterns.task import Document, Task

T = TypeVar("T")

#: Lines of a document between two looks at the clock.
_LINES = 1_000


@dataclass(frozen=True, kw_only=True)
class Time:
    """*until* is a time of the event loop; *seconds* is what people are told that the run had."""

    until: float
    seconds: float

    async def bound(self, work: Awaitable[T]) -> T:
        """Raises `TimeUp` at the deadline."""
        alarm = asyncio.timeout_at(self.until)
        try:
            async with alarm:
                return await work
        except TimeoutError as err:
            if not alarm.expired():
                raise  # somebody else's
            raise self.up() from err

    def up(self) -> TimeUp:
        return TimeUp(f"the run's {self.seconds:g} s were up")

    def bounds(self, task: Task) -> Task:
        """*task*, whose streams end at the deadline: `TimeUp`."""
        messages = task.messages
        return replace(
            task,
            messages=self.read(messages) if isinstance(messages, AsyncIterable) else messages,
            documents=tuple(map(self._bounded, task.documents)),
        )

    def _bounded(self, document: Document) -> Document:
        """Looked at now and then: a million lines are no million alarms."""

        async def lines() -> AsyncGenerator[str]:
            number = 0
            async for line in document.lines():
                number += 1
                if number % _LINES == 0 and asyncio.get_running_loop().time() >= self.until:
                    raise self.up()
                yield line

        return replace(document, lines=lines)

    async def read(self, stream: AsyncIterable[T]) -> AsyncGenerator[T]:
        """*stream*, until it ends or the next item does not come in time: `TimeUp`."""
        items = aiter(stream)
        while True:
            try:
                item = await self.bound(anext(items))
            except StopAsyncIteration:
                return
            yield item


class TimeKeeping:
    def __init__(self, model: Model, time: Time) -> None:
        self._model = model
        self._time = time

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """Raises `TimeUp` at the deadline, and from then on at once."""
        if asyncio.get_running_loop().time() >= self._time.until:
            raise self._time.up()
        return await self._time.bound(self._model.ask(prompt))
