"""The newest is remembered, the oldest is not, and no more than the most."""

from __future__ import annotations

from bot.listeners.latest import Latest


def test_the_oldest_goes_first_and_what_is_put_again_is_new() -> None:
    latest = Latest[str, int](most=2)
    latest.put("a", 1)
    latest.put("b", 2)
    latest.put("a", 3)
    latest.put("c", 4)

    assert "b" not in latest
    assert [latest.get(key, 0) for key in "abc"] == [3, 0, 4]


def test_what_is_forgotten_is_gone_and_may_be_forgotten_again() -> None:
    latest = Latest[str, int]()
    latest.put("a", 1)
    latest.forget("a")
    latest.forget("a")

    assert "a" not in latest
