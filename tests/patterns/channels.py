"""A simulated channel, and what is written to it later."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random

from patterns.task import Message

_WORDS = ("ship", "the", "review", "tomorrow", "is", "release", "customer", "we", "why", "broken")
#: Of the messages, how many answer one of the latest threads.
_REPLIES, _LATEST = 0.55, 12


@cache
def channel(seed: int, count: int = 2_000, start: int = 0) -> Sequence[Message]:
    """*count* messages in threads, some 40 tokens each and some of them many more."""
    rng = Random(seed)
    roots: list[str] = []
    messages: list[Message] = []
    for number in range(start, start + count):
        ts = _ts(number)
        reply = bool(roots) and rng.random() < _REPLIES
        thread = rng.choice(roots[-_LATEST:]) if reply else ts
        if not reply:
            roots.append(ts)
        messages.append(_said(rng, ts, thread))
    return tuple(messages)


def late(seed: int, messages: Sequence[Message], count: int) -> list[Message]:
    """Answers to any of the threads of *messages*, behind all of these."""
    rng = Random(seed)
    roots = sorted({message.thread for message in messages})
    start = len(messages)
    return [_said(rng, _ts(n), rng.choice(roots)) for n in range(start, start + count)]


def _said(rng: Random, ts: str, thread: str) -> Message:
    mu = 3.7 if ts == thread else 2.8
    words = rng.choices(_WORDS, k=max(1, int(rng.lognormvariate(mu, 0.6))))
    author = rng.choice(["Ada", "Ben", "Cyrus"])
    return Message(id=ts, thread=thread, author=author, text=" ".join(words))


def _ts(number: int) -> str:
    return f"{1_700_000_000 + 60 * number}.000100"
