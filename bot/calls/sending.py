"""One request that is paid for and let in: sent, and accounted for however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.calls.estimates import Estimates
from bot.calls.port import Admission, Call, Completion, Sender
from bot.runs.money import Cost
from bot.runs.ports import Errand, Meter
from patterns.errors import (
    AnswerUnusable,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from patterns.usage import Usage

_ONE_CALL = Usage(calls=1)


class Tally:
    """What one question has taken so far: attempts, hedges and repairs, whatever came of them."""

    def __init__(self) -> None:
        self.total = Usage()


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """
    A call on somebody's behalf.

    *most* is what one request of it may cost and is set aside for it; *likely* is what it is
    taken for where nobody can tell.
    """

    call: Call
    errand: Errand
    tally: Tally
    most: Cost
    likely: Usage

    @property
    def branch(self) -> str:
        return self.call.prompt.key


class Sending:
    """
    *cost* is what a usage costs, in millionths of a dollar; *seconds* the deadline of one attempt
    to get an answer, on the wall clock.
    """

    def __init__(
        self,
        sender: Sender,
        *,
        cost: Callable[[Usage], int],
        estimates: Estimates,
        meter: Meter,
        seconds: float,
    ) -> None:
        self._sender = sender
        self._cost = cost
        self._estimates = estimates
        self._meter = meter
        self.seconds = seconds

    @property
    def name(self) -> str:
        return self._sender.name

    def order(self, call: Call, errand: Errand, tally: Tally) -> Order:
        expected = self._estimates.expected(call)
        most = self._priced(expected.most)
        return Order(
            call=call,
            errand=errand,
            tally=tally,
            most=Cost(tokens=most.tokens, micros=most.cost),
            likely=expected.likely,
        )

    async def send(self, order: Order, admission: Admission, until: float) -> Completion:
        """
        Send once, and wait *until* that time of the loop at most.

        Whatever happens, the tally grows, *order.most* is settled and *admission* is left.
        """
        started = asyncio.get_running_loop().time()
        end = _End("cancelled", order.likely)
        try:
            async with asyncio.timeout_at(until):
                completion = await self._sender.send(order.call)
        except TimeoutError as err:
            end = _End("late", order.likely)
            raise ModelUnavailable(f"no answer came within {self.seconds:g} s") from err
        except (ModelError, ModelDenied) as err:
            end = _end(err, order.likely)
            raise
        else:
            end = _End("ok", completion.usage, told=True)
            self._estimates.came(order.call, completion.usage)
            return completion
        finally:
            self._account(order, admission, end, asyncio.get_running_loop().time() - started)

    def _account(self, order: Order, admission: Admission, end: _End, seconds: float) -> None:
        usage = self._priced(end.usage)
        order.tally.total += usage
        order.errand.purse.settle(order.most, Cost(tokens=usage.tokens, micros=usage.cost))
        if end.outcome == "busy":
            admission.busy(end.retry_after)
        else:
            admission.leave(tokens=usage.tokens if end.told else None, ok=end.answered)
        self._meter.attempt(self.name, end.outcome, seconds)
        self._meter.spent(self.name, usage)

    def _priced(self, usage: Usage) -> Usage:
        cost = self._cost(usage)
        return replace(usage, cost=cost) if cost else usage


@dataclass(frozen=True, slots=True)
class _End:
    """*told* where the server said what it took."""

    outcome: str
    usage: Usage
    told: bool = False
    retry_after: float | None = None

    @property
    def answered(self) -> bool:
        """The server did its work, whether we like what it said or not."""
        return self.outcome in {"ok", "unusable"}


def _end(err: ModelError | ModelDenied, likely: Usage) -> _End:
    """
    Errors that the server spoke of cost a call and no tokens, as no provider bills them.

    Where the sender could not tell (no `calls`), the answer may have been given and billed.
    """
    if isinstance(err, ModelDenied):
        return _End("denied", _ONE_CALL)
    usage = err.usage if err.usage.calls else likely
    told = bool(err.usage.tokens)
    if isinstance(err, ModelBusy):
        return _End("busy", usage, told, err.retry_after)
    answered = isinstance(err, ModelRefused | AnswerUnusable)
    return _End("unusable" if answered else "failed", usage, told)
