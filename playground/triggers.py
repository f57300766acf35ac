"""Trigger ids: what a person did allows the app one form, within three seconds."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from playground.values import SlackError

SECONDS_MOST, KEPT = 3.0, 2_000


class Triggers:
    """Issues them, and takes each once."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[str, float]] = {}
        self._used: set[str] = set()

    def issue(self, person: str) -> str:
        first, second = secrets.randbelow(10**13), secrets.randbelow(10**12)
        trigger = f"{first}.{second}.{secrets.token_hex(16)}"
        self._issued[trigger] = (person, self._clock())
        while len(self._issued) > KEPT:
            oldest = next(iter(self._issued))
            del self._issued[oldest]
            self._used.discard(oldest)
        return trigger

    def use(self, trigger: str) -> str:
        """The person whose deed it was; refuses in Slack's words."""
        if trigger not in self._issued:
            raise SlackError("invalid_trigger_id")
        if trigger in self._used:
            raise SlackError("exchanged_trigger_id")
        person, born = self._issued[trigger]
        if self._clock() - born > SECONDS_MOST:
            raise SlackError("expired_trigger_id")
        self._used.add(trigger)
        return person
