from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.limiter import (
    A_MINUTE,
    OUTCOMES_WAIT_MOST,
    POST_GAP,
    PROGRESS_SHARE,
    UPDATE_GAP,
    Call,
    Limiter,
    Priority,
    posting,
    updating,
)
from tests.slack.virtual import VirtualClock

UPDATES_A_MINUTE = A_MINUTE["chat.update"]
UPDATES_OF_PROGRESS = int(UPDATES_A_MINUTE * PROGRESS_SHARE)
PRIORITIES = st.sampled_from(Priority)
POSTS = st.builds(posting, st.sampled_from(["C1", "C2"]), PRIORITIES)
UPDATES = st.builds(updating, st.just("C1"), st.sampled_from(["1.1", "2.2", "3.3"]), PRIORITIES)
ARRIVALS = st.lists(st.tuples(st.floats(0, 30), POSTS | UPDATES), max_size=150)


async def _granted(arrivals: list[tuple[float, Call]]) -> list[tuple[float, Call]]:
    clock = VirtualClock()
    limiter = Limiter(clock)
    granted: list[tuple[float, Call]] = []

    async def caller(at: float, call: Call) -> None:
        await clock.sleep(at)
        await limiter.turn(call)
        granted.append((clock.now(), call))

    async with asyncio.TaskGroup() as group:
        for at, call in arrivals:
            group.create_task(caller(at, call))
    return granted


def _closest(times: list[float]) -> float:
    return min((b - a for a, b in pairwise(sorted(times))), default=float("inf"))


@given(ARRIVALS)
@settings(max_examples=60, deadline=None)
async def test_no_limit_is_ever_passed_and_everybody_is_served(
    arrivals: list[tuple[float, Call]],
) -> None:
    granted = await _granted(arrivals)

    assert len(granted) == len(arrivals)
    for spaced, gap in [(c.spaced, c.gap) for _, c in arrivals]:
        times = [at for at, call in granted if call.spaced == spaced]
        assert _closest(times) >= gap - 1e-6
    updates = sorted(at for at, call in granted if call.method == "chat.update")
    for first, one_too_many in zip(updates, updates[UPDATES_A_MINUTE:], strict=False):
        assert one_too_many - first >= 60 - 1e-6


async def test_results_go_before_cancellations_failures_new_cards_and_progress_in_this_order() -> (
    None
):
    order = [Priority.PROGRESS, *reversed(Priority)]

    granted = await _granted([(0, posting("C1", priority)) for priority in order])

    # the first was alone when it asked
    assert [call.priority for _, call in granted[1:]] == list(Priority)
    assert [at for at, _ in granted] == pytest.approx([0, 1, 2, 3, 4, 5, 6])


async def test_other_channels_do_not_wait() -> None:
    granted = await _granted([(0, posting(f"C{n}", Priority.PROGRESS)) for n in range(20)])

    assert {at for at, _ in granted} == {0}


async def test_edits_of_one_message_are_further_apart_than_posts() -> None:
    granted = await _granted([(0, updating("C1", "1.1", Priority.PROGRESS)) for _ in range(4)])

    assert UPDATE_GAP > POST_GAP
    assert [at for at, _ in granted] == pytest.approx([0, 1.5, 3, 4.5])


async def test_a_minute_full_of_progress_leaves_room_for_a_final() -> None:
    progress = [(0.0, updating("C1", f"{n}.0", Priority.PROGRESS)) for n in range(100)]

    granted = await _granted([*progress, (1.0, updating("C1", "999.0", Priority.FINAL))])

    assert next(at for at, call in granted if call.priority is Priority.FINAL) == 1.0
    assert sum(at < 60 for at, _ in granted) == UPDATES_OF_PROGRESS + 1


async def test_a_pause_holds_up_its_method_alone() -> None:
    clock = VirtualClock()
    limiter = Limiter(clock)
    limiter.pause("chat.postMessage", 7.5)
    limiter.pause("chat.postMessage", 3)

    await limiter.turn(updating("C1", "1.1", Priority.FINAL))
    assert clock.now() == 0
    await limiter.turn(posting("C1", Priority.FINAL))

    assert clock.now() == 7.5


async def test_a_turn_given_up_uses_nothing_up() -> None:
    clock = VirtualClock()
    limiter = Limiter(clock)
    call = posting("C1", Priority.PROGRESS)
    await limiter.turn(call)

    waiting = asyncio.create_task(limiter.turn(call))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await limiter.turn(call)

    assert clock.now() == pytest.approx(1)


async def test_a_turn_is_waited_for_until_a_time_and_no_longer() -> None:
    clock = VirtualClock()
    limiter = Limiter(clock)
    call = posting("C1", Priority.PROGRESS)

    assert await limiter.turn(call, until=0)
    assert not await limiter.turn(call, until=0.4)
    assert clock.now() == pytest.approx(0.4)
    assert await limiter.turn(call, until=2)
    assert clock.now() == pytest.approx(1)


async def test_who_gives_up_a_turn_keeps_the_place_by_its_ticket() -> None:
    clock = VirtualClock()
    limiter = Limiter(clock)
    call = posting("C1", Priority.PROGRESS)
    early, late = limiter.ticket(), limiter.ticket()
    await limiter.turn(call)
    order: list[str] = []

    async def wait(name: str, ticket: int) -> None:
        await limiter.turn(call, ticket=ticket)
        order.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(wait("late", late))
        group.create_task(wait("early", early))

    assert order == ["early", "late"]


@pytest.mark.parametrize("method", sorted(set(A_MINUTE) - {"chat.update", "chat.postMessage"}))
async def test_of_no_method_there_are_more_in_a_minute_than_slack_takes(method: str) -> None:
    most = A_MINUTE[method]

    granted = await _granted([(0, Call(method=method))] * (2 * most))

    times = sorted(at for at, _ in granted)
    assert times[most - 1] == 0
    assert times[most] == pytest.approx(60)


async def test_many_channels_together_stay_within_what_a_workspace_takes() -> None:
    most = A_MINUTE["chat.postMessage"]
    arrivals = [(0.0, posting(f"C{n}", Priority.FINAL)) for n in range(most + 1)]

    granted = await _granted(arrivals)

    assert [at for at, _ in granted[-2:]] == [0, pytest.approx(60)]


@pytest.mark.parametrize(
    ("priority", "waited"),
    [
        (Priority.FINAL, OUTCOMES_WAIT_MOST),
        (Priority.CANCELLED, OUTCOMES_WAIT_MOST),
        (Priority.FAILED, OUTCOMES_WAIT_MOST),
        (Priority.START, 3600),
        (Priority.PROGRESS, 3600),
    ],
)
async def test_however_long_slack_said_to_wait_an_outcome_is_tried_before(
    priority: Priority, waited: float
) -> None:
    clock = VirtualClock()
    limiter = Limiter(clock)
    limiter.pause("chat.postMessage", 3600)

    await limiter.turn(posting("C1", priority))

    assert clock.now() == pytest.approx(waited)


async def test_the_wait_begins_anew_with_every_refusal() -> None:
    clock = VirtualClock()
    limiter = Limiter(clock)
    for _ in range(3):
        limiter.pause("chat.postMessage", 3600)
        await limiter.turn(posting("C1", Priority.FINAL))

    assert clock.now() == pytest.approx(3 * OUTCOMES_WAIT_MOST)
