"""Slack's rate limits: a bucket for every method, and one for every channel that is posted to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

# Calls a minute: Slack's published tiers.
TIER_2, TIER_3, TIER_4 = 20, 50, 100
PER_MINUTE = {
    "auth.test": 600,
    "api.test": 600,
    "chat.postMessage": 600,  # the channel's own bucket is the one that bites
    "chat.postEphemeral": TIER_4,
    "conversations.members": TIER_4,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "files.info": TIER_4,
    "oauth.v2.access": TIER_4,
    "assistant.threads.setStatus": 600,
    "conversations.list": TIER_2,
    "users.list": TIER_2,
}
POSTS_PER_SECOND, POST_BURST = 1.0, 4


@dataclass
class Bucket:
    """Tokens that come back at *rate* a second, up to *size* of them."""

    rate: float
    size: float
    tokens: float
    at: float

    def take(self, now: float) -> float:
        """Take a token; the answer is the wait in seconds, 0 when there was one."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.rate


class Limits:
    """Off until *on* is set; the buckets start full."""

    def __init__(self, *, on: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.on = on
        self._clock = clock
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def wait(self, method: str, channel: str = "") -> int:
        """Whole seconds that the caller is told to wait, or 0 for go."""
        if not self.on:
            return 0
        per_minute = PER_MINUTE.get(method, TIER_3)
        wait = self._bucket(("method", method), per_minute / 60, per_minute).take(self._clock())
        if wait == 0 and method == "chat.postMessage":
            posts = self._bucket(("channel", channel), POSTS_PER_SECOND, POST_BURST)
            wait = posts.take(self._clock())
        return math.ceil(wait)

    def _bucket(self, key: tuple[str, str], rate: float, size: float) -> Bucket:
        if key not in self._buckets:
            self._buckets[key] = Bucket(rate, size, size, self._clock())
        return self._buckets[key]
