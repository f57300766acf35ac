"""The attempts at one call: tried again where that may help, and people see it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from bot.calls.hedging import Hedging
from bot.calls.port import Admission, Completion, Gate
from bot.calls.sending import Order
from bot.runs.money import Cost
from patterns.deadline import off_the_clock
from patterns.errors import BudgetSpent, ModelBusy, ModelUnavailable
from patterns.events import BranchProgress

_ATTEMPTS = 3
_FIRST_PAUSE = 0.5
#: A server that asks for a longer pause than this, in seconds, will not answer in this run.
_LONGEST_PAUSE = 30.0
#: No gate lets in so often in vain; a server that is always busy must not hold a branch forever.
_MOST_BUSY = 12
_NOTHING = Cost()


class Trying:
    """*chance* gives numbers in [0, 1) that keep branches from coming back all at once."""

    def __init__(
        self, hedging: Hedging, gate: Gate, *, chance: Callable[[], float] = random.random
    ) -> None:
        self._hedging = hedging
        self._gate = gate
        self._chance = chance

    async def send(self, order: Order) -> Completion:
        """
        Raises the last `ModelUnavailable`; any other error at once.

        A busy server consumes no attempt: it says nothing about this question, and the gate
        makes everybody wait.
        """
        attempt, busy = 1, 0
        failed: ModelUnavailable | None = None
        while True:
            try:
                admission = await self._admitted(order, busy)
            except BudgetSpent as err:
                if failed is None:
                    raise
                raise BudgetSpent(f"{failed}; {err}") from err  # the budget is not the first cause
            try:
                return await self._hedging.send(order, admission)
            except ModelBusy as err:
                busy += 1
                if busy == _MOST_BUSY:
                    raise
                await self._step_back(busy, err)
            except ModelUnavailable as err:
                pause = self._pause(attempt, err)
                if pause is None:
                    raise
                attempt, failed = attempt + 1, err
                self._tell(order, err, pause, attempt)
                await asyncio.sleep(pause)

    async def _step_back(self, busy: int, err: ModelBusy) -> None:
        """After its first refusal the gate may not make anybody wait for this question."""
        if busy > 1:
            pause = max(2 ** (busy - 1), err.retry_after or 0)
            with off_the_clock():
                await asyncio.sleep(min(pause, _LONGEST_PAUSE) * (1 + self._chance() / 4))

    async def _admitted(self, order: Order, refused: int) -> Admission:
        """
        Money first, then the turn: nobody holds a place in flight while waiting for money.

        What waits at the gate with money set aside keeps it from requests of its own run,
        which would stand behind it at the same gate.
        """
        purse = order.errand.purse
        await self._paid(order)
        try:
            return await self._gate.enter(
                order.errand, order.branch, order.likely.tokens, refused=refused
            )
        except BaseException:
            purse.settle(order.most, _NOTHING)
            raise

    async def _paid(self, order: Order) -> None:
        told = False

        def tell(note: str) -> None:
            nonlocal told
            told = bool(note)
            order.errand.sink.emit(BranchProgress(branch=order.branch, note=note))

        await order.errand.purse.reserve(order.most, tell)
        if told:
            tell("")

    def _pause(self, attempt: int, err: ModelUnavailable) -> float | None:
        """
        Seconds before the next attempt, None where there is none.

        Never shorter than the server asked for; a quarter as long again at most.
        """
        asked = err.retry_after or 0
        if attempt == _ATTEMPTS or asked > _LONGEST_PAUSE:
            return None
        backoff = _FIRST_PAUSE * 2 ** (attempt - 1)
        return max(backoff, asked) * (1 + self._chance() / 4)

    def _tell(self, order: Order, err: ModelUnavailable, pause: float, attempt: int) -> None:
        note = f"{err}; trying again in {max(1, round(pause))} s ({attempt} of {_ATTEMPTS})"
        order.errand.sink.emit(BranchProgress(branch=order.branch, note=note))
