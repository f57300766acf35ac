from __future__ import annotations

import math

import pytest

from bot.calls.congestion import Congestion


def calm(*, slots: int = 32, chance: float = 0.5) -> Congestion:
    return Congestion(slots, lambda: chance)


def test_refusals_of_what_was_under_way_together_are_one_episode():
    congestion = calm()

    begun = [congestion.refused(0, 7, 20, now=0) for _ in range(20)]

    assert begun == [True] + [False] * 19
    assert congestion.allowed == 10


def test_the_longest_wait_that_the_server_asked_for_counts():
    congestion = calm()

    for retry_after in (7, 9, 3):
        congestion.refused(0, retry_after, 20, now=100)

    assert congestion.until == 109


def test_without_a_wait_named_it_doubles_from_episode_to_episode_up_to_a_minute():
    congestion = calm()
    waits = list[float]()
    for episode in range(200):
        before = congestion.until
        congestion.refused(episode, None, 1, now=before)
        waits.append(congestion.until - before)

    assert waits[:6] == [1, 2, 4, 8, 16, 30]
    assert set(waits[5:]) == {30}


def test_without_a_wait_named_the_first_refusal_of_an_episode_decides():
    congestion = calm()

    for second in range(3):
        congestion.refused(0, None, 20, now=second)

    assert congestion.until == 1


def test_an_answer_ends_the_doubling():
    congestion = calm()
    for episode in range(4):
        congestion.refused(episode, None, 1, now=0)

    congestion.answered(congestion.episode)
    congestion.refused(congestion.episode, None, 1, now=100)

    assert congestion.until == 101


@pytest.mark.parametrize("absurd", [-1, 0, 601, math.inf, math.nan])
def test_an_absurd_wait_counts_as_none_named(absurd: float):
    congestion = calm()

    congestion.refused(0, absurd, 1, now=0)

    assert congestion.until == 1


def test_one_more_goes_on_at_once_for_every_five_answers_until_all_may():
    congestion = calm(slots=6)
    congestion.refused(0, 1, 6, now=0)
    allowed = list[int]()
    for _ in range(20):
        congestion.answered(1)
        allowed.append(congestion.allowed)

    assert allowed == [3] * 4 + [4] * 5 + [5] * 5 + [6] * 6


def test_answers_to_what_was_sent_before_the_refusal_raise_nothing():
    congestion = calm(slots=6)
    congestion.refused(0, 1, 6, now=0)

    for _ in range(20):
        congestion.answered(0)

    assert congestion.allowed == 3


def test_one_may_always_go_on():
    congestion = calm(slots=1)

    congestion.refused(0, 1, 1, now=0)

    assert congestion.allowed == 1


def test_whether_others_are_answered_is_known_by_the_last_answer():
    congestion = calm()
    seen = [congestion.answers_others]
    congestion.refused(0, 1, 1, now=0)
    seen.append(congestion.answers_others)
    congestion.answered(1)
    seen.append(congestion.answers_others)

    assert seen == [True, False, True]
