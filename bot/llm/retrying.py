"""A ring around any model: tries again what may work the next time, and says so."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from patterns.errors import ModelUnavailable
from patterns.events import BranchProgress
from patterns.ports import A, EventSink, Model, Prompt, Reply, Usage

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
        failed = 0
        while True:
            try:
                reply = await self._attempt(prompt)
            except ModelUnavailable as err:
                failed += 1
                asked = err.retry_after or 0
                if failed == self._attempts or asked > _LONGEST_PAUSE:
                    raise
                pause = self._pause(failed, asked)
                self._tell(prompt.key, f"{err}; trying again in", pause, failed + 1)
                await self._sleep(pause)
            else:
                return replace(reply, usage=reply.usage + Usage(calls=failed)) if failed else reply

    async def _attempt(self, prompt: Prompt[A]) -> Reply[A]:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._model.ask(prompt)
        except TimeoutError as err:
            raise ModelUnavailable(f"no answer came within {self._seconds:g} s") from err

    def _pause(self, failed: int, asked: float) -> float:
        """Never shorter than *asked*; a quarter as long again at most."""
        backoff = _FIRST_PAUSE * 2 ** (failed - 1)
        return max(backoff, asked) * (1 + self._chance() / 4)

    def _tell(self, branch: str, what: str, pause: float, attempt: int) -> None:
        note = f"{what} {max(1, round(pause))} s ({attempt} of {self._attempts})"
        self._sink.emit(BranchProgress(branch=branch, note=note))
