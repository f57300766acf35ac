"""The switch makes the Web API as narrow as Slack's."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from playground.limits import POST_BURST, TIER_3, Limits


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_off_means_off():
    limits = Limits()

    assert {limits.wait("chat.postMessage", "C1") for _ in range(500)} == {0}


def test_a_channel_takes_a_burst_and_then_one_post_a_second():
    clock = Clock()
    limits = Limits(on=True, clock=clock)
    burst = [limits.wait("chat.postMessage", "C1") for _ in range(POST_BURST + 1)]
    elsewhere = limits.wait("chat.postMessage", "C2")
    clock.now = 1.0

    assert burst == [0] * POST_BURST + [1]
    assert elsewhere == 0
    assert [limits.wait("chat.postMessage", "C1") for _ in range(2)] == [0, 1]


def test_a_method_takes_its_tier_in_a_minute():
    clock = Clock()
    limits = Limits(on=True, clock=clock)

    waits = [limits.wait("chat.update") for _ in range(TIER_3 + 1)]
    assert waits == [0] * TIER_3 + [2]
    clock.now = 60.0
    assert limits.wait("chat.update") == 0


async def test_a_call_too_many_is_a_429_that_says_when_to_come_back(stage):
    stage.limits_on()
    for i in range(POST_BURST):
        await stage.slack.chat_postMessage(channel="C0GENERAL", text=str(i))
    with pytest.raises(SlackApiError) as caught:
        await stage.slack.chat_postMessage(channel="C0GENERAL", text="too much")

    response = caught.value.response
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "1"
    assert response["error"] == "ratelimited"


async def test_the_page_can_turn_the_switch(stage):
    _, settings = await stage.tell("settings", rate_limits=True)
    assert settings["rate_limits"] is True

    _, state = await stage.ask("state", **{"as": "U0ANN"})
    assert state["settings"]["rate_limits"] is True
