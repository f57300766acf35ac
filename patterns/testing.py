"""Stand-ins for the ports: shipped, so that every program built on `patterns` can be tested."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from patterns.errors import PatternError
from patterns.events import Event
from patterns.ports import A, Prompt, Reply
from patterns.usage import Usage

Line = Mapping[str, Any] | PatternError


class ScriptedModel:
    """
    Answers by *script*: prompt -> the fields of its answer, or an error to raise.

    *delay* is how long an answer takes, in seconds: one number, or a function of the prompt.
    *asked* holds the keys of all questions, in the order they came; with *keep* false it stays
    empty, for runs with more questions than memory should hold.
    """

    def __init__(
        self,
        script: Callable[[Prompt[Any]], Line],
        *,
        delay: float | Callable[[Prompt[Any]], float] = 0,
        keep: bool = True,
    ) -> None:
        self.asked: list[str] = []
        self.most_at_once = 0
        self._now = 0
        self._script = script
        self._delay = delay
        self._keep = keep

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        if self._keep:
            self.asked.append(prompt.key)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(
                self._delay if isinstance(self._delay, int | float) else self._delay(prompt)
            )
        finally:
            self._now -= 1
        line = self._script(prompt)
        if isinstance(line, PatternError):
            raise line
        usage = Usage(calls=1, input_tokens=len(prompt.text) // 4, output_tokens=20)
        return Reply(answer=prompt.answer.model_validate(line), usage=usage, model="scripted")


class ListSink:
    """Keeps every event, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def emit(self, event: Event, /) -> None:
        self.events.append(event)
