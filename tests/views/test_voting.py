"""Who votes is told what became of it, and how it stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.runs.desk import Did
from bot.runs.model import Opinion, PeoplesVote
from bot.runs.polling import Voted
from bot.views import notices, voting

UNTIL = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)


def vote(claim: int = 0, *, closed: bool = False) -> PeoplesVote:
    counts = dict(zip(Opinion, (3, 1, 0), strict=True))
    return PeoplesVote(claim=claim, closes_at=UNTIL, closed=closed, counts=counts)


def test_who_voted_is_told_how_it_stands_and_until_when_it_can_be_changed():
    assert voting.voted(Opinion.AGREE, Voted(Did.YES, vote())) == (
        "You voted: it's true. So far: 3 agree with the claim · 1 disagrees · 0 can't tell. "
        "You can change it until 7 Dec, or until it is closed."
    )


def test_of_several_claims_the_number_is_told():
    sentence = voting.voted(Opinion.CANNOT_TELL, Voted(Did.YES, vote(1), 3))

    assert sentence.startswith("You voted on claim 2: can't tell. So far: ")


def test_who_comes_late_is_told_how_it_ended():
    assert voting.voted(Opinion.AGREE, Voted(Did.TOO_LATE, vote(closed=True))) == (
        "The vote is over: 3 agree with the claim · 1 disagrees · 0 can't tell."
    )


@pytest.mark.parametrize("did", [Did.TOO_EARLY, Did.ALREADY, Did.NOTHING, Did.NOT_YOURS])
def test_a_vote_that_does_not_count_is_one_sentence_without_counts(did: Did):
    sentence = voting.voted(Opinion.AGREE, Voted(did))

    assert sentence.endswith(".")
    assert "agree" not in sentence


def test_who_ends_a_vote_sees_it_on_the_card():
    assert voting.closed(Did.YES) == ""
    assert voting.closed(None) == notices.NO_SUCH_RUN
    assert voting.closed(Did.NOT_YOURS) == notices.NOT_YOURS
    refused = [Did.TOO_LATE, Did.TOO_EARLY, Did.ALREADY, Did.NOTHING]
    assert all(voting.closed(did).endswith(".") for did in refused)
