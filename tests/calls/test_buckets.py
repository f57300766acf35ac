from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.buckets import Bucket

limits = st.one_of(st.integers(1, 40), st.integers(100, 200_000))
#: Seconds until the next one asks, and which part of the limit it takes.
arrivals = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(0, 90, allow_nan=False)),
        st.one_of(st.floats(0, 0.04), st.floats(0, 1)),
    ),
    min_size=1,
    max_size=60,
)
Taken = list[tuple[float, int]]


def as_soon_as_allowed(bucket: Bucket, limit: int, asked: list[tuple[float, float]]) -> Taken:
    now, taken = 1000.0, Taken()
    for pause, share in asked:
        now += pause
        amount = max(1, int(limit * share))
        now += bucket.wait(amount, now)
        bucket.take(amount, now)
        taken.append((now, amount))
    return taken


@given(limit=limits, asked=arrivals)
def test_no_sixty_seconds_see_more_than_the_limit(limit: int, asked: list[tuple[float, float]]):
    taken = as_soon_as_allowed(Bucket(limit), limit, asked)

    for end, _ in taken:
        assert sum(amount for at, amount in taken if end - 60 < at <= end) <= limit


@given(limit=limits, asked=arrivals)
def test_a_server_that_counts_by_a_small_bucket_has_always_enough(
    limit: int, asked: list[tuple[float, float]]
):
    """It holds three seconds' worth, or the biggest request, without which nothing would go."""
    taken = as_soon_as_allowed(Bucket(limit), limit, asked)

    holds = max(limit / 20, *(amount for _, amount in taken))
    level, before = holds, 0.0
    for at, amount in taken:
        level = min(holds, level + (at - before) * limit / 60) - amount
        before = at
        assert level >= -1e-3


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 120, 6000])
def test_most_of_the_limit_is_used(limit: int):
    """Counting by the second costs a sixtieth, the even pace a twentieth."""
    ten_minutes = as_soon_as_allowed(Bucket(limit), limit, [(0, 0)] * (10 * limit))

    assert ten_minutes[-1][0] - ten_minutes[0][0] <= 600 / (0.95 * 60 / 61)


def test_what_is_bigger_than_the_bucket_leaves_a_debt():
    bucket = Bucket(1000)

    assert bucket.wait(400, 0) == 0
    bucket.take(400, 0)

    assert bucket.wait(1, 0) == pytest.approx((400 - 50 + 1) / (950 / 60))


def test_what_is_bigger_than_a_minute_comes_alone():
    bucket = Bucket(1000)
    bucket.take(10, 100)

    assert bucket.wait(5000, 100) == 61
    bucket.take(5000, 161)
    assert bucket.wait(1, 161) == pytest.approx((5000 - 50 + 1) / (950 / 60))


def test_without_a_limit_there_is_always_room():
    bucket = Bucket(None)
    bucket.take(10**9, 0)
    bucket.slow(0)
    bucket.correct(10**9, 0)

    assert bucket.wait(10**9, 0) == 0
    assert bucket.seconds(10**9) == 0


def test_what_was_not_needed_can_be_taken_at_once():
    bucket = Bucket(1000)
    bucket.take(50, 0)
    assert bucket.wait(50, 0) > 0

    bucket.correct(-50, 0)

    assert bucket.wait(50, 0) == 0


def test_a_bucket_never_holds_more_than_it_does_when_full():
    bucket = Bucket(1000)
    bucket.take(50, 0)

    bucket.correct(-50, 30)
    bucket.take(50, 30)

    assert bucket.wait(1, 30) > 0


def test_what_took_more_than_guessed_counts_to_the_minute_in_which_it_was_taken():
    bucket = Bucket(1000)
    bucket.take(50, 0.5)
    bucket.take(10, 5)

    bucket.correct(850, 0.7)

    assert bucket.wait(150, 59) == pytest.approx(61 - 59)
    assert bucket.wait(150, 61) == 0


def test_what_was_taken_more_than_a_minute_ago_is_corrected_in_the_level_alone():
    bucket = Bucket(1000)
    bucket.take(50, 0)
    bucket.take(50, 70)

    bucket.correct(100, 0)
    bucket.correct(100, 69)

    assert bucket.wait(900, 70 + 60) == 0


def test_after_a_refusal_a_fifth_of_the_pace_is_gone_and_comes_back_in_ten_minutes():
    bucket = Bucket(120)
    before = bucket.seconds(1)

    bucket.slow(0)

    assert bucket.wait(1, 0) == pytest.approx(bucket.seconds(1))
    assert bucket.seconds(1) == pytest.approx(before / 0.8)
    bucket.wait(1, 300)
    assert bucket.seconds(1) == pytest.approx(before / 0.9)
    bucket.wait(1, 700)
    assert bucket.seconds(1) == before


def test_a_server_that_always_refuses_is_still_asked_at_a_tenth_of_the_pace():
    bucket = Bucket(120)
    before = bucket.seconds(1)

    for _ in range(50):
        bucket.slow(0)

    assert bucket.seconds(1) == pytest.approx(before * 10)


@pytest.mark.parametrize(
    ("settings", "said", "holds"),
    [(None, 60, 60), (120, 60, 60), (60, 120, 60), (60, None, 60), (None, None, None)],
)
def test_the_server_lowers_what_the_settings_say_and_never_raises_it(
    settings: float | None, said: float | None, holds: float | None
):
    bucket = Bucket(settings)

    changed = bucket.learn(said, None, 0)

    assert changed == (holds != settings)
    assert bucket.seconds(1) == Bucket(holds).seconds(1)


def test_what_the_server_said_holds_until_it_says_otherwise():
    bucket = Bucket(None)
    bucket.learn(60, None, 0)

    assert not bucket.learn(None, None, 1)
    assert bucket.seconds(1) == Bucket(60).seconds(1)
    assert bucket.learn(600, None, 2)
    assert bucket.seconds(1) == Bucket(600).seconds(1)


def test_a_key_that_others_use_too_leaves_less():
    bucket = Bucket(1000)
    bucket.learn(1000, 2, 0)

    assert bucket.wait(2, 0) == 0
    assert bucket.wait(3, 0) == pytest.approx(1 / (950 / 60))
    bucket.learn(1000, 900, 0)
    assert bucket.wait(3, 0) > 0


@pytest.mark.parametrize("settings", [None, 10_000])
def test_a_limit_that_the_server_alone_knows_of_makes_nobody_wait_for_more_than_a_minute(
    settings: float | None,
):
    bucket = Bucket(settings)
    bucket.learn(1000, None, 0)
    bucket.take(5000, 0)

    assert bucket.wait(1, 0) == 60
    assert bucket.wait(1, 59) == pytest.approx(1)
    assert bucket.wait(1, 60) == 0


def test_a_limit_of_the_settings_is_waited_for_as_long_as_it_takes():
    bucket = Bucket(1000)
    bucket.learn(2000, None, 0)
    bucket.take(5000, 0)

    assert bucket.wait(1, 0) > 300
