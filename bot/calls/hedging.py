"""
A second request where the first is slower than almost all before it; the first answer counts.

After Dean and Barroso, "The Tail at Scale" (2013): a few per cent more requests, and the
slowest of many branches is no straggler.
"""

from __future__ import annotations

import asyncio

from bot.calls.port import Admission, Completion, Gate
from bot.calls.recent import Recent
from bot.calls.sending import Order, Sending
from bot.runs.meter import Meter
from bot.runs.money import Cost
from patterns.errors import ModelDenied, ModelError

#: Slower than this share of the last answers is a straggler, if we have seen some. A little more
#: than the calls earn second ones for, or chance would now and then leave a straggler without.
_USUAL, _FEW = 0.955, 20
#: Nobody minds a shorter wait, in seconds.
_BEARABLE = 4.0
#: So many calls earn a second one; what is not used is kept for later, but no more than this:
#: calm hours must not pay for twice the requests to a server that has become slow.
_EARN_ONE, _MOST_KEPT = 20, 12
_NOTHING = Cost()


class Hedging:
    """Knows how long the answers of one model take, by shape. *on* is False for never."""

    def __init__(self, sending: Sending, gate: Gate, *, meter: Meter, on: bool = True) -> None:
        self._sending = sending
        self._gate = gate
        self._meter = meter
        self._on = on
        self._latencies: dict[str, Recent] = {}
        self._earned = 0

    async def send(self, order: Order, admission: Admission) -> Completion:
        """
        Send within *admission*; money is set aside for one request. Both are seen to.

        Raises what the first request ends with where no answer came of the second either.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        until = started + self._sending.seconds
        latencies = self._latencies.setdefault(order.call.prompt.answer.__name__, Recent())
        delay = self._delay(latencies)
        self._earned = min(_MOST_KEPT * _EARN_ONE, self._earned + 1)
        answered = False
        try:
            if delay is None:
                completion = await self._sending.send(order, admission, until)
            else:
                completion = await self._race(order, admission, until, delay)
            answered = True
            return completion
        finally:
            # What was given up would have taken longer still; where that is past the delay,
            # it counts in the percentile as it should, where it is not, it tells nothing.
            took = loop.time() - started
            if answered or (delay is not None and took > delay):
                latencies.add(took)

    def _delay(self, latencies: Recent) -> float | None:
        if not self._on or len(latencies) < _FEW:
            return None
        return max(_BEARABLE, latencies.percentile(_USUAL))

    async def _race(
        self, order: Order, admission: Admission, until: float, delay: float
    ) -> Completion:
        """The first is no task of its own: most calls end before there is a second."""
        outcome: Completion | Exception = TimeoutError()
        async with asyncio.TaskGroup() as group:
            second = _Second(self, order, until)
            timer = asyncio.get_running_loop().call_later(delay, second.start, group)
            try:
                async with asyncio.timeout(None) as second.turn:
                    outcome = await self._first(order, admission, until)
                    timer.cancel()
                    if isinstance(outcome, ModelError):
                        await second.end()
            except TimeoutError:
                pass  # the second has won, and ended the turn of the first
            finally:
                timer.cancel()
                second.cancel()
        outcome = second.completion or outcome
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _first(
        self, order: Order, admission: Admission, until: float
    ) -> Completion | ModelError | ModelDenied:
        try:
            return await self._sending.send(order, admission, until)
        except (ModelError, ModelDenied) as err:
            return err

    async def send_second(
        self, order: Order, admission: Admission, until: float
    ) -> Completion | None:
        """None where no answer came of it: the first goes on, and says what is wrong."""
        completion = None
        try:
            completion = await self._sending.send(order, admission, until)
        except (ModelError, ModelDenied):
            return None
        finally:
            self._meter.hedge(self._sending.name, won=completion is not None)
        return completion

    def room(self, order: Order) -> Admission | None:
        """Never at the cost of somebody's first request, or of the last money."""
        if self._earned < _EARN_ONE:
            return None
        if not order.errand.purse.reserve_now(order.most):
            return None
        admission = self._gate.enter_now(order.likely.tokens)
        if admission is None:
            order.errand.purse.settle(order.most, _NOTHING)
            return None
        self._earned -= _EARN_ONE
        return admission


class _Second:
    """
    The second request of a race: begins when told, and ends the *turn* of the first if it wins.

    Everything is taken inside its task: a task that is cancelled before it begins holds nothing.
    """

    turn: asyncio.Timeout

    def __init__(self, hedging: Hedging, order: Order, until: float) -> None:
        self._hedging = hedging
        self._order = order
        self._until = until
        self._task: asyncio.Task[None] | None = None
        self._sent = False
        self.completion: Completion | None = None

    def start(self, group: asyncio.TaskGroup) -> None:
        self._task = group.create_task(self._run(), name=f"{self._order.branch}, second")

    async def _run(self) -> None:
        admission = self._hedging.room(self._order)
        if admission is None:
            return
        self._sent = True
        self.completion = await self._hedging.send_second(self._order, admission, self._until)
        if self.completion is not None:
            self.turn.reschedule(asyncio.get_running_loop().time())

    async def end(self) -> None:
        """Wait for it, where it was sent."""
        if self._task is not None and self._sent:
            await asyncio.wait([self._task])

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
