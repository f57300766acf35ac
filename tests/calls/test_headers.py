from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.headers import Told, told

OPENAI = {
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-limit-tokens": "200000",
    "x-ratelimit-remaining-requests": "499",
    "x-ratelimit-remaining-tokens": "199000",
    "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-reset-tokens": "6m0s",
}
ANTHROPIC = {
    "anthropic-ratelimit-requests-limit": "50",
    "anthropic-ratelimit-requests-remaining": "0",
    "anthropic-ratelimit-requests-reset": "2026-11-25T12:00:00Z",
    "anthropic-ratelimit-tokens-limit": "40000",
    "anthropic-ratelimit-tokens-remaining": "39000",
}


def test_what_openai_says_is_understood():
    assert told(OPENAI) == Told(500, 499, 200_000, 199_000)


def test_what_anthropic_says_is_understood():
    assert told(ANTHROPIC) == Told(50, 0, 40_000, 39_000)


def test_one_of_two_limits_is_enough():
    assert told({"x-ratelimit-limit-tokens": "1000"}) == Told(None, None, 1000, None)


def test_other_headers_say_nothing():
    assert told({"content-type": "application/json", "retry-after": "7"}) is None


@pytest.mark.parametrize("limit", ["1", "999", "0.01"])
def test_a_limit_with_which_nobody_could_be_answered_is_not_there(limit: str):
    said = told({"x-ratelimit-limit-requests": "0.9", "x-ratelimit-limit-tokens": limit})

    assert said == Told(None, None, None, None)


@pytest.mark.parametrize("garbage", ["", "0", "-1", "nan", "inf", "1e300", "many", "5, 10"])
def test_a_limit_that_cannot_be_one_is_not_there(garbage: str):
    said = told({"x-ratelimit-limit-requests": garbage, "x-ratelimit-limit-tokens": "1000"})

    assert said == Told(None, None, 1000, None)


@given(st.dictionaries(st.sampled_from([*OPENAI, *ANTHROPIC]), st.text(max_size=20)))
def test_nothing_that_a_server_says_breaks_it(headers: dict[str, str]):
    said = told(headers)

    assert said is None or said.requests is None or said.requests > 0
