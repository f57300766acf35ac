"""The deadline of a run: when it comes, questions end, and the recipe goes on with what it has."""

from __future__ import annotations

import asyncio

from patterns.errors import ModelUnavailable
from patterns.ports import A, Model, Prompt, Reply


class TimeKeeping:
    """*until* is a time of the event loop; *seconds* is what people are told that the run had."""

    def __init__(self, model: Model, *, until: float, seconds: float) -> None:
        self._model = model
        self._until = until
        self._sentence = f"the run's {seconds:g} s were up"

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """Raises `ModelUnavailable` at the deadline, and from then on at once."""
        if asyncio.get_running_loop().time() >= self._until:
            raise ModelUnavailable(self._sentence)
        alarm = asyncio.timeout_at(self._until)
        try:
            async with alarm:
                return await self._model.ask(prompt)
        except TimeoutError as err:
            if not alarm.expired():
                raise  # somebody else's
            raise ModelUnavailable(self._sentence) from err
