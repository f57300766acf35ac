from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bot.runs.model import Run, Status
from bot.showing.asker import Asker
from bot.showing.delivery import Delivery
from bot.showing.patience import MOST, Patience
from bot.slack.errors import Unheard
from tests.showing.stage import DONE, FAILED, Stage, a_run, card, result_views

SHOWN: Sequence[Any] = [card("Refuted", final=True)]


@pytest.fixture
def asker(stage: Stage) -> Asker:
    return Asker(Delivery(stage.memory, stage.workspace, stage.replies), Patience())


@pytest.mark.parametrize(
    ("run", "directly", "in_passing"),
    [
        (a_run(**DONE), ["Refuted"], []),
        (a_run(**FAILED), [], ["The &lt;model&gt; did not answer."]),
        (a_run(status=Status.CANCELLED), [], ["Cancelled."]),
    ],
)
async def test_a_result_lasts_and_anything_else_is_a_word_in_passing(
    stage: Stage, asker: Asker, run: Run, directly: list[str], in_passing: list[str]
) -> None:
    assert await asker.hear(run, SHOWN)

    assert (stage.texts("DU1") if directly else []) == directly
    assert [said["text"] for said in stage.slack.ephemerals] == in_passing


async def test_an_outcome_is_told_once(stage: Stage, asker: Asker) -> None:
    assert [await asker.hear(a_run(**DONE), SHOWN) for _ in range(2)] == [True, True]

    assert stage.texts("DU1") == ["Refuted"]


async def test_a_card_that_only_points_to_the_result_is_not_what_is_told(
    stage: Stage, asker: Asker
) -> None:
    _, result, _ = result_views()

    await asker.hear(a_run(**DONE), [card("It is in the thread.", final=True), result])

    assert stage.texts("DU1") == [result.text]


async def test_where_one_way_is_closed_the_other_is_tried(stage: Stage, asker: Asker) -> None:
    stage.slack.faults["conversations.open"].append("cannot_dm_bot")

    assert await asker.hear(a_run(**DONE), SHOWN)

    assert [said["text"] for said in stage.slack.ephemerals] == ["Refuted"]


@pytest.mark.parametrize(("code", "shut_out"), [("invalid_auth", True), ("user_disabled", False)])
async def test_who_is_reached_by_no_way_is_said_not_to_be(
    stage: Stage, asker: Asker, code: str, shut_out: bool
) -> None:
    for method in ("conversations.open", "chat.postEphemeral"):
        stage.slack.faults[method].append(code)

    assert not await asker.hear(a_run(**DONE), SHOWN)

    assert asker.shut_out is shut_out


async def test_a_hint_that_does_not_arrive_is_missed(stage: Stage, asker: Asker) -> None:
    stage.slack.faults["chat.postEphemeral"].append("user_not_in_channel")

    await asker.hint(a_run(), "Look there.")

    assert stage.slack.ephemerals == []


async def test_a_no_that_nobody_knows_is_believed_in_the_end(stage: Stage, asker: Asker) -> None:
    stage.slack.faults["chat.postEphemeral"].extend(["never_heard_of"] * MOST)
    for _ in range(MOST - 1):
        with pytest.raises(Unheard):
            await asker.hint(a_run(), "Look there.")

    await asker.hint(a_run(), "Look there.")
