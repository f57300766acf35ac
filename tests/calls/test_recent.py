"""The last values, and what most of them do not exceed."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.calls.recent import Recent


def test_a_percentile_is_exceeded_by_as_many_as_it_says() -> None:
    recent = Recent()
    for value in range(99, 0, -1):
        recent.add(value)

    assert recent.percentile(0.95) == 95
    assert recent.percentile(0.5) == 50
    assert recent.percentile(0) == 1
    assert recent.percentile(1) == 99


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0, 1))
def test_only_the_last_values_count(values: list[float], share: float) -> None:
    recent = Recent(size=20)
    for value in values:
        recent.add(value)

    last = sorted(values[-20:])
    assert len(recent) == len(last)
    assert recent.percentile(share) in last
    below = sum(value <= recent.percentile(share) for value in last)
    assert below >= min(len(last), math.floor(share * (len(last) + 1)))
