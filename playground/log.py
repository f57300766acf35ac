"""The messages of one channel, in order, with their threads."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

from playground.values import Message


class Log:
    """Messages by `ts`. Timestamps of one width sort as text, so slices are bisections."""

    def __init__(self) -> None:
        self._by_ts: dict[str, Message] = {}
        self._top: list[str] = []
        self._threads: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._by_ts)

    def get(self, ts: str) -> Message | None:
        return self._by_ts.get(ts)

    def put(self, message: Message) -> None:
        """Add *message*, or replace the one with its `ts`."""
        before = self._by_ts.get(message.ts)
        self._by_ts[message.ts] = message
        if message.in_channel and not (before and before.in_channel):
            insort(self._top, message.ts)
        if message.thread_ts is not None and message.is_reply and before is None:
            insort(self._threads.setdefault(message.thread_ts, []), message.ts)

    def remove(self, ts: str) -> None:
        message = self._by_ts.pop(ts)
        if message.in_channel:
            self._top.remove(ts)
        if message.thread_ts is not None and message.is_reply:
            self._threads[message.thread_ts].remove(ts)

    def all(self) -> list[Message]:
        return [self._by_ts[ts] for ts in sorted(self._by_ts)]

    def latest(self) -> str | None:
        """The last message of all, replies included."""
        return max(self._by_ts, default=None)

    def newest(self) -> str | None:
        return self._top[-1] if self._top else None

    def between(
        self, oldest: str | None, latest: str | None, *, inclusive: bool = False
    ) -> list[Message]:
        """The channel's own messages in a window, oldest first; replies only if broadcast."""
        low, high = 0, len(self._top)
        if oldest is not None:
            low = (bisect_left if inclusive else bisect_right)(self._top, oldest)
        if latest is not None:
            high = (bisect_right if inclusive else bisect_left)(self._top, latest)
        return self._pick(self._top[low:high])

    def replies(self, root: str) -> list[Message]:
        return self._pick(self._threads.get(root, ()))

    def reply_stamps(self, root: str) -> list[str]:
        return self._threads.get(root, [])

    def root_of(self, ts: str) -> str | None:
        """The `ts` of the thread that *ts* belongs to, itself if it starts one."""
        message = self._by_ts.get(ts)
        return None if message is None else message.thread_ts or message.ts

    def _pick(self, stamps: Iterable[str]) -> list[Message]:
        return [self._by_ts[ts] for ts in stamps]
