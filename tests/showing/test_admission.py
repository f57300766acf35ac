"""Rights are asked again where a result is shown long after it was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Run, Status, Thread
from bot.showing.admission import LATE_SECONDS, Admission
from bot.showing.sentences import UNSURE
from bot.slack.errors import NotAllowed, Unavailable
from tests.showing.stage import (
    DONE,
    STARTED,
    Stage,
    a_run,
    card,
    one_of_each,
    reply,
    result_views,
)

CLOSED = "I can't read that."


def late(**changes: Any) -> Run:
    return a_run(ended_at=STARTED - timedelta(seconds=LATE_SECONDS + 1), **{**DONE, **changes})


@pytest.fixture
def admission(stage: Stage) -> Admission:
    return Admission(stage.admit, stage.clock, stage.today)


async def test_nobody_is_asked_for_what_ended_just_now_or_is_no_result(
    stage: Stage, admission: Admission
) -> None:
    for run in (a_run(**DONE), a_run(ended_at=STARTED, **DONE), late(status=Status.FAILED)):
        assert await admission.of(run) is run

    assert stage.admissions == 0


async def test_what_a_failed_run_read_is_asked_about_at_once(
    stage: Stage, admission: Admission
) -> None:
    """It may have failed because its asker lost the right: then its branches are not shown."""
    read = a_run().request.model_copy(update={"source": Thread(channel="P1", ts="1.0")})
    failed = a_run(request=read, status=Status.FAILED, error=CLOSED, ended_at=STARTED)
    stage.admission = Unreadable(CLOSED)

    refused = await admission.of(failed)

    assert stage.admissions == 1
    assert refused is not failed


async def test_an_answer_holds_for_a_while(stage: Stage, admission: Admission) -> None:
    run = late()
    for _ in range(3):
        assert await admission.of(run) is run
    assert stage.admissions == 1

    await stage.clock.sleep(LATE_SECONDS + 1)
    await admission.of(run)
    assert stage.admissions == 2


async def test_an_audience_gets_narrower_and_never_wider(
    stage: Stage, admission: Admission
) -> None:
    private = late(audience=Audience.REQUESTER)
    assert await admission.of(private) is private

    stage.admission = Audience.REQUESTER
    narrowed = await Admission(stage.admit, stage.clock, stage.today).of(late())
    assert (narrowed.audience, narrowed.status) == (Audience.REQUESTER, Status.DONE)


@pytest.mark.parametrize(
    ("word", "said"),
    [(Unreadable(CLOSED), CLOSED), (NotAllowed("conversations.info", "missing_scope"), UNSURE)],
)
async def test_who_has_no_right_any_more_gets_a_sentence_and_no_result(
    stage: Stage, admission: Admission, word: Exception, said: str
) -> None:
    stage.admission = word

    refused = await admission.of(late(shared_by="U1"))

    assert (refused.status, refused.error) == (Status.FAILED, said)
    assert refused.result is None


async def test_a_slack_that_does_not_answer_has_taken_no_right_away(
    stage: Stage, admission: Admission
) -> None:
    stage.admission = Unreadable("Slack does not answer.")
    stage.admission.__cause__ = Unavailable("conversations.info", "http_500")

    with pytest.raises(Unavailable):
        await admission.of(late())


async def test_with_the_right_a_late_result_is_shown_as_it_is(stage: Stage) -> None:
    async with stage.running():
        stage.change(late(), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert one_of_each(stage)
    assert stage.admissions == 1


async def test_without_it_nothing_is_shown_and_who_asked_is_told(stage: Stage) -> None:
    stage.admission = Unreadable(CLOSED)
    async with stage.running():
        stage.change(late(), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == []
    assert [told["text"] for told in stage.slack.ephemerals] == [CLOSED]


async def test_a_card_that_stands_tells_it_and_no_branch_is_added(stage: Stage) -> None:
    stage.views[CLOSED] = [card(CLOSED, final=True), reply("branch:b", "secret")]
    async with stage.running():
        stage.change(a_run(), card("working"), reply("branch:a", "so far"))
        await stage.settled()
        stage.admission = Unreadable(CLOSED)
        stage.change(late(), *result_views(), reply("branch:b", "secret"))
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == [CLOSED, "so far"]
    assert stage.slack.ephemerals == []


async def test_a_result_that_is_private_since_goes_to_who_asked(stage: Stage) -> None:
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.settled()
        stage.admission = Audience.REQUESTER
        stage.change(late(), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == ["working"]
    assert sorted(stage.texts("DU1")) == ["Refuted", "Refuted", "vote"]


async def test_a_result_that_can_only_be_told_is_not_told_without_the_right(stage: Stage) -> None:
    stage.admission = Unreadable(CLOSED)
    stage.slack.rooms["C1"].messages.clear()
    async with stage.running():
        stage.change(a_run(), card("working"))
        await stage.settled()
        stage.slack.rooms["C1"].messages.clear()
        stage.change(a_run(), card("still working"))
        await stage.settled()
        stage.change(late(), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert [told["text"] for told in stage.slack.ephemerals] == [CLOSED]
    assert set(stage.slack.rooms) == {"C1"}


async def test_what_was_shown_in_time_is_left_alone(stage: Stage) -> None:
    """Somebody rates it a month later; who asked has left the channel."""
    async with stage.running():
        stage.change(a_run(**DONE), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)
        stage.admission = Unreadable(CLOSED)
        stage.memory.shown.clear()
        stage.change(late(), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert one_of_each(stage)
    assert stage.admissions == 0


async def test_sharing_late_asks_first(stage: Stage) -> None:
    private = {"audience": Audience.REQUESTER}
    shared = reply("shared", "Refuted", final=True, home=False)
    async with stage.running():
        stage.change(a_run(**DONE, **private), *result_views())
        await stage.until(lambda: "r1" in stage.memory.shown)
        stage.admission = Unreadable(CLOSED)
        stage.memory.shown.clear()
        stage.change(late(**private), *result_views(), shared)
        await stage.until(lambda: "r1" in stage.memory.shown)

    assert stage.texts() == []
