"""Buttons: for who asked, else for an admin; once; and who clicked is told what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.listeners.buttons import FOR_ADMINS
from bot.runs.desk import PAUSED, Did
from bot.runs.errors import StorageFailed
from bot.runs.model import Audience, Rating, Status
from bot.runs.workspace import Preference
from bot.views import forms, notices
from bot.views.actions import (
    CANCEL,
    DETAILS,
    RATE_DOWN,
    RATE_UP,
    RERUN,
    RETRY,
    SHARE,
    WHY_FORM,
)
from tests.listeners.house import House

#: Of all buttons with a run behind them.
WISHES = [CANCEL, RETRY, RERUN, SHARE, RATE_UP, RATE_DOWN]
EVERY = [*WISHES, DETAILS]


@pytest.fixture
async def asked(house: House) -> House:
    await house.command("The moon is cheese")
    return house


def ended(house: House, status: Status = Status.DONE, **fields: object) -> None:
    house.store.change("run-1", status=status, **fields)


def told(house: House) -> str:
    """The one sentence that was said to who clicked."""
    [(url, text)] = house.urls.said
    assert url == f"{house.slack}/actions/1"
    return text


async def test_who_asked_can_cancel(asked: House) -> None:
    answer = await asked.click("run-1:1")

    assert answer.status == 200
    assert asked.store.runs["run-1"].status is Status.CANCELLED
    assert asked.engine.cancelled == ["run-1"]
    assert asked.wire.calls == []


async def test_a_second_click_does_nothing_and_says_so(asked: House) -> None:
    await asked.click("run-1:1")
    again = await asked.click("run-1:1")

    assert again.status == 200
    assert asked.engine.cancelled == ["run-1"]
    assert told(asked) == "This run is cancelled already."


async def test_what_failed_is_tried_again_once_for_each_attempt_that_was_seen(
    asked: House,
) -> None:
    ended(asked, Status.FAILED)
    await asked.click("run-1:1", action=RETRY)
    assert asked.urls.said == []
    ended(asked, Status.FAILED)
    await asked.click("run-1:1", action=RETRY)

    assert asked.store.runs["run-1"].attempt == 2
    assert asked.engine.started == ["run-1", "run-1"]
    assert "tried again already" in told(asked)


async def test_run_again_is_a_new_run_of_who_clicked_and_the_same_click_twice_is_one(
    asked: House,
) -> None:
    ended(asked)
    for _ in range(2):
        await asked.click("run-1:1", action=RERUN)

    assert list(asked.store.runs) == ["run-1", "run-2"]
    request = asked.store.runs["run-2"].request
    assert (request.text, request.fresh) == ("The moon is cheese", True)
    assert request.dedupe == "T1:9.9.9"
    assert asked.urls["run-2"] == f"{asked.slack}/actions/1"
    assert asked.urls.said == []


async def test_a_private_result_is_shared_by_who_asked(asked: House) -> None:
    ended(asked, audience=Audience.REQUESTER)
    await asked.click("run-1:1", action=SHARE)

    assert asked.store.runs["run-1"].shared_by == "U1"
    assert told(asked).startswith("Shared")


async def test_an_admin_can_not_share_what_is_private_to_somebody_else(asked: House) -> None:
    asked.rights.admins.add("U2")
    ended(asked, audience=Audience.REQUESTER)
    await asked.click("run-1:1", user="U2", action=SHARE)

    assert asked.store.runs["run-1"].shared_by == ""
    assert told(asked) == notices.said(SHARE, Did.NOT_YOURS)


async def test_helpful_is_kept_and_thanked_for(asked: House) -> None:
    ended(asked)
    await asked.click("run-1:1", user="U2", action=RATE_UP)

    assert asked.store.rated == {("run-1", "U2"): (Rating.UP, "")}
    assert told(asked).startswith("Thank you")


async def test_not_helpful_is_kept_at_once_and_the_reason_asked_for_afterwards(
    asked: House,
) -> None:
    ended(asked)
    await asked.click("run-1:1", action=RATE_DOWN)

    assert asked.store.rated == {("run-1", "U1"): (Rating.DOWN, "")}
    [(trigger, view)] = asked.seen.forms
    assert (trigger, view["callback_id"]) == ("9.9.9", WHY_FORM)
    assert forms.read_why(view).ticket.run_id == "run-1"
    assert asked.urls.said == []


async def test_where_the_reason_can_not_be_asked_for_it_is_thanked_without(asked: House) -> None:
    ended(asked)
    asked.seen.refuses = True
    await asked.click("run-1:1", action=RATE_DOWN)

    assert asked.store.rated == {("run-1", "U1"): (Rating.DOWN, "")}
    assert told(asked).startswith("Thank you")


async def test_details_are_opened_for_who_may_see_the_run(asked: House) -> None:
    await asked.click("run-1:1", user="U2", action=DETAILS)

    [(trigger, view)] = asked.seen.forms
    assert trigger == "9.9.9"
    assert "The moon is cheese" in str(view)


async def test_where_details_can_not_be_opened_a_line_about_the_run_is_said(asked: House) -> None:
    asked.seen.refuses = True
    await asked.click("run-1:1", action=DETAILS)

    assert "The moon is cheese" in told(asked)


@pytest.mark.parametrize("action", sorted(FOR_ADMINS))
async def test_what_others_asked_for_is_for_admins_alone(asked: House, action: str) -> None:
    if action != CANCEL:
        ended(asked, Status.FAILED)
    before = asked.store.runs["run-1"]
    await asked.click("run-1:1", user="U2", action=action)
    assert asked.store.runs == {"run-1": before}
    assert told(asked) == notices.NOT_YOURS

    asked.rights.admins.add("U2")
    await asked.click("run-1:1", user="U2", action=action)
    assert asked.store.runs != {"run-1": before}
    assert len(asked.urls.said) == 1


async def test_an_admin_who_runs_it_again_is_who_asks(asked: House) -> None:
    asked.rights.admins.add("U2")
    ended(asked)
    await asked.click("run-1:1", user="U2", action=RERUN)

    assert asked.store.runs["run-2"].request.asked_by == "U2"
    assert asked.urls["run-2"] == f"{asked.slack}/actions/1"


async def test_a_workspace_that_pauses_runs_nothing_again(asked: House) -> None:
    ended(asked)
    asked.preferences["T1"] = Preference(paused=True)
    await asked.click("run-1:1", action=RERUN)

    assert list(asked.store.runs) == ["run-1"]
    assert told(asked) == PAUSED


@pytest.mark.parametrize("action", EVERY)
@pytest.mark.parametrize(("value", "team"), [("run-1:1", "T2"), ("run-9:1", "T1")])
async def test_a_run_of_others_and_a_run_that_is_not_there_answer_alike(
    asked: House, value: str, team: str, action: str
) -> None:
    ended(asked)
    before = asked.store.runs["run-1"]
    asked.rights.admins.add("U1")
    answer = await asked.click(value, team=team, action=action)

    assert answer.status == 200
    assert asked.store.runs == {"run-1": before}
    assert asked.store.rated == {}
    assert told(asked) == notices.NO_SUCH_RUN


@pytest.mark.parametrize("action", [RATE_UP, RATE_DOWN, DETAILS])
async def test_a_private_run_of_others_answers_as_one_that_is_not_there(
    house: House, action: str
) -> None:
    await house.command("The moon is cheese --private", channel_id="G1")
    ended(house, audience=Audience.REQUESTER)
    await house.click("run-1:1", user="U2", action=action)

    assert told(house) == notices.NO_SUCH_RUN
    assert house.seen.forms == []


async def test_an_installation_without_a_team_of_its_own_can_cancel(asked: House) -> None:
    await asked.deliver(
        {
            "type": "block_actions",
            "team": None,
            "enterprise": {"id": "E1", "name": "acme"},
            "is_enterprise_install": True,
            "user": {"id": "U1", "team_id": "T1"},
            "actions": [
                {"type": "button", "action_id": "cancel_run", "block_id": "b", "value": "run-1"}
            ],
        }
    )

    assert asked.store.runs["run-1"].status is Status.CANCELLED


async def test_a_refusal_that_cannot_be_shown_does_not_take_the_ack_back(
    asked: House, caplog: pytest.LogCaptureFixture
) -> None:
    asked.urls.broken = True
    answer = await asked.click("run-1:1", user="U2")

    assert answer.status == 200
    assert "could not be shown" in caplog.text


@pytest.mark.parametrize("action", EVERY)
@pytest.mark.parametrize(
    "odd",
    [
        {"value": None},
        {"value": {"a": ["run-1"]}},
        {"value": "run-1:1:1"},
        {"value": "../run-1"},
        {"team": None, "user": {"id": "U1"}},
        {"user": {"id": ["U1"], "team_id": "T1"}},
    ],
)
async def test_an_odd_click_does_nothing_and_breaks_nothing(
    asked: House, caplog: pytest.LogCaptureFixture, action: str, odd: dict[str, Any]
) -> None:
    ended(asked)
    before = asked.store.runs["run-1"]
    button = {"type": "button", "action_id": action, "block_id": "b", "value": "run-1:1"}
    changes = {name: odd[name] for name in odd.keys() - {"value"}}
    button |= {name: odd[name] for name in odd.keys() & {"value"}}
    answer = await asked.click("", action=action, actions=[button], **changes)

    assert answer.status == 200
    assert asked.store.runs == {"run-1": before}
    assert asked.store.rated == {}
    assert told(asked) == notices.NO_SUCH_RUN
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("action", WISHES)
async def test_a_failing_database_is_an_error_for_slack_to_show(asked: House, action: str) -> None:
    ended(asked)
    asked.store.broken = StorageFailed("the disk is full")
    answer = await asked.click("run-1:1", action=action)

    assert answer.status == 500
    assert asked.wire.calls == []
