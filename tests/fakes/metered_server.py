"""
A model's server in virtual time, that counts requests and tokens in two ways and refuses.

By a token bucket and by the last sixty seconds: a client that it never refuses keeps the limits
of any server. `ask` is who asks it through a gate, again and again until there is an answer.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.calls.gate import RateGate
from bot.runs.ports import Errand

MINUTE = 60.0
#: What the token bucket holds, in seconds of the rate: about what OpenAI's do.
HOLDS = 5.0
#: Until a refusal is back where the request came from, in seconds.
ROUND_TRIP = 0.05


class Busy(Exception):
    """429."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Job:
    """*tokens* is what it takes; *guess* what its asker thinks it will."""

    tokens: int
    guess: int
    seconds: float


def jobs(n: int, *, seed: int = 1, mean_seconds: float = 4.0) -> list[Job]:
    """About 900 tokens each; how long they take is lognormal, a few three times the mean."""
    chance = random.Random(seed)
    spread = 0.5
    middle = math.log(mean_seconds) - spread**2 / 2
    return [
        Job(tokens, round(tokens * chance.uniform(0.9, 1.3)), chance.lognormvariate(middle, spread))
        for tokens in (chance.randint(500, 1300) for _ in range(n))
    ]


def ideal(work: list[Job], *, rpm: float, tpm: float) -> float:
    """Seconds that the limits alone would take."""
    return max(len(work) / rpm, sum(job.tokens for job in work) / tpm) * MINUTE


class _Meter:
    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._holds = limit * HOLDS / MINUTE
        self._level = self._holds
        self._at = 0.0
        self._minute: deque[tuple[float, float]] = deque()
        self._taken = 0.0

    def wait(self, amount: float, now: float) -> float:
        self._level = min(self._holds, self._level + (now - self._at) * self._limit / MINUTE)
        self._at = now
        while self._minute and self._minute[0][0] + MINUTE <= now:
            self._taken -= self._minute.popleft()[1]
        over = self._taken + amount - self._limit
        wait = (amount - self._level) * MINUTE / self._limit
        for at, taken in self._minute:
            if over <= 1e-6:
                break
            over -= taken
            wait = max(wait, at + MINUTE - now)
        return max(0, wait) if wait > 1e-6 else 0

    def take(self, amount: float, now: float) -> None:
        self._level -= amount
        self._taken += amount
        self._minute.append((now, amount))


class MeteredServer:
    """
    *served* and *refused* are the times at which it did so.

    *script* decides about the nth request (from 0) before the meters do: seconds to ask it to
    wait, None to say nothing.
    """

    def __init__(
        self,
        *,
        rpm: float = math.inf,
        tpm: float = math.inf,
        script: Callable[[int], float | None] = lambda number: None,
    ) -> None:
        self._meters = [
            (_Meter(limit), per)
            for limit, per in ((rpm, _one), (tpm, _tokens))
            if math.isfinite(limit)
        ]
        self._script = script
        self._number = 0
        self.at_once = 0
        self.served: list[float] = []
        self.refused: list[float] = []

    async def answer(self, job: Job) -> int:
        """The tokens that it took; raises `Busy`."""
        now = asyncio.get_running_loop().time()
        wait = self._script(self._number)
        self._number += 1
        if wait is None:
            wait = max([0.0, *(meter.wait(per(job), now) for meter, per in self._meters)])
        if wait:
            self.refused.append(now)
            await asyncio.sleep(ROUND_TRIP)
            raise Busy(math.ceil(wait))
        self.served.append(now)
        for meter, per in self._meters:
            meter.take(per(job), now)
        self.at_once += 1
        try:
            await asyncio.sleep(job.seconds)
        finally:
            self.at_once -= 1
        return job.tokens


def _one(job: Job) -> int:
    return 1


def _tokens(job: Job) -> int:
    return job.tokens


async def ask(
    gate: RateGate, server: MeteredServer, job: Job, errand: Errand = Errand(), key: str = "branch"
) -> float:
    """Until it is answered; the seconds that it stood at the gate."""
    clock = asyncio.get_running_loop().time
    waited, refused = 0.0, 0
    while True:
        began = clock()
        place = await gate.enter(errand, key, job.guess, refused=refused)
        waited += clock() - began
        try:
            tokens = await server.answer(job)
        except Busy as busy:
            place.busy(busy.retry_after)
            refused += 1
            continue
        except BaseException:
            place.leave(tokens=None, ok=False)
            raise
        place.leave(tokens=tokens)
        return waited
