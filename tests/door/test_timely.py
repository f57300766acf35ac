"""An answer comes in time, whatever the listener does; the listener goes on."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.door.timely import ANSWER_SECONDS, LAST_SECONDS, LATE, Timely, timely
from tests.door.door import COMMAND
from tests.fakes.virtual_time import in_virtual_time

EVENT = {"type": "event_callback", "event": {"type": "app_mention"}}


class Slow:
    """A listener that takes *seconds*, and remembers that it came to its end."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.ended = False

    async def dispatch(self, _: AsyncBoltRequest) -> BoltResponse:
        await asyncio.sleep(self.seconds)
        self.ended = True
        return BoltResponse(status=200, body="done")


def request(body: dict[str, Any]) -> AsyncBoltRequest:
    return AsyncBoltRequest(body=dict(body), mode="socket_mode")


async def asked(door: Timely, body: dict[str, Any], since: float = 0.0) -> tuple[int, str, float]:
    """Status and body of the answer, and how long it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await door.answer(request(body), arrived=began - since)
    return answer.status, answer.body, loop.time() - began


def test_who_is_in_time_answers_itself() -> None:
    async def main() -> tuple[int, str, float]:
        async with timely(Slow(1).dispatch) as door:
            return await asked(door, EVENT)

    assert in_virtual_time(main()) == (200, "done", 1)


@pytest.mark.parametrize(("body", "answer"), [(EVENT, (503, "")), (COMMAND, (200, LATE))])
def test_for_who_is_late_the_door_answers_and_the_listener_goes_on(
    body: dict[str, Any], answer: tuple[int, str]
) -> None:
    """Slack sends an event again, but never a command: its person is told."""
    slow = Slow(4)

    async def main() -> tuple[int, str, float]:
        async with timely(slow.dispatch) as door:
            return await asked(door, body)

    assert in_virtual_time(main()) == (*answer, ANSWER_SECONDS)
    assert slow.ended


def test_what_was_spent_on_reading_counts() -> None:
    async def main() -> float:
        async with timely(Slow(9).dispatch) as door:
            return (await asked(door, EVENT, since=2.0))[2]

    assert in_virtual_time(main()) == pytest.approx(ANSWER_SECONDS - 2.0)


def test_at_the_end_who_hangs_is_not_waited_for() -> None:
    slow = Slow(1_000)

    async def main() -> float:
        async with timely(slow.dispatch) as door:
            await asked(door, EVENT)
        return asyncio.get_running_loop().time()

    assert in_virtual_time(main()) == pytest.approx(ANSWER_SECONDS + LAST_SECONDS)
    assert not slow.ended


async def test_a_bug_in_a_listener_asks_slack_to_come_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(_: AsyncBoltRequest) -> BoltResponse:
        raise RuntimeError("a bug")

    caplog.set_level(logging.INFO)
    async with timely(broken) as door:
        status, body, _ = await asked(door, {**COMMAND, "text": "private words"})

    assert (status, body) == (503, "")
    assert "a bug" in caplog.text
    assert "private words" not in caplog.text
