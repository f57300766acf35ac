"""Which buttons a card has: what may be wished for, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.runs.desk import can_retry
from bot.runs.model import Audience, Run, Status, Thread
from bot.views.actions import (
    CANCEL,
    DETAILS,
    RATE_DOWN,
    RATE_UP,
    RERUN,
    RETRY,
    SHARE,
    Ticket,
    read_ticket,
)
from bot.views.buttons import afterwards, cancel, may_retry
from bot.views.story import Story
from patterns.events import BranchDone, BranchFailed, Event
from patterns.recipes.factcheck import Label
from tests.views.samples import HERE, done, planned, run, verdict
from tests.views.slack_rules import message_blocks

WON = verdict(Label.REFUTED)
FAILED = (planned("voters", "ann"), BranchFailed(branch="ann", reason="no answer"))
WENT_WELL = (planned("voters", "ann"), BranchDone(branch="ann", headline="refuted"))


def buttons(a_run: Run) -> dict[str, dict[str, Any]]:
    row = afterwards(a_run, Story(a_run.events))
    message_blocks([row])
    return {element["action_id"]: element for element in row["elements"]}


def test_an_open_run_can_be_cancelled_and_asks_before_it_is() -> None:
    row = cancel(run(attempt=2))
    button = row["elements"][0]

    message_blocks([row])
    assert (button["action_id"], button["value"]) == (CANCEL, "run-1:2")
    assert button["style"] == "danger"
    assert button["confirm"]["title"]["text"] == "Cancel this run?"
    assert row["block_id"] == "run"


def test_a_result_can_be_asked_anew_looked_into_and_rated() -> None:
    found = buttons(done(WON, *WENT_WELL))

    assert list(found) == [RERUN, DETAILS, RATE_UP, RATE_DOWN]
    assert [each["text"]["text"] for each in found.values()] == [
        "Re-run", "Details", "👍 Helpful", "👎 Not helpful",
    ]  # fmt: skip


def test_what_failed_of_a_result_can_be_tried_again() -> None:
    found = buttons(done(WON, *FAILED, attempt=3))

    assert next(iter(found)) == RETRY
    assert found[RETRY]["text"]["text"] == "Retry failed"
    assert read_ticket(found[RETRY]["value"]) == Ticket("run-1", 3)


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_a_run_without_a_result_can_be_tried_again_and_not_rated(status: Status) -> None:
    found = buttons(run(status=status))

    assert list(found) == [RETRY, RERUN, DETAILS]
    assert found[RETRY]["text"]["text"] == "Try again"


@pytest.mark.parametrize("told", [(), FAILED, WENT_WELL])
@pytest.mark.parametrize("status", [Status.DONE, Status.FAILED, Status.CANCELLED])
def test_the_button_to_try_again_is_there_when_the_desk_takes_it(
    told: tuple[Event, ...], status: Status
) -> None:
    a_run = run(*told, status=status)

    assert may_retry(a_run, Story(a_run.events)) == can_retry(a_run)


def test_a_private_result_can_be_shared_once_with_the_channel_it_was_asked_in() -> None:
    private = done(WON, audience=Audience.REQUESTER)
    direct = {"place": {"team": "T1", "channel": "D1"}}

    share = buttons(private)[SHARE]["confirm"]
    assert share["text"]["text"] == (
        "Everybody in the channel where you asked will see the result, with your name."
    )
    for another in (
        done(WON),
        done(WON, audience=Audience.REQUESTER, shared_by="U1"),
        done(WON, audience=Audience.REQUESTER, request=direct),
        run(status=Status.FAILED, audience=Audience.REQUESTER),
    ):
        assert SHARE not in buttons(another)


def test_who_shares_what_was_read_elsewhere_is_told_that_it_may_be_closed_to_some() -> None:
    source = Thread(channel="CELSEWHERE", ts="1764000000.000100").model_dump()
    elsewhere = done(WON, audience=Audience.REQUESTER, request={"source": source})
    here = done(WON, audience=Audience.REQUESTER, request={"source": source | {"channel": HERE}})

    assert "may be closed to some" in buttons(elsewhere)[SHARE]["confirm"]["text"]["text"]
    several = {"windows": [{"channel": HERE}, {"channel": "CELSEWHERE"}], "kind": "several"}
    both = done(WON, audience=Audience.REQUESTER, request={"source": several})

    assert "may be closed to some" in buttons(both)[SHARE]["confirm"]["text"]["text"]
    assert "may be closed to some" not in buttons(here)[SHARE]["confirm"]["text"]["text"]


def test_all_buttons_keep_their_block_over_every_edit() -> None:
    rows = [cancel(run()), afterwards(done(WON), Story()), afterwards(run(), Story())]

    assert {row["block_id"] for row in rows} == {"run"}


def test_who_shares_a_safety_check_is_told_that_the_text_goes_with_it() -> None:
    checked = done(WON, audience=Audience.REQUESTER, request={"recipe": "safety"})

    assert (
        "will see the result, the text itself included, with your name."
        in (buttons(checked)[SHARE]["confirm"]["text"]["text"])
    )
