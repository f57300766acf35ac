from __future__ import annotations

from bot.door.remembered import REMEMBERED_SECONDS, Remembered


def test_a_name_is_new_once_until_ten_minutes_have_passed() -> None:
    now = 0.0
    seen = Remembered(lambda: now)

    assert seen.first("a")
    now = REMEMBERED_SECONDS - 1
    assert not seen.first("a")
    now = REMEMBERED_SECONDS + 1
    assert seen.first("a")


def test_what_is_forgotten_is_new_again() -> None:
    seen = Remembered(lambda: 0)
    seen.first("a")
    seen.forget("a")

    assert seen.first("a")


def test_memory_has_an_end() -> None:
    seen = Remembered(lambda: 0, most=3)
    for number in range(5):
        assert seen.first(str(number))

    assert not seen.first("4")
    assert seen.first("0")
