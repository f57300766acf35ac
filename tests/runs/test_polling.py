"""Who may vote on a claim, who may end the vote, and what people have said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runs.desk import Desk, Did
from bot.runs.errors import NoSuchRun
from bot.runs.model import Actor, Audience, Opinion, Place, Rating, Run, RunRequest, Status
from bot.runs.polling import Polling, settled
from patterns.recipes.factcheck import Label
from tests.results import claim_verdict, fact_check
from tests.runs.fakes import FakeEngine
from tests.runs.memory import MemoryStore
from tests.runs.polls import MemoryPolls

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ANN, BEN, CLEO = (Actor(user=user, team="T1") for user in ("UANN", "UBEN", "UCLEO"))
STRANGER = Actor(user="UANN", team="T2")
TWO = fact_check(claim_verdict(Label.SUPPORTED), claim_verdict(Label.REFUTED, claim="Two"))
AGREE, DISAGREE, CANNOT_TELL = Opinion
YES = Did.YES


class Admins:
    """`Rights` of a workspace where Cleo is the admin."""

    def __init__(self) -> None:
        self.asked = 0

    async def is_admin(self, actor: Actor, /) -> bool:
        self.asked += 1
        return actor == CLEO

    async def may_see(self, actor: Actor, run: Run, /) -> bool:
        raise AssertionError("nobody is asked who may see it")


class Town:
    """Ann asked whether two claims are right, and was told."""

    def __init__(self, **fields: object) -> None:
        self.store, self.rights = MemoryStore(), Admins()
        request = RunRequest(
            recipe="factcheck",
            text="x",
            asked_by="UANN",
            place=Place(team="T1", channel="C1"),
            dedupe="d1",
        )
        run = Run(
            id="one",
            request=request,
            status=Status.DONE,
            audience=Audience.CHANNEL,
            created_at=NOW,
            ended_at=NOW,
            result=TWO,
        )
        self.store.runs["one"] = run.model_copy(update=fields)
        self.polls = MemoryPolls(self.store.runs, now=lambda: NOW)
        self.polling = Polling(self.store, self.polls, rights=self.rights)

    async def vote(self, by: Actor, opinion: Opinion = AGREE, claim: int = 0) -> Did:
        return (await self.polling.vote("one", 1, claim, opinion, by=by)).did


async def test_whoever_was_shown_the_result_may_vote():
    town = Town()

    assert [await town.vote(by) for by in (ANN, BEN, CLEO)] == [YES] * 3
    assert town.polls.counts("one", 1)[0] == {AGREE: 3, DISAGREE: 0, CANNOT_TELL: 0}
    assert town.rights.asked == 0, "it is done before the ack"


@pytest.mark.parametrize("shared_by", ["", "UANN"])
async def test_on_a_private_result_others_vote_once_it_is_shared(shared_by: str):
    town = Town(audience=Audience.REQUESTER, shared_by=shared_by)

    assert await town.vote(ANN) is YES
    assert await town.vote(BEN) is (YES if shared_by else Did.NOT_YOURS)


async def test_who_may_rate_a_result_may_vote_on_its_claims():
    """The same people, whatever the audience."""
    for audience in (None, *Audience):
        for by in (ANN, BEN):
            town = Town(audience=audience)
            desk = Desk(town.store, FakeEngine())
            assert await town.vote(by) is await desk.rate("one", Rating.UP, by=by)


async def test_people_of_another_workspace_find_nothing():
    town = Town()

    with pytest.raises(NoSuchRun):
        await town.vote(STRANGER)
    with pytest.raises(NoSuchRun):
        await town.polling.close("one", 1, by=STRANGER, as_admin=True)


async def test_there_is_no_third_claim_of_two():
    with pytest.raises(NoSuchRun):
        await Town().vote(ANN, claim=2)


async def test_what_is_erased_is_not_voted_on():
    town = Town()
    run = town.store.runs["one"]
    erased = run.request.model_copy(update={"text": ""})
    town.store.runs["one"] = run.model_copy(update={"request": erased})

    with pytest.raises(NoSuchRun):
        await town.vote(ANN)


async def test_who_asked_ends_the_vote_and_nobody_votes_any_more():
    town = Town()
    await town.vote(BEN, DISAGREE)

    assert await town.polling.close("one", 1, by=ANN) is YES
    assert await town.polling.close("one", 1, by=ANN) is Did.TOO_LATE
    late = await town.polling.vote("one", 1, 0, AGREE, by=CLEO)
    assert (late.did, late.vote and late.vote.voters) == (Did.TOO_LATE, 1)


async def test_others_end_it_as_admins_alone_and_slack_is_asked_after_the_ack():
    town = Town()

    assert await town.polling.close("one", 1, by=CLEO) is Did.NOT_YOURS
    assert town.rights.asked == 0
    assert await town.polling.close("one", 1, by=BEN, as_admin=True) is Did.NOT_YOURS
    assert await town.polling.close("one", 1, by=CLEO, as_admin=True) is YES


@pytest.mark.parametrize(
    ("changes", "did"),
    [
        ({"status": Status.OPEN, "result": None}, Did.TOO_EARLY),
        ({"attempt": 2}, Did.ALREADY),
        ({"status": Status.FAILED, "result": None}, Did.NOTHING),
        ({"result": fact_check()}, Did.NOTHING),
    ],
)
async def test_where_there_is_no_vote_it_is_said_why(changes: dict[str, object], did: Did):
    town = Town(**changes)

    assert await town.vote(ANN) is did
    assert await town.polling.close("one", 1, by=ANN) is did


@pytest.mark.parametrize(
    ("agree", "disagree", "cannot_tell", "said"),
    [
        (2, 0, 0, None),
        (3, 0, 0, AGREE),
        (2, 1, 0, AGREE),
        (1, 2, 0, DISAGREE),
        (2, 2, 0, None),
        (2, 0, 1, AGREE),
        (1, 1, 1, None),
        (2, 0, 2, AGREE),
        (1, 0, 2, CANNOT_TELL),
        (0, 0, 3, CANNOT_TELL),
        (3, 2, 4, AGREE),
        (3, 2, 6, CANNOT_TELL),
    ],
)
def test_what_more_than_half_said_is_what_people_said(
    agree: int, disagree: int, cannot_tell: int, said: Opinion | None
):
    assert settled({AGREE: agree, DISAGREE: disagree, CANNOT_TELL: cannot_tell}) is said


@given(st.tuples(*[st.integers(0, 50)] * 3))
def test_nobody_is_said_to_have_said_what_others_said_more_often(counts: tuple[int, int, int]):
    given_ = dict(zip(Opinion, counts, strict=True))
    said = settled(given_)

    if said is CANNOT_TELL:
        assert given_[said] * 2 > sum(counts)
    elif said is not None:
        assert given_[said] * 2 > given_[AGREE] + given_[DISAGREE]
        assert sum(counts) >= 3
    assert settled({AGREE: counts[1], DISAGREE: counts[0], CANNOT_TELL: counts[2]}) is {
        AGREE: DISAGREE,
        DISAGREE: AGREE,
    }.get(said or CANNOT_TELL, said)
