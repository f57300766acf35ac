"""The money of a run: set aside before a request is sent, so that no cap is ever overrun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from bot.runs.errors import RunError, StorageFailed
from bot.runs.model import Run
from bot.runs.money import Cap, Caps, Claim, Cost, Held, Span
from patterns.deadline import off_the_clock
from patterns.errors import BudgetSpent
from patterns.usage import Estimate, Usage

log = logging.getLogger(__name__)

#: Seconds after which a ledger that had too little is asked again.
_LOOK_AGAIN = 0.5
#: So many requests ahead a run holds money for, so that few of them ask the ledger.
_AHEAD = 8
#: Where not even this is left, nothing is.
_LEAST = Cost(tokens=1, micros=1)


class Ledger(Protocol):
    """What runs hold of what their people and workspaces may spend, in all processes."""

    async def hold(self, run_id: str, claim: Claim, /) -> Held:
        """
        From now on the run holds what is returned, and no more. One claim is decided at a time.

        A run whose process is gone comes to hold what it spent, when its deadline is over.
        Raises `StorageFailed`.
        """
        ...

    async def close(self, run_id: str, spent: Cost, /) -> None:
        """The run holds what it *spent* and spends no more. Raises `StorageFailed`."""
        ...


class RunPurse:
    """
    Implements `bot.runs.ports.Purse`. The ledger is asked for blocks: most requests find their
    money at hand.

    Who has to wait stands in a line; one that is refused goes, and those behind it may need less.
    """

    def __init__(self, run_id: str, ledger: Ledger, caps: Caps, cap: Cap, *, spent: Cost) -> None:
        self.run_id = run_id
        self.spent = spent
        self._reserved = Cost()
        self._held = spent
        self._cap = cap
        self._caps = caps
        self._ledger = ledger
        self._line = asyncio.Lock()
        self._queued = Cost()
        self._settled = asyncio.Event()
        self._refused: tuple[Cost, str] | None = None

    @property
    def bound(self) -> Cost:
        """Not more than this was spent or is being spent."""
        return self.spent + self._reserved

    async def reserve(self, most: Cost, /) -> None:
        """Time spent here is off the branch's clock."""
        if self.reserve_now(most):
            return
        self._queued += most
        try:
            with off_the_clock():
                async with self._line:
                    await self._make_room(most)
                    self._reserved += most
        finally:
            self._queued -= most

    def reserve_now(self, most: Cost, /) -> bool:
        if self._line.locked() or not (self.bound + most).within(self._held):
            return False
        self._reserved += most
        return True

    def settle(self, most: Cost, spent: Cost, /) -> None:
        self._reserved -= most
        self.spent += spent
        self._settled.set()

    async def _make_room(self, most: Cost) -> None:
        """
        Returns when *most* is at hand; raises `BudgetSpent` when it will never be.

        While somebody is in here nobody else reserves, so `bound` only gets smaller.
        """
        while not (self.bound + most).within(self._held):
            if self._refused and self._refused[0].within(most):
                raise BudgetSpent(self._refused[1])
            self._settled.clear()
            in_flight = self.bound != self.spent
            sentence, hopeful = await self._refusal(most)
            if sentence and not hopeful and not in_flight:
                self._refused = (most, sentence)  # what is spent does not come back
            elif sentence:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN):
                        await self._settled.wait()

    async def _refusal(self, most: Cost) -> tuple[str, bool]:
        """Why not, and whether other runs may change that; no reason if all is well."""
        bound = self.bound
        least = bound + most
        if not self._cap.holds(least):
            return f"the budget of this run ({self._cap}) is spent", False
        claim = Claim(spent=self.spent, bound=bound, least=least, wanted=self._wanted(most))
        # If this is cancelled, nobody knows what the ledger did; it leaves us this at least.
        self._held = bound
        held = await self._ledger.hold(self.run_id, claim)
        self._held = held.cost
        return sentence(held.short, self._caps) if held.short else "", held.hopeful

    def _wanted(self, most: Cost) -> Cost:
        """For those in the line, a few more, and as much again as the run has spent before."""
        ahead = self.bound + self._queued + self.spent
        tokens = ahead.tokens + _AHEAD * most.tokens
        micros = ahead.micros + _AHEAD * most.micros
        cap = self._cap
        return Cost(
            tokens=tokens if cap.tokens is None else min(tokens, cap.tokens),
            micros=micros if cap.micros is None else min(micros, cap.micros),
        )


class Budget:
    """
    Opens a purse for each run. *cost* is what a usage costs in millionths of a dollar.

    The *ledger* keeps the same *caps*.
    """

    def __init__(
        self, ledger: Ledger, caps: Caps, *, cost: Callable[[Usage], int] = lambda usage: 0
    ) -> None:
        self._ledger = ledger
        self._caps = caps
        self._cost = cost

    async def open(self, run: Run) -> RunPurse:
        """
        A run that is entered again goes on from what it has spent.

        Raises `RunError` where nothing is left for its person or workspace.
        """
        spent = Cost.of(run.usage)
        claim = Claim(spent=spent, bound=spent, least=spent + _LEAST, wanted=spent)
        held = await self._ledger.hold(run.id, claim)
        if held.short and not held.hopeful:
            said = sentence(held.short, self._caps)
            raise RunError(f"{said[0].upper()}{said[1:]}.")
        cap = self._caps.of_run(run.request)
        return RunPurse(run.id, self._ledger, self._caps, cap, spent=spent)

    async def close(self, purse: RunPurse) -> None:
        """The run is over, or stops for now: what it does not need goes back."""
        try:
            await self._ledger.close(purse.run_id, purse.bound)
        except StorageFailed as err:  # the outcome matters more; the hold ends by itself
            log.warning("run %s: what it did not spend is not given back: %s", purse.run_id, err)

    def priced(self, estimate: Estimate) -> Estimate:
        low, high = estimate.low, estimate.high
        return Estimate(
            low=replace(low, cost=self._cost(low)), high=replace(high, cost=self._cost(high))
        )


def sentence(short: Span, caps: Caps) -> str:
    """For the person who asked."""
    if short is Span.DAY:
        return f"your budget for today ({caps.person_day}) is spent; it begins anew at 00:00 UTC"
    return (
        f"the workspace's budget for this month ({caps.workspace_month}) is spent; "
        "it begins anew on the 1st"
    )
