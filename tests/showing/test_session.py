from __future__ import annotations

import pytest

from bot.runs.model import Place, Status
from bot.showing.session import METHOD, TRIES, Session
from tests.fakes.slack_api import TEAM, Fault, Room
from tests.showing.stage import DONE, Stage, asked_in, card

DIRECT = Place(team=TEAM, channel="DU1", thread_ts="5.5")


def said(stage: Stage) -> list[tuple[str, str, str]]:
    return [(s["channel_id"], s["thread_ts"], s["status"]) for s in stage.slack.sessions]


async def test_work_is_shown_once_and_rest_when_it_is_over(stage: Stage) -> None:
    session = Session(stage.workspace, DIRECT)

    await session.works()
    await session.works()
    await session.rests()

    assert said(stage) == [("DU1", "5.5", "processing"), ("DU1", "5.5", "active")]


@pytest.mark.parametrize(
    "place",
    [Place(team=TEAM, channel="C1", thread_ts="5.5"), Place(team=TEAM, channel="DU1")],
)
async def test_elsewhere_slack_is_told_nothing(stage: Stage, place: Place) -> None:
    session = Session(stage.workspace, place)

    await session.works()
    await session.rests()

    assert stage.slack.calls == []


@pytest.mark.parametrize("code", ["unknown_method", "not_authorized", "missing_scope"])
async def test_where_the_app_is_no_agent_it_is_asked_once(stage: Stage, code: str) -> None:
    stage.slack.faults[METHOD].append(code)
    for _ in range(3):
        session = Session(stage.workspace, DIRECT)
        await session.works()
        await session.rests()

    assert len(stage.slack.of(METHOD)) == 1


@pytest.mark.parametrize("fault", list(Fault))
async def test_rest_is_told_a_few_times_and_no_more(stage: Stage, fault: Fault) -> None:
    stage.slack.faults[METHOD].extend([fault] * 9)

    await Session(stage.workspace, DIRECT).rests()

    assert len(stage.slack.of(METHOD)) == TRIES


@pytest.mark.parametrize("fault", [None, Fault.RATE, Fault.DROP, "unknown_method", "odd"])
@pytest.mark.parametrize("outcome", [Status.DONE, Status.CANCELLED])
async def test_it_never_comes_before_or_instead_of_a_message(
    stage: Stage, fault: Fault | str | None, outcome: Status
) -> None:
    stage.slack.rooms["DU1"] = Room("im", ["U0BOT", "U1"], "")
    root = stage.slack.said("DU1", "factcheck the Moon is cheese")
    place = Place(team=TEAM, channel="DU1", thread_ts=root)
    stage.slack.faults[METHOD].extend([fault] * 9 if fault else [])
    async with stage.running():
        stage.change(asked_in(place), card("working"))
        await stage.settled()
        stage.change(asked_in(place, status=outcome), card("over", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts("DU1")[1:] == ["over"]
    order = [call.method for call in stage.slack.calls]
    assert order.index("chat.postMessage") < order.index(METHOD)
    if fault is None:
        assert [status for _, _, status in said(stage)] == ["processing", "active"]


async def test_what_ended_before_it_was_shown_is_never_at_work(stage: Stage) -> None:
    place = Place(team=TEAM, channel="C1")
    async with stage.running():
        stage.change(asked_in(place, **DONE), card("over", final=True))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.slack.of(METHOD) == []
