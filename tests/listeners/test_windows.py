"""Which part of which channel is summarized."""

from __future__ import annotations

import pytest

from bot.runs.model import Window
from tests.listeners.keyboard import NOW, request


def window(
    channel: str = "CHERE", seconds: float | None = None, limit: int | None = None
) -> Window:
    oldest = None if seconds is None else f"{NOW - seconds:.6f}"
    return Window(channel=channel, oldest=oldest, limit=limit)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("", window(seconds=86_400)),
        ("since 7d", window(seconds=7 * 86_400)),
        ("SINCE 24H", window(seconds=86_400)),
        ("since 2w", window(seconds=14 * 86_400)),
        ("since 90m", window(seconds=5_400)),
        ("last 200", window(limit=200)),
        ("last 5000", window(limit=5_000)),
        ("<#C9|random>", window("C9", 86_400)),
        ("<#C9|>", window("C9", 86_400)),
        ("<#G9>", window("G9", 86_400)),
        ("<#C9|random> since 7d", window("C9", 7 * 86_400)),
        ("since 7d <#C9|random>", window("C9", 7 * 86_400)),
        ("last 50 since 7d <#C9|random>", window("C9", 7 * 86_400, 50)),
        ("--deep last 50", window(limit=50)),
    ],
)
def test_a_window_is_a_channel_a_time_and_a_number_in_any_order(text: str, source: Window) -> None:
    assert request("/summarize", text).source == source
