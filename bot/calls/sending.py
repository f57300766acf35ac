"""One request that is paid for and let in: sent, and accounted for however it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.calls.estimates import Estimates
from bot.calls.port import Admission, Call, Completion, Sender
from bot.runs.meter import Meter
from bot.runs.money import Cost
from bot.runs.ports import Errand
from patterns.errors import (
    AnswerUnusable,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelUnavailable,
)
from patterns.usage import Usage

log = logging.getLogger(__name__)

_ONE_CALL = Usage(calls=1)


class Tally:
    """What one question has taken so far: attempts, hedges and repairs, whatever came of them."""

    def __init__(self) -> None:
        self.total = Usage()


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """
    A call on somebody's behalf.

    *bound* is what one request of it may take, *most* what is set aside for it: what that costs,
    or where the web is searched what it hardly ever costs more than;
    *likely* is what it is taken for where nobody can tell.
    """

    call: Call
    errand: Errand
    tally: Tally
    bound: Usage
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
        self._warned = False
        self.seconds = seconds

    @property
    def name(self) -> str:
        return self._sender.name

    def order(self, call: Call, errand: Errand, tally: Tally) -> Order:
        expected = self._estimates.expected(call)
        return Order(
            call=call,
            errand=errand,
            tally=tally,
            bound=expected.bound,
            most=Cost.of(self._priced(expected.most)),
            likely=expected.likely,
        )

    async def send(self, order: Order, admission: Admission, until: float) -> Completion:
        """
        Send once, and wait *until* that time of the loop at most.

        Whatever happens, the tally grows, *order.most* is settled and *admission* is left.

        Where no answer came and the server did not say what that took (it was late, given up,
        broken), people are told what is *likely*, and the purse gets nothing back: a cap must
        hold even if all of it is billed.
        """
        started = asyncio.get_running_loop().time()
        end = _End("cancelled")
        try:
            async with asyncio.timeout_at(until):
                completion = await self._sender.send(order.call)
        except TimeoutError as err:
            end = _End("late")
            raise ModelUnavailable(f"no answer came within {self.seconds:g} s") from err
        except (ModelError, ModelDenied) as err:
            end = _end(err)
            raise
        else:
            end = _End("ok", completion.usage)
            return completion
        finally:
            self._account(order, admission, end, asyncio.get_running_loop().time() - started)

    def _account(self, order: Order, admission: Admission, end: _End, seconds: float) -> None:
        known = bool(end.usage.calls)
        usage = self._priced(self._believed(order, end.usage) if known else order.likely)
        order.tally.total += usage
        paid = Cost.of(usage) if known or end.outcome == "ok" else order.most
        order.errand.purse.settle(order.most, paid)
        if end.outcome == "busy":
            admission.busy(end.retry_after)
        else:
            told = known and usage.tokens
            admission.leave(tokens=usage.tokens if told else None, ok=end.answered)
        if known and end.outcome == "ok":
            self._estimates.came(order.call, usage)
        self._meter.attempt(self.name, end.outcome, seconds)
        self._meter.spent(self.name, usage)
        if end.outcome not in {"ok", "cancelled"}:
            self._log(order, end.outcome, seconds, usage)

    def _log(self, order: Order, outcome: str, seconds: float, usage: Usage) -> None:
        run, branch = order.errand.run_id, order.branch
        log.warning(
            "run %s, %s: a request to %s ended after %.1f s: %s",
            run,
            branch,
            self.name,
            seconds,
            outcome,
            extra={
                "run_id": run,
                "branch": branch,
                "model": self.name,
                "outcome": outcome,
                "seconds": round(seconds, 3),
                "tokens": usage.tokens,
            },
        )

    def _believed(self, order: Order, said: Usage) -> Usage:
        """
        No more than was possible: a server that counts wrong must not empty a purse.

        Above the bound of bytes and the longest answer nothing can honestly be.
        """
        bound = order.bound
        read = min(said.input_tokens, bound.input_tokens)
        written = min(said.output_tokens, bound.output_tokens)
        searches = min(said.searches, bound.searches)
        counts = (said.input_tokens, said.output_tokens, said.searches)
        if (read, written, searches) == counts:
            return said
        if not self._warned:
            self._warned = True
            log.warning("%s says that requests took more tokens than they can", self.name)
        cached = min(said.cached_tokens, read)
        return replace(
            said,
            input_tokens=read,
            cached_tokens=cached,
            output_tokens=written,
            searches=searches,
        )

    def _priced(self, usage: Usage) -> Usage:
        cost = self._cost(usage)
        return replace(usage, cost=cost) if cost else usage


@dataclass(frozen=True, slots=True)
class _End:
    """*usage* is what the server said that it took; without `calls` nobody knows."""

    outcome: str
    usage: Usage = Usage()
    retry_after: float | None = None

    @property
    def answered(self) -> bool:
        """The server did its work, whether we like what it said or not."""
        return self.outcome in {"ok", "unusable"}


def _end(err: ModelError | ModelDenied) -> _End:
    """
    Errors that the server spoke of cost a call and no tokens, as no provider bills them.

    Where the sender could not tell (no `calls`), the answer may have been given and billed.
    """
    if isinstance(err, ModelDenied):
        return _End("denied", _ONE_CALL)
    if isinstance(err, ModelBusy):
        return _End("busy", err.usage, err.retry_after)
    answered = isinstance(err, ModelRefused | AnswerUnusable)
    return _End("unusable" if answered else "failed", err.usage)
