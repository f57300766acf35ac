"""The money of a run: set aside before a request is sent, so that no cap is ever overrun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import NoReturn, Protocol

from bot.runs.errors import RunError, StorageFailed
from bot.runs.model import Run
from bot.runs.money import Cap, Caps, Claim, Cost, Held, Span, dollars
from bot.runs.ports import Tell
from patterns.deadline import off_the_clock
from patterns.errors import BudgetSpent
from patterns.usage import Estimate, Usage

log = logging.getLogger(__name__)

#: Seconds that a ledger lets a run hold money without a sign of life.
HELD_SECONDS = 60
#: So often the sign is given, with room for two that fail.
_RENEW = 20
#: Seconds after which a ledger that had too little is asked again: at first, and at most.
_LOOK_AGAIN = 0.5
_LOOK_SELDOM = 5.0
_WAITING = "waiting for money that other runs hold"
#: So many requests ahead a run holds money for, so that few of them ask the ledger.
_AHEAD = 8
#: Where not even this is left, nothing is.
_LEAST = Cost(tokens=1, micros=1)


class Ledger(Protocol):
    """What runs hold of what their people and workspaces may spend, in all processes."""

    async def hold(self, run_id: str, claim: Claim, /) -> Held:
        """
        From now on the run holds what is returned, and no more. One claim is decided at a time.

        A run comes to hold what it spent, `HELD_SECONDS` after its last sign of life. What it
        said once that it spent stays spent, whatever it claims. Raises `StorageFailed`.
        """
        ...

    async def renew(self, run_id: str, /) -> bool:
        """A sign of life; False where it comes too late. Raises `StorageFailed`."""
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
        self._untold: list[Tell] = []
        self._waits = self._noted = False

    @property
    def bound(self) -> Cost:
        """Not more than this was spent or is being spent."""
        return self.spent + self._reserved

    async def reserve(self, most: Cost, /, tell: Tell | None = None) -> None:
        """Time spent here is off the branch's clock."""
        if self.reserve_now(most):
            return
        self._queued += most
        if tell:
            self._untold.append(tell)
        try:
            self._tell()
            with off_the_clock():
                async with self._line:
                    await self._make_room(most)
                    self._reserved += most
        finally:
            self._queued -= most
            if tell and tell in self._untold:
                self._untold.remove(tell)

    def reserve_now(self, most: Cost, /) -> bool:
        if self._line.locked() or not (self.bound + most).within(self._held):
            return False
        self._reserved += most
        return True

    def settle(self, most: Cost, spent: Cost, /) -> None:
        self._reserved -= most
        self.spent += spent
        self._settled.set()

    async def keep(self) -> NoReturn:
        """
        To be cancelled at the end of the run: until then the ledger gets its signs of life.

        Where they came too late others may have got the money, so the next request asks first.
        """
        now = asyncio.get_running_loop().time
        until = now() + HELD_SECONDS
        while True:
            await asyncio.sleep(_RENEW)
            asked = now()
            try:
                kept = await self._ledger.renew(self.run_id)
                until = asked + HELD_SECONDS
            except StorageFailed as err:
                log.warning("run %s: its money is not renewed: %s", self.run_id, err)
                kept = now() + _RENEW < until
            if not kept:
                self._held = self.bound

    async def _make_room(self, most: Cost) -> None:
        """
        Returns when *most* is at hand; raises `BudgetSpent` when it will never be.

        While somebody is in here nobody else reserves, so `bound` only gets smaller.
        """
        pause = _LOOK_AGAIN
        try:
            while not (self.bound + most).within(self._held):
                await self._ask(most, pause)
                pause = min(2 * pause, _LOOK_SELDOM)
        finally:
            self._waits = False

    async def _ask(self, most: Cost, pause: float) -> None:
        if self._refused and self._refused[0].within(most):
            raise BudgetSpent(self._refused[1])
        self._settled.clear()
        in_flight = self.bound != self.spent
        sentence, hopeful = await self._refusal(most)
        if sentence and not hopeful and not in_flight:
            self._refused = (most, sentence)  # what is spent does not come back
        elif sentence:
            self._waits = hopeful
            self._tell()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._settled.wait()

    async def _refusal(self, most: Cost) -> tuple[str, bool]:
        """Why not, and whether other runs may change that; no reason if all is well."""
        bound = self.bound
        least = bound + most
        if not self._cap.holds(least):
            whose = "the budget of this run"
            return _too_dear(whose, self._cap, most) or _full(whose, self._cap), False
        claim = Claim(spent=self.spent, bound=bound, least=least, wanted=self._wanted(most))
        # If this is cancelled, nobody knows what the ledger did; it leaves us this at least.
        self._held = bound
        held = await self._ledger.hold(self.run_id, claim)
        self.spent += held.spent - claim.spent
        self._held = self._cap.limit(held.cost)
        return _no_room(held.short, self._caps, most) if held.short else "", held.hopeful

    def _wanted(self, most: Cost) -> Cost:
        """For those in the line, a few more, and as much again as the run has spent before."""
        ahead = self.bound + self._queued + self.spent
        more = Cost(tokens=_AHEAD * most.tokens, micros=_AHEAD * most.micros)
        return self._cap.limit(ahead + more)

    def _tell(self) -> None:
        """Those in the line what it waits for, and who runs the bot that a run has to."""
        if not self._waits:
            return
        if not self._noted:
            self._noted = True
            log.info("run %s is %s", self.run_id, _WAITING)
        for tell in self._untold:
            tell(_WAITING)
        self._untold.clear()


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
        A run that is entered again goes on from what it has spent, also where no more is left:
        what it has paid for is worth a result.

        Raises `RunError` where it has spent nothing and nothing is left for it.
        """
        spent = Cost.of(run.usage)
        claim = Claim(spent=spent, bound=spent, least=spent + _LEAST, wanted=spent)
        held = await self._ledger.hold(run.id, claim)
        if held.short and not held.hopeful and held.spent == Cost():
            said = spent_up(held.short, self._caps)
            raise RunError(f"{said[0].upper()}{said[1:]}.")
        cap = self._caps.of_run(run.request)
        return RunPurse(run.id, self._ledger, self._caps, cap, spent=held.spent)

    async def close(self, purse: RunPurse) -> None:
        """The run is over, or stops for now: what it does not need goes back."""
        try:
            await self._ledger.close(purse.run_id, purse.bound)
        except StorageFailed as err:  # the outcome matters more; the hold ends by itself
            log.warning("run %s: what it did not spend is not given back: %s", purse.run_id, err)
        except Exception:  # a door, for the same reason: the result is there and is not to be lost
            log.exception("run %s: what it did not spend is not given back", purse.run_id)

    def priced(self, estimate: Estimate) -> Estimate:
        low, high = estimate.low, estimate.high
        return Estimate(
            low=replace(low, cost=self._cost(low)), high=replace(high, cost=self._cost(high))
        )


def spent_up(short: Span, caps: Caps) -> str:
    """For the person who asked: nothing is left."""
    whose, cap, anew = _named(short, caps)
    return f"{whose} ({cap}) is spent; it begins anew {anew}"


def _no_room(short: Span, caps: Caps, most: Cost) -> str:
    """For the person who asked: what is left is less than one answer may take."""
    whose, cap, anew = _named(short, caps)
    return _too_dear(whose, cap, most) or f"{_full(whose, cap)}; it begins anew {anew}"


def _named(short: Span, caps: Caps) -> tuple[str, Cap, str]:
    if short is Span.DAY:
        return "your budget for today", caps.person_day, "at 00:00 UTC"
    return "the workspace's budget for this month", caps.workspace_month, "on the 1st"


def _full(whose: str, cap: Cap) -> str:
    return f"{whose} ({cap}) has no room for another answer"


def _too_dear(whose: str, cap: Cap, most: Cost) -> str:
    """Where no wait and no other day helps."""
    if cap.holds(most):
        return ""
    over = cap.tokens is not None and most.tokens > cap.tokens
    one = f"{most.tokens:,} tokens" if over else dollars(most.micros)
    return (
        f"one answer may take {one}, more than {whose} ({cap}): raise the cap, or lower "
        "QUORUM_MOST_OUTPUT"
    )
