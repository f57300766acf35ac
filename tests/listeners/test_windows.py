"""Which part of which channel is summarized."""

from __future__ import annotations

import pytest

from bot.runs.model import Several, Window
from tests.listeners.keyboard import NOW, request, sentence


def since_last(channel: str = "CHERE", limit: int | None = None) -> Window:
    """For the first time it is the last day."""
    return window(channel, 86_400, limit).model_copy(update={"since_last": True})


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
        ("since last", since_last()),
        ("Since my last summary", since_last()),
        ("since last time last 50", since_last(limit=50)),
        ("<#C9|random> since last", since_last("C9")),
        ("since last since 7d", window(seconds=7 * 86_400)),
        ("<#C9|random> <#C9>", window("C9", 86_400)),
    ],
)
def test_a_window_is_a_channel_a_time_and_a_number_in_any_order(text: str, source: Window) -> None:
    assert request("/summarize", text).source == source


def test_several_channels_are_several_windows_and_each_is_one() -> None:
    several = request("/summarize", "<#C9|random> since 7d <#C8> <#C9> last 20").source
    latest = request("/summarize", "since last <#C9> <#C8>").source

    assert several == Several(windows=(window("C9", 7 * 86_400, 20), window("C8", 7 * 86_400, 20)))
    assert latest == Several(windows=(since_last("C9"), since_last("C8")))


def test_ten_channels_are_the_most() -> None:
    ten = " ".join(f"<#C{n}>" for n in range(10))

    assert isinstance(request("/summarize", f"{ten} <#C3>").source, Several)
    assert "These are 11 channels, and 10 are the most" in sentence("/summarize", f"{ten} <#C10>")


@pytest.mark.parametrize("text", ["since last week", "since last 200", "since lastly"])
def test_what_only_looks_like_the_last_summary_is_not_guessed(text: str) -> None:
    assert "for example `/summarize" in sentence("/summarize", text)
