from __future__ import annotations

import pytest

from bot.runs.model import Audience, Place, Status
from bot.runs.storage import Posted
from bot.showing.steps import Plan, steps
from bot.slack.limiter import Priority
from bot.views.message import SlackMessage
from tests.fakes.slack_api import TEAM
from tests.showing.stage import DONE, RESULT, a_run, asked_in, card, reply, result_views


def row(message: SlackMessage, *, ts: str | None = "1.1", digest: str | None = None) -> Posted:
    return Posted(slot=message.slot, channel="C1", ts=ts, digest=digest or message.digest)


def _slots(posted: dict[str, Posted]) -> list[str]:
    return [step.message.slot for step in steps(a_run(**DONE), result_views(), posted, "C1")]


def test_before_the_card_stands_there_is_only_the_card() -> None:
    begun = row(card("Refuted", final=True), ts=None)

    assert _slots({}) == ["card"]
    assert _slots({"card": begun}) == ["card"]


def test_what_stands_as_it_should_is_no_step() -> None:
    posted = {message.slot: row(message) for message in result_views()}

    assert _slots(posted) == []
    assert _slots({**posted, "result": row(RESULT, digest="old")}) == ["result"]


def test_replies_go_where_the_card_is() -> None:
    posted = {"card": row(card("Refuted", final=True), ts="7.7")}

    [result, branch] = steps(a_run(**DONE), result_views(), posted, "C1")

    assert (result.channel, result.thread_ts) == ("C1", "7.7")
    assert (branch.channel, branch.thread_ts) == ("C1", "7.7")
    assert result.call.method == "chat.postMessage"


def test_what_stands_before_a_wider_audience_is_not_edited_but_begun_anew() -> None:
    """The source became private after the card was posted: the result goes to a new card."""
    posted = {message.slot: row(message, digest="working") for message in result_views()}

    [step] = steps(a_run(**DONE), result_views(), posted, "D1")

    assert (step.is_card, step.channel, step.row, step.stands) == (True, "D1", None, False)


@pytest.mark.parametrize(
    ("status", "final", "priority"),
    [
        (Status.DONE, True, Priority.FINAL),
        (Status.FAILED, True, Priority.FAILED),
        (Status.CANCELLED, True, Priority.CANCELLED),
        (Status.OPEN, False, Priority.PROGRESS),
    ],
)
def test_the_outcome_decides_what_goes_first(
    status: Status, final: bool, priority: Priority
) -> None:
    shown = card("x", final=final)

    [step] = steps(a_run(status=status), [shown], {"card": row(shown, digest="old")}, "C1")

    assert step.priority is priority
    assert step.call.method == "chat.update"


def test_a_new_card_goes_before_progress_of_others() -> None:
    [step] = steps(a_run(), [card("x"), reply("branch:a", "x")], {}, "C1")

    assert step.priority is Priority.START


IN_A_THREAD = Place(team=TEAM, channel="C1", thread_ts="5.5")
SHARED = reply("shared", "Shared", final=True, home=False)


def test_a_run_asked_for_in_a_thread_stays_in_it() -> None:
    run = asked_in(IN_A_THREAD, **DONE)

    [begun] = steps(run, result_views(), {}, "C1")
    posted = {"card": row(card("Refuted", final=True), ts="7.7")}
    others = steps(run, result_views(), posted, "C1")

    assert {step.thread_ts for step in (begun, *others)} == {"5.5"}
    assert not any(step.message.broadcast for step in others)


def test_what_is_private_goes_into_no_thread_of_others() -> None:
    [step] = steps(asked_in(IN_A_THREAD, **DONE), result_views(), {}, "DU1")

    assert (step.channel, step.thread_ts) == ("DU1", None)


def test_what_is_shared_stands_where_it_was_asked_for_whatever_became_of_the_card() -> None:
    run = asked_in(IN_A_THREAD, **DONE, audience=Audience.REQUESTER)

    for channel in ("DU1", None):
        *_, shared = steps(run, [*result_views(), SHARED], {}, channel)
        assert (shared.channel, shared.thread_ts, shared.is_card) == ("C1", "5.5", False)
        assert shared.priority is Priority.FINAL
    assert steps(run, [SHARED], {"shared": row(SHARED)}, None) == []


def test_what_stands_in_the_channel_is_not_shared_there() -> None:
    assert steps(asked_in(IN_A_THREAD, **DONE), [SHARED], {}, "C1") == []


def test_an_outcome_is_shown_when_all_of_it_is() -> None:
    posted = {m.slot: row(m) for m in result_views() if m.final}
    views = [*result_views(), SHARED]

    assert Plan(a_run(**DONE), views, posted, ()).outcome_shown
    assert not Plan(a_run(**DONE), views, {"card": posted["card"]}, ()).outcome_shown
    assert not Plan(a_run(), [reply("branch:a", "x")], {}, ()).outcome_shown
