"""People's vote under a fact-check: hidden while it is open, told once it is over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.runs.model import Audience, Opinion, PeoplesVote, Run, Status
from bot.runs.workspace import ResultShown
from bot.views import card
from bot.views.actions import (
    AGREE,
    CANNOT_TELL,
    CLOSE_VOTE,
    DETAILS,
    DISAGREE,
    RERUN,
    Ticket,
    read_ticket,
)
from bot.views.message import SlackMessage
from bot.views.polls import outcome
from patterns.recipes.factcheck import Label
from tests.results import checked, claim_verdict, fact_check
from tests.views.samples import NOON, done, run
from tests.views.slack_rules import accepted, harmless

WON = checked(Label.SUPPORTED, Label.SUPPORTED, Label.SUPPORTED)
VOTING = [AGREE, DISAGREE, CANNOT_TELL]


def people(claim: int, *counts: int, closed: bool = False, **fields: Any) -> PeoplesVote:
    given = dict(zip(Opinion, counts, strict=True))
    return PeoplesVote(claim=claim, closes_at=NOON, closed=closed, counts=given, **fields)


def many(claims: int, **changes: Any) -> Run:
    return done(fact_check(*[claim_verdict(Label.REFUTED)] * claims), **changes)


def shown(a_run: Run) -> dict[str, SlackMessage]:
    found = card.messages(a_run, shown=ResultShown.EDIT, broadcast_after=20)
    for message in found:
        accepted(message)
        harmless(message)
    return {message.slot: message for message in found}


def buttons(message: SlackMessage) -> list[tuple[str, Ticket | None]]:
    return [
        (element["action_id"], read_ticket(element["value"]))
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def text(message: SlackMessage) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


@pytest.mark.parametrize("audience", Audience)
def test_people_can_vote_under_a_result_and_its_other_buttons_stay(audience: Audience) -> None:
    found = buttons(shown(done(WON, attempt=2, audience=audience))["card"])

    assert found[:3] == [(action, Ticket("run-1", 2, 0)) for action in VOTING]
    assert found[3] == (CLOSE_VOTE, Ticket("run-1", 2))
    assert {RERUN, DETAILS} <= {action for action, _ in found}


def test_the_buttons_say_what_is_said_of_the_claim_whatever_the_panel_said() -> None:
    card = shown(done(checked(Label.REFUTED, Label.REFUTED, Label.REFUTED)))["card"]
    [row] = [block for block in card.blocks if block.get("block_id") == "claim-0"]

    assert [button["text"]["text"] for button in row["elements"]][:3] == [
        "✅ Agree: it's true",
        "❌ Disagree: it's false",
        "🤷 Can't tell",
    ]
    assert "Do you agree with the claim itself? You see how others voted once you" in text(card)


def test_closing_the_vote_is_asked_for_once_more() -> None:
    [block] = [b for b in shown(done(WON))["card"].blocks if b.get("block_id") == "claim-0"]

    assert block["elements"][-1]["confirm"]["title"]["text"] == "Close the vote?"


def test_an_open_vote_tells_how_many_voted_and_not_what() -> None:
    told = text(shown(done(WON, people=(people(0, 2, 1, 0),)))["card"])

    assert "once you have voted; no names are shown. 3 people voted." in told
    assert "2 agree" not in told
    one = text(shown(done(WON, people=(people(0, 0, 1, 0),)))["card"])
    assert "no names are shown. 1 person voted." in one
    nobody = text(shown(done(WON, people=(people(0, 0, 0, 0),)))["card"])
    assert 'no names are shown."' in nobody


def test_a_closed_vote_tells_what_people_said_and_has_no_buttons() -> None:
    over = people(0, 4, 1, 0, closed=True, settled=Opinion.AGREE)
    card = shown(done(WON, people=(over,)))["card"]

    assert "*People*: 4 agree with the claim · 1 disagrees; they say: it's true" in text(card)
    assert not {action for action, _ in buttons(card)} & {*VOTING, CLOSE_VOTE}
    assert (RERUN, Ticket("run-1", 1)) in buttons(card)


@pytest.mark.parametrize(
    ("vote", "words"),
    [
        (people(0, 2, 0, 0, closed=True), "2 agree with the claim; too few: three are needed"),
        (
            people(0, 2, 2, 1, closed=True),
            "2 agree with the claim · 2 disagree · 1 can't tell; no majority",
        ),
        (
            people(0, 0, 3, 0, closed=True, settled=Opinion.DISAGREE),
            "3 disagree with the claim; they say: it's false",
        ),
        (
            people(0, 0, 1, 1, closed=True),
            "1 disagrees with the claim · 1 can't tell; too few: three are needed",
        ),
        (
            people(0, 0, 0, 4, closed=True, settled=Opinion.CANNOT_TELL),
            "4 can't tell; they say: can't tell",
        ),
        (people(0, 0, 0, 0, closed=True), "nobody voted"),
        (people(0, 9, 0, 0), ""),
        (None, ""),
    ],
)
def test_what_people_said_stands_in_words(vote: PeoplesVote | None, words: str) -> None:
    assert outcome(vote) == words


def test_one_claim_has_its_row_on_the_card_alone() -> None:
    assert "people" not in shown(done(WON))


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("claims", [2, 3, 8])
def test_the_rows_of_several_claims_are_a_message_in_the_thread(
    claims: int, audience: Audience
) -> None:
    found = shown(many(claims, audience=audience, people=(people(1, 1, 1, 0),)))

    assert not {action for action, _ in buttons(found["card"])} & {*VOTING, CLOSE_VOTE}
    rows = buttons(found["people"])
    assert [seen.claim for action, seen in rows if action == DISAGREE and seen] == [*range(claims)]
    assert [action for action, _ in rows].count(CLOSE_VOTE) == 1
    assert found["people"].in_thread
    assert found["people"].final
    assert "You can vote on them in the thread." in text(found["card"])
    assert "You see how others voted once you have voted; no names" in found["people"].text
    assert "*2.* The moon is cheese · 2 people voted" in text(found["people"])


def test_the_message_of_several_claims_tells_the_end_of_their_vote() -> None:
    over = people(1, 4, 1, 0, closed=True, settled=Opinion.AGREE)
    found = shown(many(4, people=(over,)))["people"]

    assert buttons(found) == []
    said = "*People*: 4 agree with the claim · 1 disagrees; they say: it's true"
    assert f"*2.* The moon is cheese\n{said}" in [b["text"]["text"] for b in found.blocks]
    assert text(found).count("nobody voted") == 3


def test_there_is_nothing_to_vote_on_where_there_is_no_verdict() -> None:
    for a_run in (
        run(),
        run(status=Status.FAILED),
        run(status=Status.DONE),
        done(fact_check()),
    ):
        assert not {action for action, _ in buttons(shown(a_run)["card"])} & {*VOTING, CLOSE_VOTE}


def test_a_row_keeps_its_block_over_every_edit() -> None:
    before, after = (
        [block["block_id"] for block in shown(a_run)["card"].blocks if block["type"] == "actions"]
        for a_run in (done(WON), done(WON, people=(people(0, 3, 0, 0),)))
    )

    assert before == after == ["claim-0", "run"]
