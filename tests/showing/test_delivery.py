from __future__ import annotations

import pytest

from bot.runs.model import Status
from bot.showing.delivery import NOTICE, Delivery
from bot.showing.steps import Step
from bot.slack.errors import RateLimited
from bot.slack.limiter import Priority
from tests.fakes.slack_api import Fault
from tests.showing.stage import Stage, a_run, card


@pytest.fixture
def delivery(stage: Stage) -> Delivery:
    return Delivery(stage.memory, stage.workspace, stage.replies)


def a_step(stage: Stage) -> Step:
    return Step(
        message=card("x"),
        row=stage.memory.rows.get("r1", {}).get("card"),
        channel="C1",
        thread_ts=None,
        priority=Priority.START,
    )


async def test_a_post_is_written_down_before_it_is_made(stage: Stage, delivery: Delivery) -> None:
    stage.slack.faults["chat.postMessage"].append(Fault.RATE)
    with pytest.raises(RateLimited):
        await delivery.show(a_run(), a_step(stage))

    assert stage.memory.rows["r1"]["card"].ts is None
    await delivery.show(a_run(), a_step(stage))
    assert stage.memory.rows["r1"]["card"].ts == stage.slack.rooms["C1"].messages[0]["ts"]


async def test_a_notice_is_given_once(stage: Stage, delivery: Delivery) -> None:
    for _ in range(2):
        await delivery.notice(a_run(status=Status.DONE), "Refuted", ())

    assert stage.texts("DU1") == ["Refuted"]
    assert stage.memory.rows["r1"][NOTICE].channel == "DU1"
