"""
The gate before one model of one server with one key: its limits, kept, and shared out.

Who waits here has sent nothing: no attempt is used up, and the branch's clock stands still.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.calls.buckets import INSTANT, Bucket
from bot.calls.congestion import Congestion
from bot.calls.fair import FairQueue, Ticket
from bot.calls.headers import told
from bot.runs.meter import Meter, NoMeter
from bot.runs.ports import Errand
from patterns.deadline import off_the_clock
from patterns.errors import ModelBusy
from patterns.events import BranchProgress

log = logging.getLogger(__name__)

#: People are not told of shorter waits, in seconds.
_WORTH_TELLING = 2.0
#: A wait is told again when it has become so many times as long.
_MUCH_LONGER = 2.0
#: Weight of the latest answer in the mean of how long they take.
_LATEST = 0.1
#: So often a question is refused, with others answered all the while, and then its run goes on
#: without it: it is not too many requests that the server minds.
_MOST_REFUSED = 6
#: A request in no need, such as a hedge, gets in where there is room for so many.
_SPARE = 2
#: People read longer waits in minutes.
_LONG = 100


@dataclass(eq=False, slots=True, kw_only=True)
class _Waiter(Ticket):
    """*told* is the wait that the branch knows of, in seconds; 0: none."""

    errand: Errand
    key: str
    tokens: int
    turn: asyncio.Future[_Place]
    refused: int
    told: float = 0


class RateGate:
    """
    Implements `bot.calls.port.Gate`; *name* is the model's.

    *rpm* and *tpm* are requests and tokens a minute. They are a ceiling: what the server says
    may be less, and is all that counts where they are None. *slots* requests go on at once.
    A server that asks for a wait of more than *patience* seconds gets nobody to wait for it.
    """

    def __init__(
        self,
        name: str,
        *,
        rpm: float | None = None,
        tpm: float | None = None,
        slots: int = 32,
        patience: float = 60,
        meter: Meter = NoMeter(),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._name = name
        self._requests = Bucket(rpm, patience)
        self._tokens = Bucket(tpm, patience)
        self._patience = patience
        self._meter = meter
        self._congestion = Congestion(slots, chance)
        self._queue: FairQueue[_Waiter] = FairQueue()
        self._inside = 0
        self._mean_seconds = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    async def enter(self, errand: Errand, key: str, tokens: int, /, *, refused: int = 0) -> _Place:
        """See `bot.calls.port.Gate`."""
        now = _now()
        if refused >= _MOST_REFUSED and self._congestion.answers_others:
            raise ModelBusy("the model's server answers others and refuses this question")
        number = self._queue.number(errand.run_id)
        if not self._queue and self._free() and not self._wait(tokens, now):
            self._meter.waited(self._name, 0)
            return self._place(tokens, now, refused)
        waiter = _Waiter(
            person=errand.person,
            run=errand.run_id,
            number=number,
            errand=errand,
            key=key,
            tokens=tokens,
            refused=refused,
            turn=asyncio.get_running_loop().create_future(),
        )
        self._queue.add(waiter)
        self._grant()
        return await self._turn(waiter, now)

    def enter_now(self, tokens: int, /) -> _Place | None:
        """See `bot.calls.port.Gate`."""
        now = _now()
        if self._queue or self._inside + _SPARE > self._congestion.allowed:
            return None
        if self._wait(tokens, now, times=_SPARE):
            return None
        return self._place(tokens, now)

    def heard(self, headers: Mapping[str, str]) -> None:
        """Learn from what the server said beside an answer; nonsense is ignored."""
        said = told(headers)
        if said is None:
            return
        now = _now()
        requests = self._requests.learn(said.requests, said.requests_left, now)
        tokens = self._tokens.learn(said.tokens, said.tokens_left, now)
        if requests or tokens:
            self._grant()

    def left(self, place: _Place, tokens: int | None, *, ok: bool) -> None:
        """For `_Place`: see `bot.calls.port.Admission.leave`."""
        now = _now()
        self._inside -= 1
        if tokens is not None:
            self._tokens.correct(tokens - place.tokens, place.since)
        if ok:
            self._congestion.answered(place.episode)
            weight = _LATEST if self._mean_seconds else 1
            self._mean_seconds += (now - place.since - self._mean_seconds) * weight
        if self._queue:
            self._grant()

    def refused(self, place: _Place, retry_after: float | None) -> None:
        """For `_Place`: see `bot.calls.port.Admission.busy`."""
        now = _now()
        self._inside -= 1
        if place.refused and self._congestion.answers_others:
            # Nobody else is made to wait for what may be wrong with this question alone.
            self._grant()
            return
        before = max(now, self._congestion.until)
        if self._congestion.refused(place.episode, retry_after, self._inside + 1, now):
            self._requests.slow(now)
            self._tokens.slow(now)
            self._log(now)
        self._grant()
        if self._congestion.until - before >= _WORTH_TELLING:
            for waiter in self._queue:
                self._tell(waiter, now)

    def _log(self, now: float) -> None:
        wait, most = max(0, self._congestion.until - now), self._congestion.allowed
        log.warning(
            "%s refuses: nothing is asked for %.1f s, then %d at once",
            self._name,
            wait,
            most,
            extra={"model": self._name, "waited": round(wait, 3)},
        )

    def _place(self, tokens: int, now: float, refused: int = 0) -> _Place:
        self._inside += 1
        self._requests.take(1, now)
        self._tokens.take(tokens, now)
        return _Place(self, tokens, now, self._congestion.episode, refused)

    def give_back(self, place: _Place) -> None:
        """Nobody used it."""
        self._inside -= 1
        self._requests.correct(-1, place.since)
        self._tokens.correct(-place.tokens, place.since)

    async def _turn(self, waiter: _Waiter, since: float) -> _Place:
        if not waiter.turn.done():
            self._tell(waiter, since)
        try:
            with off_the_clock():
                place = await waiter.turn
        except asyncio.CancelledError:
            self._forget(waiter)
            raise
        self._meter.waited(self._name, _now() - since)
        if waiter.told:
            waiter.errand.sink.emit(BranchProgress(branch=waiter.key, note=""))
        return place

    def _forget(self, waiter: _Waiter) -> None:
        """It was cancelled: before its turn, or so shortly after that it did not notice."""
        self._queue.remove(waiter)
        if not waiter.turn.cancelled() and not waiter.turn.exception():
            self.give_back(waiter.turn.result())
        self._grant()

    def _grant(self) -> None:
        """Let in whoever's turn it is; where time will bring it, set the alarm."""
        now = _now()
        while self._queue:
            waiter = self._queue.head()
            if not waiter.turn.done() and not self._served(waiter, now):
                break
            self._queue.pop()
        self._meter.queue(self._name, len(self._queue))

    def _served(self, waiter: _Waiter, now: float) -> bool:
        if self._congestion.until - now > self._patience:
            waiter.turn.set_exception(self._busy(now))
            return True
        if not self._free():
            return False  # until somebody leaves
        if wait := self._wait(waiter.tokens, now):
            self._wake(now + wait)
            return False
        waiter.turn.set_result(self._place(waiter.tokens, now, waiter.refused))
        return True

    def _free(self) -> bool:
        return self._inside < self._congestion.allowed

    def _wait(self, tokens: int, now: float, *, times: int = 1) -> float:
        """Seconds until cool-down and limits let *times* such requests in; slots apart."""
        cool = self._congestion.until - now
        return max(
            cool if cool > INSTANT else 0,
            self._requests.wait(times, now),
            self._tokens.wait(times * tokens, now),
        )

    def _wake(self, at: float) -> None:
        """An alarm that rings too early is set again then."""
        if self._alarm is not None:
            if self._alarm.when() <= at:
                return
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_at(at, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._grant()

    def _tell(self, waiter: _Waiter, now: float) -> None:
        expected = self._expected(waiter, now)
        if expected >= max(_WORTH_TELLING, waiter.told * _MUCH_LONGER):
            waiter.told = expected
            note = f"waiting for the model, {_span(expected)}"
            waiter.errand.sink.emit(BranchProgress(branch=waiter.key, note=note))

    def _expected(self, waiter: _Waiter, now: float) -> float:
        """Seconds, by what it waits for itself, and by how fast those before it are let in."""
        a_slot = self._mean_seconds / self._congestion.allowed
        a_turn = max(a_slot, self._requests.seconds(1), self._tokens.seconds(waiter.tokens))
        own = max(self._wait(waiter.tokens, now), 0 if self._free() else a_slot)
        return own + self._queue.ahead(waiter) * a_turn

    def _busy(self, now: float) -> ModelBusy:
        asked = self._congestion.until - now
        return ModelBusy(f"the model's server asks us to wait {_span(asked)}", retry_after=asked)


@dataclass(frozen=True, slots=True)
class _Place:
    """
    Implements `bot.calls.port.Admission`. *since* is when it was given, on the loop's clock;
    *refused* is how often its question was before.
    """

    gate: RateGate
    tokens: int
    since: float
    episode: int
    refused: int

    def leave(self, *, tokens: int | None, ok: bool = True) -> None:
        self.gate.left(self, tokens, ok=ok)

    def busy(self, retry_after: float | None) -> None:
        self.gate.refused(self, retry_after)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _span(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds < _LONG else f"{round(seconds / 60)} min"
