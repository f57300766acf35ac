"""A ring around any model: tries again what may work the next time, and says so."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from patterns.errors import ModelError, ModelUnavailable
from patterns.events import BranchProgress
from patterns.ports import A, EventSink, Model, Prompt, Reply
from patterns.usage import Usage

_FIRST_PAUSE = 0.5
#: A server that asks for a longer pause than this, in seconds, will not answer in this run.
_LONGEST_PAUSE = 30.0


class Retrying:
    """
    *attempt_seconds* is the deadline of one attempt; pauses between them are not in it.

    *chance* gives numbers in [0, 1) that keep branches from coming back all at once.
    """

    def __init__(
        self,
        model: Model,
        sink: EventSink,
        *,
        attempt_seconds: float,
        attempts: int = 3,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._model = model
        self._sink = sink
        self._seconds = attempt_seconds
        self._attempts = attempts
        self._sleep = sleep
        self._chance = chance

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """Raises the last `ModelUnavailable`; any other error at once."""
        spent, attempt = Usage(), 0
        while True:
            attempt += 1
            try:
                reply = await self._attempt(prompt)
            except ModelError as err:
                err.usage = spent = spent + err.usage
                pause = self._pause(attempt, err)
                if pause is None:
                    raise
                self._tell(prompt.key, f"{err}; trying again in", pause, attempt + 1)
                await self._sleep(pause)
            else:
                return replace(reply, usage=spent + reply.usage)

    async def _attempt(self, prompt: Prompt[A]) -> Reply[A]:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._model.ask(prompt)
        except TimeoutError as err:
            late = f"no answer came within {self._seconds:g} s"
            raise ModelUnavailable(late, usage=Usage(calls=1)) from err

    def _pause(self, attempt: int, err: ModelError) -> float | None:
        """
        Seconds before the next attempt, None where there is none.

        Never shorter than the server asked for; a quarter as long again at most.
        """
        if not isinstance(err, ModelUnavailable) or attempt == self._attempts:
            return None
        asked = err.retry_after or 0
        if asked > _LONGEST_PAUSE:
            return None
        backoff = _FIRST_PAUSE * 2 ** (attempt - 1)
        return max(backoff, asked) * (1 + self._chance() / 4)

    def _tell(self, branch: str, what: str, pause: float, attempt: int) -> None:
        note = f"{what} {max(1, round(pause))} s ({attempt} of {self._attempts})"
        self._sink.emit(BranchProgress(branch=branch, note=note))
