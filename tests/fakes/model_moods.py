"""How a model's server is today: slow, failing, metered. By chance, and the same by seed."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.fakes.model_turns import (
    Asked,
    Turn,
    fails,
    hangs,
    malformed,
    refuses,
    resets,
    trickles,
    truncated,
)

#: Seconds from a call's arrival to its answer.
Latency = Callable[[Asked], float]


def fixed(seconds: float) -> Latency:
    return lambda _: seconds


def lognormal(median: float, sigma: float = 0.5, *, seed: int = 0) -> Latency:
    """As real models answer: most near the *median* of seconds, some much later."""
    chance = random.Random(seed)
    return lambda _: median * math.exp(sigma * chance.gauss(0, 1))


def stragglers(usual: Latency, share: float = 0.03, *, times: float = 8, seed: int = 0) -> Latency:
    """A *share* of the calls takes *times* as long."""
    chance = random.Random(f"stragglers {seed}")
    return lambda asked: usual(asked) * (times if chance.random() < share else 1)


@dataclass(frozen=True, kw_only=True)
class Chances:
    """
    A script: the share of calls that each goes wrong in its way; the rest gets good answers.

    One draw a call: by *seed*, the nth call fares the same.
    """

    seed: int = 0
    fail: float = 0
    reset: float = 0
    hang: float = 0
    trickle: float = 0
    malformed: float = 0
    refuse: float = 0
    truncate: float = 0

    def __call__(self, asked: Asked) -> Turn | None:
        drawn = random.Random(f"{self.seed} {asked.number}").random()
        for share, turn in (
            (self.fail, fails(500)),
            (self.reset, resets()),
            (self.hang, hangs()),
            (self.trickle, trickles()),
            (self.malformed, malformed()),
            (self.refuse, refuses()),
            (self.truncate, truncated()),
        ):
            if drawn < share:
                return turn
            drawn -= share
        return None


class _Bucket:
    def __init__(self, limit: float, burst: float) -> None:
        self.limit = limit
        self._rate = limit / 60
        self._most = max(1, self._rate * burst)
        self._level = self._most
        self._at: float | None = None

    def level(self) -> float:
        now = asyncio.get_running_loop().time()
        since = now - (now if self._at is None else self._at)
        self._at = now
        self._level = min(self._most, self._level + since * self._rate)
        return self._level

    def take(self, amount: float) -> None:
        self._level -= amount

    def wait(self, amount: float) -> float:
        """Seconds until *amount*, or all that it ever holds, is there."""
        return max(0.0, (min(amount, self._most) - self.level()) / self._rate)


class Metered:
    """
    Requests and tokens a minute, as OpenAI meters them: two token buckets, told in headers.

    A bucket holds what comes in in *burst* seconds. What an answer is long is taken off behind
    it, so tokens may run into debt. On the clock of the event loop.
    """

    def __init__(self, *, rpm: float | None, tpm: float | None, burst: float = 60) -> None:
        self._requests = _Bucket(rpm, burst) if rpm else None
        self._tokens = _Bucket(tpm, burst) if tpm else None

    def arrives(self, asked: Asked) -> Turn | None:
        """Lets the call in, or gives the 429 that it gets."""
        wanted = ((self._requests, 1.0), (self._tokens, float(asked.tokens)))
        wait = max((bucket.wait(amount) for bucket, amount in wanted if bucket), default=0.0)
        if wait > 0:
            headers = {name.replace("-", "_"): said for name, said in self.headers().items()}
            return fails(429, "rate_limit_exceeded", retry_after=f"{wait:.3f}", **headers)
        for bucket, amount in wanted:
            if bucket:
                bucket.take(amount)
        return None

    def answered(self, tokens: int) -> None:
        if self._tokens:
            self._tokens.take(tokens)

    def headers(self) -> Mapping[str, str]:
        told: dict[str, str] = {}
        for name, bucket in (("requests", self._requests), ("tokens", self._tokens)):
            if bucket:
                left = max(0, math.floor(bucket.level()))
                told[f"x-ratelimit-limit-{name}"] = f"{bucket.limit:.0f}"
                told[f"x-ratelimit-remaining-{name}"] = str(left)
                told[f"x-ratelimit-reset-{name}"] = f"{bucket.wait(math.inf):.3f}s"
        return told


class PromptCache:
    """What of a prompt was read before: from 1,024 tokens on, in steps of 128, as OpenAI bills."""

    _FIRST, _STEP, _CHARACTERS = 1024, 128, 4

    def __init__(self) -> None:
        self._known: set[int] = set()

    def read(self, words: str) -> int:
        """The tokens of the longest known beginning of *words*, which is known from now on."""
        cached = 0
        for tokens in range(self._FIRST, len(words) // self._CHARACTERS + 1, self._STEP):
            beginning = hash(words[: tokens * self._CHARACTERS])
            if beginning in self._known:
                cached = tokens
            else:
                self._known.add(beginning)
        return cached
