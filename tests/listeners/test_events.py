"""Events: written down before they are answered; what we do not know is let pass."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.model import Status
from tests.listeners.house import House

ROOT = "1763990000.000100"


async def test_an_event_that_we_do_not_know_is_let_pass(house: House) -> None:
    answer = await house.tell({"type": "reaction_added", "user": "U1", "item": {"channel": "C1"}})

    assert answer.status == 200
    assert house.store.runs == {}
    assert house.wire.calls == []


async def test_stop_ends_what_this_person_asked_for_in_this_thread(house: House) -> None:
    message = {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1"}
    await house.tell({**message, "ts": ROOT, "text": "factcheck One"}, event_id="Ev1")
    await house.tell({**message, "ts": "1.2", "text": "factcheck Two"}, event_id="Ev2")
    stop = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": ROOT}
    for user in ("U2", "U1", "U1"):
        answer = await house.tell({**stop, "user": user}, event_id=f"stop {user}")
        assert answer.status == 200

    assert [run.status for run in house.store.runs.values()] == [Status.CANCELLED, Status.OPEN]
    assert house.engine.cancelled == ["run-1"]
    assert house.wire.calls == []


@pytest.mark.parametrize("missing", ["channel", "thread_ts", "user"])
async def test_a_stop_of_nothing_ends_nothing(house: House, missing: str) -> None:
    await house.command("The moon is cheese")
    stop = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": ROOT, "user": "U1"}
    stop.pop(missing)

    assert (await house.tell(stop)).status == 200
    assert house.engine.cancelled == []


@pytest.mark.parametrize(
    ("event", "envelope", "left"),
    [
        ({"type": "app_uninstalled"}, {}, [("T1", "")]),
        ({"type": "app_uninstalled"}, {"authorizations": None}, [("T1", "")]),
        ({"type": "app_uninstalled"}, {"enterprise_id": "E1"}, [("T1", "E1")]),
        (
            {"type": "app_uninstalled"},
            {"enterprise_id": "E1", "is_enterprise_install": True},
            [("", "E1")],
        ),
        (
            {"type": "app_uninstalled"},
            {"authorizations": [{"enterprise_id": "E1", "is_enterprise_install": True}]},
            [("", "E1")],
        ),
        ({"type": "app_uninstalled"}, {"team_id": None, "authorizations": None}, []),
        ({"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}, {}, [("T1", "")]),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}, {}, []),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, {}, []),
        ({"type": "tokens_revoked", "tokens": None}, {}, []),
        (
            {"type": "team_access_revoked", "team_ids": ["T7", "T8", 9]},
            {"team_id": None, "enterprise_id": "E1"},
            [("T7", "E1"), ("T8", "E1")],
        ),
        ({"type": "team_access_revoked", "team_ids": None}, {"enterprise_id": "E1"}, []),
    ],
)
async def test_where_we_were_taken_out_all_of_it_is_erased_before_the_answer(
    house: House, event: dict[str, Any], envelope: dict[str, Any], left: list[tuple[str, str]]
) -> None:
    answer = await house.tell(event, **envelope)

    assert answer.status == 200
    assert list(house.gone) == left
    assert house.wire.calls == []


async def test_while_it_can_not_be_erased_slack_comes_again(house: House) -> None:
    house.gone.broken = StorageFailed("the disk is full")
    assert (await house.tell({"type": "app_uninstalled"})).status == 500

    house.gone.broken = None
    assert (await house.tell({"type": "app_uninstalled"})).status == 200
    assert list(house.gone) == [("T1", "")]


async def test_what_is_newer_than_the_event_is_not_meant_by_it(house: House) -> None:
    """Slack may tell of an uninstall when the app is installed again already."""
    await house.tell({"type": "app_uninstalled"}, event_time=1_764_000_000)
    assert house.gone.until == datetime(2025, 11, 24, 16, 0, 1, tzinfo=UTC)

    await house.tell({"type": "app_uninstalled"}, event_time="soon", event_id="E2")
    assert house.gone.until is None


async def test_an_event_that_comes_again_while_it_is_at_work_has_to_come_once_more(
    house: House,
) -> None:
    """Nobody knows yet whether it will be written down."""
    house.gone.slow = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(house.tell({"type": "app_uninstalled"}, event_id="E1"))
        while not house.gone.entered:
            await asyncio.sleep(0)
        again = await house.tell({"type": "app_uninstalled"}, event_id="E1")
        house.gone.broken = StorageFailed("the disk is full")
        house.gone.slow.set()

    house.gone.broken = None
    third = await house.tell({"type": "app_uninstalled"}, event_id="E1")
    assert (again.status, first.result().status, third.status) == (503, 500, 200)
    assert list(house.gone) == [("T1", "")]


async def test_every_event_twice_and_in_any_order_is_once(house: House) -> None:
    events = [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}]
    for event in [*events, *reversed(events)]:
        await house.tell(event, event_id=event["type"])

    assert list(house.gone) == [("T1", ""), ("T1", "")], "one for each of the two"
