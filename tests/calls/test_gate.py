from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calls.gate import RateGate
from bot.calls.port import Admission
from bot.runs.meter import NoMeter
from bot.runs.ports import Errand
from patterns.deadline import deadline
from patterns.errors import ModelBusy
from patterns.events import BranchProgress
from patterns.testing import ListSink
from tests.fakes.virtual_time import in_virtual_time

SOMEBODY = Errand(run_id="run", person="ann")


class ListMeter(NoMeter):
    def __init__(self) -> None:
        self.depths: list[int] = []
        self.waits: list[float] = []

    def queue(self, model: str, depth: int, /) -> None:
        self.depths.append(depth)

    def waited(self, model: str, seconds: float, /) -> None:
        self.waits.append(seconds)


def gate(**options: Any) -> RateGate:
    options.setdefault("chance", lambda: 0.5)
    return RateGate("model", **options)


def now() -> float:
    return asyncio.get_running_loop().time()


async def enter(door: RateGate, errand: Errand = SOMEBODY, tokens: int = 100) -> Admission:
    return await door.enter(errand, "branch", tokens)


async def hold(door: RateGate, seconds: float, errand: Errand = SOMEBODY) -> float:
    """Enter, stay that long, leave; when it was let in."""
    place = await enter(door, errand)
    let_in = now()
    try:
        await asyncio.sleep(seconds)
    finally:
        place.leave(tokens=None)
    return let_in


async def all_of(*work: Coroutine[Any, Any, float]) -> list[float]:
    return list(await asyncio.gather(*work))


def notes(sink: ListSink) -> list[str]:
    return [event.note for event in sink.events if isinstance(event, BranchProgress)]


def test_without_limits_as_many_go_on_at_once_as_there_are_slots():
    door = gate(slots=3)

    let_in = in_virtual_time(all_of(*(hold(door, 2) for _ in range(7))))

    assert let_in == [0, 0, 0, 2, 2, 2, 4]


def test_requests_come_at_the_pace_of_the_limit():
    door = gate(rpm=60)

    let_in = in_virtual_time(all_of(*(hold(door, 1) for _ in range(6))))

    assert let_in[:3] == [0, 0, 0]
    assert let_in[3:] == pytest.approx([n / 0.95 for n in (1, 2, 3)])


def test_tokens_come_at_the_pace_of_the_limit():
    door = gate(tpm=6000)

    let_in = in_virtual_time(all_of(*(hold(door, 1) for _ in range(4))))

    assert let_in == pytest.approx([0, 0, 0, 100 / 95])


async def _second_of_big_ones(took: int | None) -> float:
    door = gate(tpm=6000)
    place = await enter(door, tokens=300)
    place.leave(tokens=took)
    await enter(door, tokens=100)
    return now()


@pytest.mark.parametrize(("took", "waits"), [(100, 0), (None, 100 / 95), (490, 290 / 95)])
def test_what_a_request_took_counts_once_it_is_known(took: int | None, waits: float):
    assert in_virtual_time(_second_of_big_ones(took)) == pytest.approx(waits)


def test_one_model_waits_for_itself_alone():
    async def story() -> tuple[float, float]:
        refused, other = gate(), gate()
        (await enter(refused)).busy(7)
        async with asyncio.TaskGroup() as group:
            first = group.create_task(hold(refused, 0))
            second = group.create_task(hold(other, 0))
        return first.result(), second.result()

    assert in_virtual_time(story()) == (7, 0)


def test_after_a_refusal_half_go_on_at_once_and_more_with_every_fifth_answer():
    async def story() -> list[float]:
        door = gate(slots=4)
        places = [await enter(door) for _ in range(4)]
        for place in places:
            place.busy(5)
        return await all_of(*(hold(door, 1) for _ in range(11)))

    assert in_virtual_time(story()) == [5, 5, 6, 6, 7, 7, 8, 8, 8, 9, 9]


@pytest.mark.parametrize("limits", [{"rpm": 60}, {"tpm": 6000}])
def test_after_a_refusal_a_fifth_of_the_pace_is_gone(limits: dict[str, int]):
    async def story() -> list[float]:
        door = gate(**limits)
        (await enter(door)).busy(1)
        return await all_of(*(hold(door, 0) for _ in range(2)))

    first, second = in_virtual_time(story())

    assert first == pytest.approx(1 / 0.95 / 0.8, rel=0.01)
    assert second - first == pytest.approx(1 / 0.95 / 0.8, rel=0.01)


def test_who_would_wait_too_long_is_told_so_at_once_and_so_are_those_who_wait_already():
    async def story() -> tuple[list[str], float]:
        door = gate(slots=1)
        place = await enter(door)
        waiting = [asyncio.create_task(enter(door)) for _ in range(3)]
        await asyncio.sleep(1)
        place.busy(300)
        ends = await asyncio.gather(*waiting, enter(door), return_exceptions=True)
        assert all(isinstance(end, ModelBusy) for end in ends)
        return [str(end) for end in ends], now()

    sentences, at = in_virtual_time(story())

    assert sentences == ["the model's server asks us to wait 5 min"] * 4
    assert at == 1


def test_a_wait_that_has_become_bearable_is_waited_for():
    async def story() -> float:
        door = gate()
        (await enter(door)).busy(300)
        await asyncio.sleep(250)
        await enter(door)
        return now()

    assert in_virtual_time(story()) == 300


def test_a_branch_is_told_of_a_wait_once_and_that_it_is_over():
    async def story() -> ListSink:
        door, sink = gate(), ListSink()
        (await enter(door)).busy(12)
        await enter(door, Errand(sink=sink))
        return sink

    assert notes(in_virtual_time(story())) == ["waiting for the model, 12 s", ""]


def test_short_waits_are_not_worth_a_word():
    async def story() -> ListSink:
        door, sink = gate(), ListSink()
        (await enter(door)).busy(1.5)
        await enter(door, Errand(sink=sink))
        return sink

    assert notes(in_virtual_time(story())) == []


def test_a_wait_that_becomes_much_longer_is_told_again():
    async def story() -> ListSink:
        door, sink = gate(slots=3), ListSink()
        first, second, third = [await enter(door) for _ in range(3)]
        first.busy(10)
        waiting = asyncio.create_task(enter(door, Errand(sink=sink)))
        await asyncio.sleep(1)
        second.busy(12)
        third.busy(40)
        await waiting
        return sink

    assert notes(in_virtual_time(story())) == [
        "waiting for the model, 10 s",
        "waiting for the model, 40 s",
        "",
    ]


def test_who_waits_for_a_place_is_told_how_long_by_how_long_answers_take():
    async def story() -> ListSink:
        door, sink = gate(slots=2), ListSink()
        await hold(door, 10)
        busy = [asyncio.create_task(hold(door, 10)) for _ in range(6)]
        await asyncio.sleep(0)
        await hold(door, 0, Errand(run_id="other", person="bob", sink=sink))
        await asyncio.gather(*busy)
        return sink

    assert notes(in_virtual_time(story()))[0] == "waiting for the model, 10 s"


def test_who_waits_for_the_limit_is_told_how_long_by_its_pace():
    async def story() -> list[ListSink]:
        door = gate(rpm=60)
        sinks = [ListSink() for _ in range(9)]
        await all_of(*(hold(door, 0, Errand(sink=sink)) for sink in sinks))
        return sinks

    told = [notes(sink)[:1] for sink in in_virtual_time(story())]

    assert told == [[], [], [], [], *([f"waiting for the model, {n} s"] for n in (2, 3, 4, 5, 6))]


def test_the_clock_of_a_branch_stands_still_while_it_waits():
    async def story() -> float:
        door = gate(slots=1)
        other = asyncio.create_task(hold(door, 100))
        await asyncio.sleep(0)
        async with deadline(10):
            await hold(door, 9)
        await other
        return now()

    assert in_virtual_time(story()) == 109


def test_who_gives_up_waiting_leaves_its_place_to_the_next():
    async def story() -> float:
        door = gate(rpm=60)
        for _ in range(3):
            await enter(door)
        gives_up = asyncio.create_task(enter(door, tokens=100))
        stays = asyncio.create_task(hold(door, 0))
        await asyncio.sleep(0.5)
        gives_up.cancel()
        return await stays

    assert in_virtual_time(story()) == pytest.approx(1 / 0.95)


def test_who_gives_up_waiting_is_not_counted_among_those_who_wait():
    meter = ListMeter()

    async def story() -> None:
        door = gate(slots=1, meter=meter)
        place = await enter(door)
        stays, gives_up = (asyncio.create_task(enter(door)) for _ in range(2))
        await asyncio.sleep(1)
        gives_up.cancel()
        await asyncio.sleep(1)
        assert meter.depths == [1, 2, 1]
        place.leave(tokens=None)
        await stays

    in_virtual_time(story())


@pytest.mark.parametrize("limits", [{"rpm": 1}, {"tpm": 100}])
def test_who_is_cancelled_in_the_moment_of_its_turn_gives_everything_back(limits: dict[str, int]):
    async def story() -> float:
        door = gate(slots=1, **limits)
        place = await enter(door)
        unlucky = asyncio.create_task(enter(door))
        await asyncio.sleep(100)
        place.leave(tokens=None)
        unlucky.cancel()
        with pytest.raises(asyncio.CancelledError):
            await unlucky
        return await hold(door, 0)

    assert in_virtual_time(story()) == 100


def test_who_is_cancelled_in_the_moment_of_bad_news_is_cancelled():
    async def story() -> None:
        door = gate(slots=1)
        place = await enter(door)
        unlucky = asyncio.create_task(enter(door))
        await asyncio.sleep(1)
        place.busy(300)
        unlucky.cancel()
        with pytest.raises(asyncio.CancelledError):
            await unlucky

    in_virtual_time(story())


def test_a_turn_is_never_wasted_on_somebody_who_has_just_gone():
    async def story() -> float:
        door = gate(slots=1)
        place = await enter(door)
        gone = asyncio.create_task(enter(door))
        stays = asyncio.create_task(hold(door, 0))
        await asyncio.sleep(1)
        gone.cancel()
        place.leave(tokens=None)
        return await stays

    assert in_virtual_time(story()) == 1


def test_who_has_just_come_need_not_wait_for_what_is_too_big_yet_and_in_no_hurry():
    async def story() -> tuple[float, bool]:
        door = gate(tpm=6000)
        for _ in range(16):
            await enter(door, tokens=0)
        await enter(door, tokens=200)
        big = asyncio.create_task(enter(door, tokens=300))
        await asyncio.sleep(0)
        let_in = await hold(door, 0, Errand(run_id="new", person="bob"))
        overtaken = not big.done()
        await big
        return let_in, overtaken

    assert in_virtual_time(story()) == (0, True)


def test_a_second_request_needs_room_for_two():
    async def story() -> list[bool]:
        door = gate(slots=4, rpm=60, tpm=6000)
        entered = [door.enter_now(100) is not None]
        entered.append(door.enter_now(200) is not None)
        entered.append(door.enter_now(100) is not None)
        entered.append(door.enter_now(100) is not None)
        return entered

    assert in_virtual_time(story()) == [True, False, True, False]


def test_a_second_request_needs_free_places():
    async def story() -> list[bool]:
        door = gate(slots=3)
        return [door.enter_now(100) is not None for _ in range(4)]

    assert in_virtual_time(story()) == [True, True, False, False]


def test_there_is_no_second_request_in_a_cool_down_or_before_who_waits():
    async def story() -> list[Admission | None]:
        cooling = gate()
        (await enter(cooling)).busy(5)
        crowded = gate(slots=8, rpm=60)
        waiting = [asyncio.create_task(enter(crowded)) for _ in range(4)]
        await asyncio.sleep(0)
        entered: list[Admission | None] = [cooling.enter_now(1), crowded.enter_now(1)]
        (await waiting[0]).leave(tokens=None)
        await asyncio.gather(*waiting)
        return entered

    assert in_virtual_time(story()) == [None, None]


def test_a_limit_that_the_server_tells_is_kept_from_then_on():
    async def story() -> list[float]:
        door = gate()
        door.heard({"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "1"})
        return await all_of(*(hold(door, 0) for _ in range(3)))

    assert in_virtual_time(story()) == pytest.approx([0, 1 / 0.95, 2 / 0.95])


def test_a_limit_that_is_raised_lets_in_who_waits():
    async def story() -> float:
        door = gate()
        door.heard({"x-ratelimit-limit-tokens": "1000"})
        await enter(door, tokens=500)
        waiting = asyncio.create_task(hold(door, 0))
        await asyncio.sleep(1)
        door.heard({"x-ratelimit-limit-tokens": "60000"})
        return await waiting

    assert in_virtual_time(story()) < 2


def test_the_same_limit_told_again_and_again_changes_nothing():
    async def story() -> list[float]:
        door = gate()
        for _ in range(3):
            door.heard({"x-ratelimit-limit-requests": "60"})
        return await all_of(*(hold(door, 0) for _ in range(4)))

    assert in_virtual_time(story()) == pytest.approx([0, 0, 0, 1 / 0.95])


@pytest.mark.parametrize(
    "lie",
    [
        {"x-ratelimit-limit-tokens": "1"},
        {"x-ratelimit-limit-tokens": "999", "x-ratelimit-remaining-tokens": "0"},
        {"x-ratelimit-limit-requests": "0.01"},
        {"x-ratelimit-limit-requests": "1", "x-ratelimit-remaining-requests": "0"},
        {"x-ratelimit-limit-tokens": "1000"},
    ],
)
@pytest.mark.parametrize("settings", [{}, {"rpm": 500, "tpm": 200_000}])
def test_whatever_limit_a_server_tells_one_goes_each_minute(
    lie: dict[str, str], settings: dict[str, int]
):
    async def story() -> list[float]:
        door, waits = gate(**settings), list[float]()
        for _ in range(4):
            began = now()
            place = await enter(door, tokens=20_000)
            waits.append(now() - began)
            door.heard(lie)
            await asyncio.sleep(1)
            place.leave(tokens=20_000)
        return waits

    assert max(in_virtual_time(story())) <= 60


def test_a_limit_of_the_settings_is_kept_however_long_that_takes():
    async def story() -> float:
        door = gate(tpm=1000)
        await enter(door, tokens=20_000)
        door.heard({"x-ratelimit-limit-tokens": "5000"})
        return await hold(door, 0)

    assert in_virtual_time(story()) > 1000


async def _stubborn(door: RateGate, refusals: list[float]) -> None:
    """One question that is refused whenever it is asked."""
    while True:
        place = await door.enter(
            Errand(run_id="big", person="bob"), "big", 100, refused=len(refusals)
        )
        await asyncio.sleep(0.2)
        place.busy(9 if refusals else 5)
        refusals.append(now())
        await asyncio.sleep(5)


def test_one_question_that_is_always_refused_makes_the_others_wait_but_once_and_ends():
    async def story() -> tuple[list[float], list[float]]:
        door, refusals, waits = gate(rpm=600), list[float](), list[float]()
        stubborn = asyncio.create_task(_stubborn(door, refusals))
        for _ in range(60):
            began = now()
            waits.append(await hold(door, 1) - began)
        with pytest.raises(ModelBusy, match="answers others and refuses this question"):
            await stubborn
        return refusals, waits

    refusals, waits = in_virtual_time(story())

    assert len(refusals) == 6
    assert sum(wait > 0.5 for wait in waits) == 1


def test_a_server_that_answers_nobody_is_no_fault_of_the_question():
    """However often it was refused: everybody waits, and nobody is lost."""

    async def story() -> list[float]:
        door = gate()
        for refused in range(8):
            (await door.enter(SOMEBODY, "branch", 100, refused=refused)).busy(7)
        return [await hold(door, 0), await hold(door, 0)]

    assert in_virtual_time(story()) == [56, 56]


def test_headers_that_say_nothing_of_limits_change_nothing():
    async def story() -> list[float]:
        door = gate(rpm=60)
        door.heard({"content-type": "application/json"})
        return await all_of(*(hold(door, 0) for _ in range(4)))

    assert in_virtual_time(story()) == pytest.approx([0, 0, 0, 1 / 0.95])


def test_an_earlier_alarm_takes_the_place_of_a_later_one():
    async def story() -> list[float]:
        door = gate(rpm=60, tpm=1200)
        await enter(door, tokens=300)
        big = asyncio.create_task(enter(door, Errand(run_id="b", person="b"), tokens=300))
        await asyncio.sleep(0)
        big.cancel()
        door.heard({"x-ratelimit-limit-tokens": "1000"})
        return await all_of(hold(door, 0), hold(door, 0))

    first, second = in_virtual_time(story())

    assert 0 < first < second


def test_depth_and_waits_are_metered():
    meter = ListMeter()
    door = gate(slots=1, meter=meter)

    in_virtual_time(all_of(*(hold(door, 2) for _ in range(3))))

    assert meter.depths == [1, 2, 1, 0]
    assert meter.waits == [0, 2, 4]


Step = tuple[float, float, str]
steps = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.5, 1.0, 3.0]),
        st.sampled_from([0.0, 1.0, 2.5]),
        st.sampled_from(["answered", "failed", "busy", "busy, 9 s", "cancelled", "over"]),
    ),
    max_size=30,
)


@given(steps=steps, seed=st.integers(0, 5))
def test_whatever_happens_to_them_nobody_takes_a_place_along(steps: list[Step], seed: int):
    """After all has ended, as many may enter at once as before it began."""

    async def one(door: RateGate, stays: float, how: str) -> None:
        place = await enter(door)
        try:
            await asyncio.sleep(stays)
        except asyncio.CancelledError:
            place.leave(tokens=None, ok=False)
            raise
        if how.startswith("busy"):
            place.busy(9 if how == "busy, 9 s" else None)
        else:
            place.leave(tokens=70, ok=how == "answered")

    async def story() -> int:
        door = gate(slots=4, rpm=1200, tpm=120_000, chance=random.Random(seed).random)
        tasks = list[asyncio.Task[None]]()
        for pause, stays, how in steps:
            await asyncio.sleep(pause)
            tasks.append(asyncio.create_task(one(door, stays, how)))
            if how == "cancelled":
                asyncio.get_running_loop().call_later(stays / 2, tasks[-1].cancel)
        await asyncio.wait([*tasks, asyncio.create_task(asyncio.sleep(0))])
        for _ in range(20):
            await hold(door, 0)
        await asyncio.sleep(120)
        return sum(door.enter_now(1) is not None for _ in range(10))

    assert in_virtual_time(story()) == 3, "and one place stays free for who is in need"


def test_requests_that_are_refused_together_are_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
):
    async def main() -> None:
        door = gate()
        for place in [await enter(door) for _ in range(8)]:
            place.busy(7)

    in_virtual_time(main())

    (line,) = caplog.records
    assert line.getMessage().endswith("refuses: nothing is asked for 7.0 s, then 4 at once")
    assert line.__dict__["waited"] == 7
