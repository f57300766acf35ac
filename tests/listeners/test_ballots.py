"""Votes on claims: written down before the ack, and how they stand is for who voted alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.runs.model import Audience, Opinion, Status
from bot.views import notices
from bot.views.actions import AGREE, CANNOT_TELL, CLOSE_VOTE, DISAGREE
from patterns.learned import learn
from patterns.recipes.factcheck import Label
from tests.listeners.house import TODAY, House
from tests.results import claim_verdict, fact_check

TWO = fact_check(claim_verdict(Label.SUPPORTED), claim_verdict(Label.REFUTED, claim="Two"))


@pytest.fixture
async def checked(house: House) -> House:
    """A fact-check that Ann (U1) asked for is done."""
    await house.command("The moon is cheese")
    house.store.change(
        "run-1", status=Status.DONE, audience=Audience.CHANNEL, ended_at=TODAY, result=TWO
    )
    house.urls.said.clear()
    house.wire.calls.clear()
    return house


def told(house: House) -> str:
    url, text = house.urls.said[-1]
    assert url == f"{house.slack}/actions/1"
    return text


async def test_a_vote_is_counted_and_who_voted_told_how_it_stands(checked: House):
    await checked.click("run-1:1:0", user="U2", action=AGREE)
    await checked.click("run-1:1:0", user="U3", action=DISAGREE)
    await checked.click("run-1:1:1", user="U3", action=CANNOT_TELL)

    assert checked.polls.counts("run-1", 1) == [
        dict(zip(Opinion, (1, 1, 0), strict=True)),
        dict(zip(Opinion, (0, 0, 1), strict=True)),
    ]
    assert checked.urls.said[1][1] == (
        "You voted on claim 1: it's false. "
        "So far: 1 agrees with the claim · 1 disagrees · 0 can't tell. "
        "You can change it until 1 Dec, or until it is closed."
    )
    assert checked.wire.calls == ["response_url"] * 3


async def test_a_double_click_is_one_vote_and_a_change_is_no_second_one(checked: House):
    for action in (AGREE, AGREE, DISAGREE):
        await checked.click("run-1:1:0", action=action)

    assert checked.polls.counts("run-1", 1)[0] == dict(zip(Opinion, (0, 1, 0), strict=True))
    assert "0 agree with the claim · 1 disagrees" in told(checked)


@pytest.mark.parametrize("value", ["run-1:1", "run-1:1:7", "run-9:1:0", "no ticket", ""])
async def test_what_there_is_not_is_one_sentence(checked: House, value: str):
    answer = await checked.click(value, action=AGREE)

    assert answer.status == 200
    assert told(checked) == notices.NO_SUCH_RUN
    assert not any(any(each.values()) for each in checked.polls.counts("run-1", 1))


async def test_people_of_another_workspace_cannot_tell_that_there_is_such_a_run(checked: House):
    await checked.click("run-1:1:0", team="T2", action=AGREE)
    assert told(checked) == notices.NO_SUCH_RUN

    await checked.click("run-1:1", team="T2", action=CLOSE_VOTE)
    assert told(checked) == notices.NO_SUCH_RUN


async def test_a_private_result_is_voted_on_by_who_was_shown_it(checked: House):
    checked.store.change("run-1", audience=Audience.REQUESTER)

    await checked.click("run-1:1:0", user="U2", action=AGREE)

    assert told(checked) == "Only who was shown this result can vote on it."


async def test_the_old_card_of_a_run_that_was_tried_again_counts_nothing(checked: House):
    checked.store.change("run-1", attempt=2)

    await checked.click("run-1:1:0", action=AGREE)

    assert "tried again since" in told(checked)


async def test_who_asked_ends_the_vote_and_who_comes_late_is_told_how_it_ended(checked: House):
    await checked.click("run-1:1:0", user="U2", action=AGREE)
    checked.urls.said.clear()

    await checked.click("run-1:1", action=CLOSE_VOTE)
    assert checked.urls.said == [], "the card shows it"

    await checked.click("run-1:1:0", user="U3", action=DISAGREE)
    assert told(checked) == (
        "The vote on claim 1 is over: 1 agrees with the claim · 0 disagree · 0 can't tell."
    )
    await checked.click("run-1:1", action=CLOSE_VOTE)
    assert told(checked) == "The vote is over already."


async def test_others_end_it_as_admins_alone(checked: House):
    await checked.click("run-1:1", user="U2", action=CLOSE_VOTE)
    assert told(checked) == notices.NOT_YOURS
    assert checked.polls.over == {}

    checked.rights.admins.add("U2")
    checked.urls.said.clear()
    await checked.click("run-1:1", user="U2", action=CLOSE_VOTE)
    assert checked.urls.said == []
    assert ("run-1", 1) in checked.polls.over


async def test_a_button_that_is_none_of_ours_ends_nothing(checked: House):
    await checked.click("no ticket", action=CLOSE_VOTE)

    assert told(checked) == notices.NO_SUCH_RUN
    assert checked.polls.over == {}


async def test_after_seven_days_nothing_counts(checked: House):
    checked.store.change("run-1", ended_at=TODAY - timedelta(days=7))

    await checked.click("run-1:1:0", action=AGREE)

    assert told(checked).startswith("The vote on claim 1 is over: 0 agree with the claim")


async def test_what_was_learned_is_looked_up_by_a_word(house: House):
    house.learnings["T1"] = learn([])
    await house.command("panel", command="/quorum")

    [(_, text)] = house.urls.said
    assert text.startswith("No claim has been rated here yet.")
