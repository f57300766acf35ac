"""
How much may go on at once with a server that refuses, and when to ask it again.

Additive increase, multiplicative decrease, as TCP does it (Jacobson, 1988); waits with full
jitter where the server names none.
"""

from __future__ import annotations

from collections.abc import Callable

#: A server that asks for a longer wait than this, in seconds, has made a mistake.
_LONGEST_ASKED = 600.0
#: The longest wait that we choose ourselves, in seconds.
_LONGEST_CHOSEN = 60.0
#: So many answers, and one request more may go on at once.
_ANSWERS_A_SLOT = 5
#: 2 ** 6 seconds are more than the longest wait.
_LAST_DOUBLING = 6


class Congestion:
    """
    *allowed* requests may go on at once, *slots* where all is well; none starts before *until*.

    Requests that were under way together and are refused are one *episode*: the first of them
    says all that there is to know. Each request remembers in which it was sent.
    """

    def __init__(self, slots: int, chance: Callable[[], float]) -> None:
        self._slots = slots
        self._chance = chance
        self._in_a_row = 0
        self._answers = 0
        self.allowed = slots
        self.until = 0.0
        self.episode = 0

    @property
    def answers_others(self) -> bool:
        """Somebody was answered since the last episode began, or there was none."""
        return not self._in_a_row

    def refused(self, episode: int, retry_after: float | None, inside: int, now: float) -> bool:
        """
        A request of that *episode* was, with *inside* under way; True if that began a new one.

        *retry_after* is what the server asked us to wait; absurd, it counts as missing.
        """
        begins = episode == self.episode
        if begins:
            self.episode += 1
            self._in_a_row += 1
            self._answers = 0
            self.allowed = max(1, min(inside, self.allowed) // 2)
        if retry_after is not None and 0 < retry_after <= _LONGEST_ASKED:
            self.until = max(self.until, now + retry_after)
        elif begins:
            longest = min(_LONGEST_CHOSEN, 2.0 ** min(self._in_a_row, _LAST_DOUBLING))
            self.until = max(self.until, now + longest * self._chance())
        return begins

    def answered(self, episode: int) -> None:
        """Answers to what was sent before the last refusal say nothing of what holds since."""
        if episode != self.episode:
            return
        self._in_a_row = 0
        if self.allowed < self._slots:
            self._answers += 1
            if self._answers == _ANSWERS_A_SLOT:
                self._answers = 0
                self.allowed += 1
